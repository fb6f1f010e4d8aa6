"""The drawer on a venue's priority, for whoever acts on cases: how it got its number, what a visit would be, its visits
and cases."""

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from callbacks.drawer import parts
from callbacks.server.caller import may
from callbacks.server.language import language_pairs, with_language
from data.access.roles import Right
from data.database.connection import Connection
from data.desk.weights import in_force
from data.queries.cases import CaseLine, case_lines
from data.queries.priority import Candidate, Part, Token, of_venues
from data.texts.catalogue import day, number, t
from data.texts.reasons import known, part_name

SHOWN_TO: tuple[Right, ...] = ("inspect", "suspend", "confirm", "approve")
LISTED = 8


def of_venue(conn: Connection, code: str, today: dt.date, lang: str) -> list[Component]:
    """Two sections on the venue as of ``today``, whatever day is shown: its number, and what has been done there."""
    if not any(map(may, SHOWN_TO)):
        return []
    found = of_venues(conn, [code], today).get(code)
    number_of = [_number(found, in_force(conn).weights, today, lang)] if found else []
    return [*number_of, *_cases(case_lines(conn, venue=code, is_open=False)[:LISTED], lang)]


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


def _cases(lines: list[CaseLine], lang: str) -> list[Component]:
    if not lines:
        return []
    items = [html.Li(_case(line, lang)) for line in lines]
    return [parts.section(t("priority.drawer.cases", lang), html.Ul(items, className="facts"), name="cases")]


def _case(line: CaseLine, lang: str) -> list[Component | str]:
    process = t(f"case.kind.{line.kind}", lang) if line.kind else t(f"case.process.{line.process}", lang)
    words = t("priority.drawer.case", lang, process=process, state=t(f"case.state.{line.state}", lang))
    told = [t("priority.drawer.outcome", lang, outcome=t(f"case.outcome.{line.outcome}", lang))] if line.outcome else []
    told += [day(line.since)] if line.since else []
    link = html.A(words, href="/cases/?" + urlencode({"case": line.id} | language_pairs(lang)))
    return [link, " · ".join(["", *told])]
