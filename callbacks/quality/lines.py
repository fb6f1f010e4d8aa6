"""What the screen of quality says: sections of lines, and the table behind a line. Pure functions of rows."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from callbacks.server.language import language_pairs
from data.queries.quality import (
    DOUBTS,
    JUMP_DAYS,
    LOCATIONS,
    MOST_ROWS,
    SILENT_DAYS,
    UNCONFIRMED_DAYS,
    Jump,
    Links,
    QualityRow,
    SilentWard,
)
from data.texts.catalogue import day, number, percent, t

LINES = ("unconfirmed", "outside_ward", *(f"location-{n}" for n in LOCATIONS), *(f"doubt-{n}" for n in DOUBTS))
SURE = ("measured", "hand", "exact")
"""Locations that need no second look."""


@dataclass(frozen=True)
class Measured:
    """All that the screen shows, of one state of the data."""

    day: dt.date
    links: Links
    locations: dict[str, int]
    doubts: dict[str, int]
    silent: list[SilentWard]
    jumps: list[Jump]
    unconfirmed: int
    outside_ward: int


def page(measured: Measured, lang: str) -> list[Component]:
    """The sections, what needs somebody's hand first."""
    return [
        html.P(t("quality.as_of", lang, day=measured.day), className="quiet"),
        _doubts(measured, lang),
        _links(measured.links, lang),
        _silent(measured.silent, lang),
        _jumps(measured.jumps, lang),
        _locations(measured, lang),
        _unconfirmed(measured, lang),
    ]


def rows(line: str, found: list[QualityRow], lang: str) -> list[Component]:
    """The venues behind ``line``; each leads to its place on the map."""
    back = html.A(t("quality.back", lang), href=_address({}, lang), className="back")
    heading = html.H2(_title_of(line, lang))
    if not found:
        return [back, heading, html.P(t("quality.no_rows", lang), className="empty")]
    cut = [html.P(t("quality.cut", lang, most=MOST_ROWS), className="quiet")] if len(found) == MOST_ROWS else []
    columns = ("code", "name", "address", "ward", *(["since"] if found[0].since else []))
    head = html.Thead(html.Tr([html.Th(t(f"quality.column.{name}", lang), scope="col") for name in columns]))
    body = html.Tbody([html.Tr(_cells(row, lang)) for row in found])
    return [back, heading, *cut, html.Div(html.Table([head, body]), className="scrolled stacked", tabIndex="0")]


def _cells(row: QualityRow, lang: str) -> list[Component]:
    link = html.A(row.code, href="/?" + urlencode({"venue": row.code} | language_pairs(lang)))
    cells = [link, row.name, row.address, row.ward_name or t("quality.no_ward", lang)]
    return [html.Td(cell) for cell in [*cells, *([day(row.since)] if row.since else [])]]


def _title_of(line: str, lang: str) -> str:
    group, _, name = line.partition("-")
    return t(f"quality.{group}.{name}" if name else f"quality.{line}", lang)


def _doubts(measured: Measured, lang: str) -> Component:
    lines = [_line(f"doubt-{name}", measured.doubts[name], None, lang) for name in DOUBTS if measured.doubts[name]]
    return _section("doubts", lines or [_fine("doubts", lang)], lang)


def _links(links: Links, lang: str) -> Component:
    every = links.machine + links.person + links.undecided
    if not every:
        return _section("links", [_fine("links", lang)], lang)
    waiting = html.A(t("quality.links.review", lang), href="/review/" + _query({}, lang)) if links.undecided else None
    lines = [
        _figure(t("quality.links.machine", lang), links.machine, every, lang),
        _figure(t("quality.links.person", lang), links.person, every, lang),
        _figure(t("quality.links.undecided", lang, rows=links.pending_rows), links.undecided, every, lang, waiting),
    ]
    if links.covered:
        label = t("quality.links.covered", lang, rows=links.covered_rows)
        lines.append(_text(label, _covered(links, lang), html.Span()))
    return _section("links", lines, lang)


def _covered(links: Links, lang: str) -> str:
    places = "; ".join(t("quality.links.row", lang, file=file, row=str(row)) for file, row in links.covered)
    more = links.covered_rows - len(links.covered)
    return f"{places}; {t('quality.links.more', lang, rows=more)}" if more else places


def _silent(wards: list[SilentWard], lang: str) -> Component:
    lines = [
        _text(
            ward.name,
            t("quality.silent.since", lang, day=ward.as_of) if ward.as_of else t("quality.silent.never", lang),
            html.A(t("quality.on_map", lang), href="/?" + urlencode({"ward": ward.code} | language_pairs(lang))),
        )
        for ward in wards
    ]
    return _section("silent", lines or [_fine("silent", lang)], lang, days=SILENT_DAYS)


def _jumps(jumps: list[Jump], lang: str) -> Component:
    lines = [
        _text(
            f"{jump.ward_name or t('quality.no_ward', lang)}, {day(jump.day)}",
            t(
                "quality.jumps.missing" if jump.is_missing_export else "quality.jumps.fell",
                lang,
                scans=jump.scans,
                previous=jump.previous_scans,
                before=jump.previous_day,
                venues=jump.venues,
                previous_venues=jump.previous_venues,
            ),
            html.A(
                t("quality.on_map", lang),
                href="/?" + urlencode({"ward": jump.ward_code, "day": jump.day.isoformat()} | language_pairs(lang)),
            ),
        )
        for jump in jumps
    ]
    return _section("jumps", lines or [_fine("jumps", lang)], lang, days=JUMP_DAYS)


def _locations(measured: Measured, lang: str) -> Component:
    every = sum(measured.locations.values())
    lines = [
        _line(f"location-{name}", measured.locations[name], every, lang, leads=name not in SURE)
        for name in LOCATIONS
        if measured.locations[name]
    ]
    if measured.outside_ward:
        lines.append(_line("outside_ward", measured.outside_ward, every, lang))
    return _section("locations", lines or [_fine("locations", lang)], lang)


def _unconfirmed(measured: Measured, lang: str) -> Component:
    line = (
        _line("unconfirmed", measured.unconfirmed, None, lang) if measured.unconfirmed else _fine("unconfirmed", lang)
    )
    return _section("unconfirmed_title", [line], lang, days=UNCONFIRMED_DAYS)


def _section(name: str, lines: list[Component], lang: str, **values: object) -> Component:
    title = html.H2(t(f"quality.section.{name}", lang, **values), id=f"quality-{name}")
    return html.Section([title, html.Ul(lines)], **{"aria-labelledby": f"quality-{name}"})


def _fine(name: str, lang: str) -> Component:
    return html.Li(t(f"quality.fine.{name}", lang), className="fine")


def _line(line: str, count: int, every: int | None, lang: str, *, leads: bool = True) -> Component:
    link = html.A(t("quality.rows", lang), href=_address({"line": line}, lang)) if leads else None
    return _figure(_title_of(line, lang), count, every, lang, link)


def _figure(label: str, count: int, every: int | None, lang: str, link: Component | None = None) -> Component:
    share = html.Span(percent(count / every, lang), className="share") if every else None
    figure = html.Span([html.Strong(number(count, lang)), share], className="figure")
    return html.Li([html.Span(label, className="label"), figure, link or html.Span()])


def _text(label: str, text: str, link: Component) -> Component:
    return html.Li([html.Span([html.Strong(label), html.Span(text)], className="label wide"), link])


def _address(query: dict[str, str], lang: str) -> str:
    return "/quality/" + _query(query, lang)


def _query(query: dict[str, str], lang: str) -> str:
    pairs = query | language_pairs(lang)
    return "?" + urlencode(pairs) if pairs else ""
