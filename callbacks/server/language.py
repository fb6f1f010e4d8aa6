"""The language of a page: what its address asks for, else what was last asked for in this browser; how a link keeps it.

The browser remembers it in a cookie, which any script may read: the phone screen starts without a network.
"""

from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, has_request_context, request

from data.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, Language, language, t

COOKIE = "lang"
_REMEMBERED_SECONDS = 365 * 24 * 60 * 60


def register(server: Flask) -> None:
    """Remember the language that the address of a page asks for."""
    server.after_request(_remember)


def _remember(response: Response) -> Response:
    """Of what a person opens alone: a phone that keeps its screen in both languages has chosen none."""
    asked = request.args.get(COOKIE)
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and request.method == "GET"
    if is_page and asked in LANGUAGES and asked != request.cookies.get(COOKIE):
        response.set_cookie(
            COOKIE, asked, max_age=_REMEMBERED_SECONDS, secure=request.is_secure, samesite="Lax", path="/"
        )
    return response


def _known(asked: str | None) -> Language:
    """The language asked for where there is such a one, else the remembered, else Vietnamese."""
    if asked in LANGUAGES or not has_request_context():
        return language(asked)
    return language(request.cookies.get(COOKIE))


def language_in(query: str | None) -> Language:
    """The language of a page with the query ("?lang=en", with or without "?")."""
    return _known(dict(parse_qsl((query or "").lstrip("?"))).get(COOKIE))


def language_asked() -> Language:
    """The language in which the request is to be answered."""
    return _known(request.args.get(COOKIE))


def language_of_caller() -> Language:
    """The language of the page that called, whose address browsers send along within one site."""
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


def in_other_language(address: str, lang: str) -> str:
    """``address`` in the language that a page in ``lang`` offers, named even where it is Vietnamese: it is a choice."""
    path, _, query = address.partition("?")
    pairs = [(key, value) for key, value in parse_qsl(query) if key != COOKIE]
    return f"{path}?{urlencode([*pairs, (COOKIE, other_language(lang))], safe=',;/')}"


def in_template(lang: str) -> dict[str, Any]:
    """What a template speaks with: its texts, and how its links keep the language."""
    return {"lang": lang, "t": partial(t, lang=lang), "query": with_language("", lang)}
