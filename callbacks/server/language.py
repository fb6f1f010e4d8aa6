"""The language in addresses: what a request or a page asks for, and how a link keeps it."""

from functools import partial
from typing import Any
from urllib.parse import parse_qs

from flask import request

from data.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, Language, language, t


def language_in(query: str | None) -> Language:
    """The language that a query names ("?lang=en", with or without "?"), else Vietnamese."""
    return language(parse_qs((query or "").lstrip("?")).get("lang", [None])[-1])


def language_asked() -> Language:
    """The language in the address of the request."""
    return language(request.args.get("lang"))


def language_of_caller() -> Language:
    """The language in the address of the page that called; browsers send it along within one site."""
    return language_in((request.referrer or "").partition("?")[2])


def other_language(lang: str) -> Language:
    """The one that a page offers beside its own."""
    return next(other for other in LANGUAGES if other != lang)


def language_pairs(lang: str) -> dict[str, Any]:
    """What keeps ``lang`` in a query: nothing of Vietnamese."""
    return {} if lang == DEFAULT_LANGUAGE else {"lang": lang}


def with_language(address: str, lang: str) -> str:
    """``address``, or "" for the page's own, in ``lang``."""
    return f"{address}{'&' if '?' in address else '?'}lang={lang}" if language_pairs(lang) else address


def in_template(lang: str, path: str) -> dict[str, Any]:
    """What a template of the page at ``path`` speaks with: its texts, and how its links keep or change the language."""
    other = with_language(path, other_language(lang))
    return {"lang": lang, "t": partial(t, lang=lang), "query": with_language("", lang), "other": other}
