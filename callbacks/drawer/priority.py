"""The drawer on a venue's priority, for whoever acts on cases: how it got its number, what a visit would be."""

import datetime as dt
from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from callbacks.drawer import parts
from callbacks.server.caller import may
from callbacks.server.language import with_language
from data.access.roles import Right
from data.database.connection import Connection
from data.desk.weights import in_force
from data.queries.priority import Candidate, Part, Token, of_venues
from data.texts.catalogue import day, number, t
from data.texts.reasons import known, part_name

SHOWN_TO: tuple[Right, ...] = ("inspect", "suspend", "confirm", "approve")


def of_venue(conn: Connection, code: str, today: dt.date, lang: str) -> list[Component]:
    """The venue's number as of ``today``, whatever day is shown; nothing where it has none."""
    if not any(map(may, SHOWN_TO)):
        return []
    found = of_venues(conn, [code], today).get(code)
    return [_number(found, in_force(conn).weights, today, lang)] if found else []


def _number(found: Candidate, weights: Mapping[str, float], today: dt.date, lang: str) -> Component:
    heads = [html.Th(t(f"priority.drawer.{name}", lang), scope="col") for name in ("part", "reckoned", "points")]
    sum_of = [html.Th(t("priority.drawer.sum", lang), scope="row", colSpan=2), _points(found.number, lang)]
    link = [html.A(t("priority.drawer.weights", lang), href=with_language("/priority/", lang))] if may("weigh") else []
    return parts.section(
        t("priority.drawer.title", lang, day=today, number=number(found.number, lang, 2)),
        html.P([t("priority.drawer.why", lang), " ", *link], className="quiet small"),
        html.Table(
            [
                html.Thead(html.Tr(heads)),
                html.Tbody([_row(part, weights, found, lang) for part in found.parts]),
                html.Tfoot(html.Tr(sum_of, className="total")),
            ],
            className="priority-table",
        ),
        *[html.P(sentence, className="small") for sentence in _sentences(found, lang)],
        name="priority",
    )


def _row(part: Part, weights: Mapping[str, float], found: Candidate, lang: str) -> Component:
    said = known(part.part, part.known, lang)
    if part.part == "people" and found.people_of == "category":
        said = f"{said}, {t('priority.drawer.of_category', lang)}"
    reckoned = f"{number(part.value, lang, 2)} × {number(weights[part.part], lang)}" if part.part in weights else ""
    head = html.Th([part_name(part.part, lang), html.Span(said, className="quiet small")], scope="row")
    return html.Tr([head, html.Td(reckoned, className="number"), _points(part.points, lang)])


def _points(points: float, lang: str) -> Component:
    return html.Td(number(points, lang, 2), className="number")


def _sentences(found: Candidate, lang: str) -> list[str]:
    said = []
    if found.number:
        visit = t("priority.drawer.visit", lang, kind=t(f"case.kind.{found.kind}", lang))
        said.append(f"{visit} {_why_no_inspection(found, lang)}".strip())
    if found.token:
        said.append(_token(found.token, lang))
    if found.planned_on:
        said.append(t("priority.drawer.planned", lang, day=found.planned_on))
    if found.due_on:
        said.append(t("priority.drawer.due", lang, day=found.due_on))
    return said


def _why_no_inspection(found: Candidate, lang: str) -> str:
    if found.why_no_inspection is None:
        return ""
    last = day(found.last_inspection) if found.last_inspection else "–"
    sentence = t(f"priority.no_inspection.{found.why_no_inspection}", lang, day=last)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _token(token: Token, lang: str) -> str:
    if token.expected is None:
        return t("priority.drawer.token_only", lang)
    recent, expected = round(token.recent), round(token.expected)
    return t("priority.drawer.token", lang, recent=recent, expected=expected)
