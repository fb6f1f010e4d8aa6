"""The screen of the audit (``/audit/``): who did what and when, searched by time, person, action and subject."""

import datetime as dt
from urllib.parse import parse_qsl

from dash import Dash, html
from dash.development.base_component import Component
from flask import Flask

from callbacks.audit import lines
from callbacks.server import office
from callbacks.server.caller import may
from callbacks.server.language import language_in
from callbacks.server.stated import needs
from data.database.connection import app_connection
from data.errors import TextError
from data.queries.audit import GROUPS, Asked, search
from data.texts.days import read_day

PREFIX = "/audit/"
_LARGEST = 2**63 - 1


class UnreadableSearch(TextError):
    """A field of the search cannot be read."""


def register(server: Flask) -> Dash:
    """The screen on ``server``."""
    return office.make_shown(__name__, PREFIX, "audit.title", server, show)


@needs("audit")
def show(address: str | None) -> list[Component]:
    """The form with what the address asks for, and the entries that match."""
    lang = language_in(address)
    query = dict(parse_qsl((address or "").lstrip("?")))
    form = lines.form(query, PREFIX, lang)
    try:
        asked = read(query)
    except UnreadableSearch as error:
        return [form, html.P(error.sentence(lang), className="empty", role="alert")]
    with app_connection() as conn:
        found = search(conn, asked)
    return [form, *lines.entries(found, query, PREFIX, lang, leads_to_map=may("view"))]


def read(query: dict[str, str]) -> Asked:
    """What an address asks for; raises :class:`UnreadableSearch`."""
    written = {name: value.replace("\0", "").strip() for name, value in query.items()}
    group, before = written.get("what") or None, written.get("before") or None
    if group is not None and group not in GROUPS:
        raise UnreadableSearch("audit.error.group", value=group)
    if before is not None and not (before.isascii() and before.isdigit() and int(before) <= _LARGEST):
        raise UnreadableSearch("audit.error.before", value=before)
    return Asked(
        _day(written.get("from")),
        _day(written.get("to")),
        written.get("person") or None,
        group,
        written.get("subject") or None,
        int(before) if before else None,
    )


def _day(value: str | None) -> dt.date | None:
    return read_day(value, lambda text: UnreadableSearch("audit.error.day", value=text), people=True) if value else None
