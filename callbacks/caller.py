"""Who asks, and what they may do: the one place where every route and callback of the office asks it.

There are no accounts yet: the page listens on 127.0.0.1 only (``ops.gunicorn_conf``), so whoever reaches it sits at
this machine and may do everything. The name that a load, a decision or a move is recorded under is the one that the
person has written into the field "Người thao tác"; it is kept in a cookie of the browser.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from flask import has_request_context, request

from data.errors import NotAllowed

Right = Literal["load", "undo", "review", "move", "download"]
RIGHTS: frozenset[Right] = frozenset(("load", "undo", "review", "move", "download"))

NAME_COOKIE = "operator"
LONGEST_NAME = 80
UNNAMED = "máy này"


@dataclass(frozen=True)
class Caller:
    """A person at the page: a name for the record, and what they may do."""

    name: str
    rights: frozenset[Right]


def caller() -> Caller:
    """Who sent the request that is being answered."""
    written = unquote(request.cookies.get(NAME_COOKIE, "")) if has_request_context() else ""
    name = " ".join(written.split())[:LONGEST_NAME]
    return Caller("".join(sign for sign in name if sign.isprintable()) or UNNAMED, RIGHTS)


def require(right: Right) -> Caller:
    """The caller, when they may do ``right``; raises NotAllowed (403)."""
    who = caller()
    if right not in who.rights:
        raise NotAllowed
    return who


def require_own_origin() -> None:
    """Raise NotAllowed (403) when another site's page sent a request that writes.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin); a program that says neither is no browser, and
    cannot be made to send anything by a foreign page.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed
    origin = request.headers.get("Origin")
    if origin and origin.rstrip("/") != request.host_url.rstrip("/"):
        raise NotAllowed
