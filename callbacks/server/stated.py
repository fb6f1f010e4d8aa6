"""What a route or callback needs, stated on the function itself: the gate refuses whatever states nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import g, has_request_context

from data.access.caller import current_caller
from data.access.roles import Right
from data.errors import NotAllowed

Function = TypeVar("Function", bound=Callable[..., Any])
Level = Literal["anyone", "begun", "signed_in"]
"""``begun``: a session that still lacks something, as the page on which a code is typed."""

ATTRIBUTE = "access_stated"
IS_UNKNOWN = "access_is_unknown"
"""In ``flask.g``: the database could not be asked who calls."""
TOO_MANY = "access_too_many"
"""In ``flask.g``: the error of a caller who asks too often, raised by the callback, which knows how to show it."""


@dataclass(frozen=True)
class Stated:
    """Who may: anyone, a session that has begun, or somebody signed in with any of ``rights`` (none named: whoever)."""

    level: Level
    rights: frozenset[Right] = frozenset()

    def is_met(self) -> bool:
        """Whether the caller of this moment may."""
        who = current_caller()
        if self.level != "signed_in":
            return self.level == "anyone" or who is not None
        return who is not None and (bool(self.rights & who.rights) if self.rights else bool(who.rights))


def needs(*rights: Right) -> Callable[[Function], Function]:
    """The function is for callers with any one of ``rights``; asked again at each call."""
    return _mark(Stated("signed_in", frozenset(rights)))


def signed_in(function: Function) -> Function:
    """The function is for whoever is signed in."""
    return _mark(Stated("signed_in"))(function)


def begun(function: Function) -> Function:
    """The function is for whoever has shown a password, also while something more is asked."""
    return _mark(Stated("begun"))(function)


def anyone(function: Function) -> Function:
    """The function is for anyone: without a secret of its own it shows nothing of the district and changes nothing."""
    return _mark(Stated("anyone"))(function)


def stated_of(function: Callable[..., Any]) -> Stated | None:
    """What the function states; None: nothing."""
    return getattr(function, ATTRIBUTE, None)


def check(stated: Stated) -> None:
    """Raise NotAllowed unless the caller may, TooManyRequests when they have asked too often.

    While the database is away it cannot be asked who calls: a callback of the page runs all the same, finds that out
    as well, and shows it as it shows every outage. Should the database be back by then, it sees no row.
    """
    if has_request_context() and (too_many := g.get(TOO_MANY)):
        raise too_many
    if stated.is_met() or (has_request_context() and g.get(IS_UNKNOWN)):
        return
    raise NotAllowed


def _mark(stated: Stated) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        @wraps(function)
        def checked(*args: Any, **options: Any) -> Any:
            check(stated)
            return function(*args, **options)

        setattr(checked, ATTRIBUTE, stated)
        return checked  # type: ignore[return-value]  # wraps keeps the signature

    return mark
