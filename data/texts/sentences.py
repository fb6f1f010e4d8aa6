"""Sentences that are made in one place and told in another, as those about a file are: by the worker, then by the page.

A sentence is Vietnamese text, whoever takes it for one, and remembers the key of its text and what was filled in. So it
can be kept as JSON and told to each reader in their language. What is no such sentence (of an earlier version, or
written by nobody foreseen) is told as it stands.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

from data.texts.catalogue import DEFAULT_LANGUAGE, day, moment, number, t, texts


class Sentence(str):
    """The text ``key`` with its values filled in, in Vietnamese.

    A value is text, a number, a day, another sentence, or several of them, which are listed with commas.
    """

    key: str
    values: dict[str, Any]

    def __new__(cls, key: str, **values: Any) -> "Sentence":
        plain = {name: _plain(value) for name, value in values.items()}
        return cls._made(t(key, **{name: told(value, DEFAULT_LANGUAGE) for name, value in plain.items()}), key, plain)

    @classmethod
    def _made(cls, text: str, key: str, values: dict[str, Any]) -> "Sentence":
        made = super().__new__(cls, text)
        made.key, made.values = key, values
        return made

    def __deepcopy__(self, _memo: Any) -> "Sentence":
        return self  # like any text

    def told(self, lang: str) -> str:
        """The sentence in ``lang``."""
        return told(as_json(self), lang)

    def changed(self, change: Callable[[str], str]) -> "Sentence":
        """The sentence after ``change``, which is done to its text and to each value: nothing is left in another
        language that is taken out of this one.
        """
        values = {name: _changed(value, change) for name, value in self.values.items()}
        return self._made(change(str(self)), self.key, values)


def either(choices: Iterable[str]) -> str:
    """``choices``, one at least, with "or" between them."""
    return reduce(lambda one, other: Sentence("refused.or", one=one, other=other), choices)


def as_json(said: Any) -> Any:
    """A sentence as it is kept, read by :func:`told`; what is none stays as it is."""
    if isinstance(said, Sentence):
        return {"vi": str(said), "key": said.key, "values": {name: as_json(one) for name, one in said.values.items()}}
    return [as_json(one) for one in said] if isinstance(said, list) else said


def told(kept: Any, lang: str) -> str:
    """What :func:`as_json` gave, or plain text, in ``lang``; Vietnamese where the text is not there any more."""
    if isinstance(kept, Sentence):
        return kept.told(lang)
    if isinstance(kept, list):
        return ", ".join(told(one, lang) for one in kept)
    if isinstance(kept, int) and not isinstance(kept, bool):
        return number(kept, lang)
    if not isinstance(kept, dict):
        return str(kept)
    if lang == DEFAULT_LANGUAGE or kept["key"] not in texts()[lang]:
        return str(kept["vi"])
    try:
        return texts()[lang][kept["key"]].format(**{name: told(one, lang) for name, one in kept["values"].items()})
    except KeyError:  # the text has come to ask for other values
        return str(kept["vi"])


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return value


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Sentence):
        return value.changed(change)
    if isinstance(value, list):
        return [_changed(one, change) for one in value]
    return change(value) if isinstance(value, str) else value
