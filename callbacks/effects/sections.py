"""What the screen of effects says: the curves, a line a ward, and the figures of visits. Pure functions of rows."""

import datetime as dt
from collections.abc import Sequence
from math import isnan
from urllib.parse import urlencode

from dash import dcc, html
from dash.development.base_component import Component

from callbacks.server.language import language_pairs
from data.queries.effects import LOT_DAYS, RELAPSE_DAYS, Effects, Lot, Relapses, Visits, Waiting
from data.texts.catalogue import number, percent, t
from layers.survival import Curve, share_at, waiting_curves
from layers.template import CONFIG
from planning.survival import at_risk_at, kaplan_meier, median_time

LEAST = 10
"""A ward with fewer reminded venues has no figures of its own: one venue would decide them."""
_MARKS = (0, 7, 14, 21, 28, 42, 60, 90, 180, 365)


def page(found: Effects, day: dt.date, ward: str, lang: str) -> list[Component]:
    """The sections, of what is best known first."""
    return [
        html.P(t("effects.as_of", lang, day=day), className="quiet"),
        _waiting(found, ward, lang),
        _relapses(found.relapses, lang),
        _visits(found.visits, lang),
        _lots(found.lots, lang),
    ]


def _waiting(found: Effects, ward: str, lang: str) -> Component:
    if not found.waiting:
        return _section("waiting", [html.P(t("effects.waiting.none", lang), className="empty")], lang)
    longest = max(row.days for row in found.waiting)
    marks = [mark for mark in _MARKS if mark < longest]
    marks = [*marks, longest] if longest else [0, 1]
    district = curve_of(found.waiting, marks, t("effects.district", lang))
    of_ward = [row for row in found.waiting if row.ward_code == ward] if ward else []
    curves = [district]
    if _count(of_ward) >= LEAST:
        curves.append(curve_of(of_ward, marks, of_ward[0].ward_name or t("ward.none", lang)))
    chart = waiting_curves(curves, marks, t("effects.waiting.subtitle", lang, venues=_count(found.waiting)), lang)
    graph = dcc.Graph(figure=chart.figure, config=CONFIG, responsive=True, className="chart", style={"height": "340px"})
    parts = [
        html.P(t("effects.waiting.said", lang)),
        html.Div(graph, role="img", **{"aria-label": chart.title}),
        _table(chart.header, chart.rows, t("effects.waiting.numbers", lang)),
        _wards(found.waiting, ward, lang),
    ]
    if found.complied_before:
        parts.append(
            html.P(t("effects.waiting.complied_before", lang, venues=found.complied_before), className="quiet")
        )
    return _section("waiting", parts, lang)


def curve_of(rows: Sequence[Waiting], marks: Sequence[int], name: str) -> Curve:
    """Kaplan and Meier's curve of ``rows``."""
    times = [row.days for row in rows for _ in range(row.venues)]
    steps = kaplan_meier(times, [row.complied for row in rows for _ in range(row.venues)])
    return Curve(
        name,
        [step.time for step in steps],
        [step.survival for step in steps],
        [step.survival if isnan(step.low) else step.low for step in steps],
        [step.survival if isnan(step.high) else step.high for step in steps],
        at_risk_at(times, marks),
    )


def _wards(rows: Sequence[Waiting], ward: str, lang: str) -> Component:
    """A line a ward: how many, after how many days half of them complied, and the share that did within two weeks."""
    by_ward: dict[str | None, list[Waiting]] = {}
    for row in rows:
        by_ward.setdefault(row.ward_code, []).append(row)
    lines = [_ward_line(code, of_ward, ward, lang) for code, of_ward in by_ward.items()]
    header = [t(f"effects.ward.{name}", lang) for name in ("name", "venues", "complied", "median", "fortnight")]
    return _table(header, lines, t("effects.ward.title", lang))


def _ward_line(code: str | None, rows: Sequence[Waiting], ward: str, lang: str) -> list[str | Component]:
    name = rows[0].ward_name or t("ward.none", lang)
    venues, complied = _count(rows), sum(row.venues for row in rows if row.complied)
    shown: str | Component = name
    if code and code != ward and venues >= LEAST:
        shown = html.A(name, href="?" + urlencode({"ward": code} | language_pairs(lang)))
    if venues < LEAST:
        return [shown, number(venues, lang), number(complied, lang), t("effects.ward.few", lang), "–"]
    times = [row.days for row in rows for _ in range(row.venues)]
    median = median_time(kaplan_meier(times, [row.complied for row in rows for _ in range(row.venues)]))
    fortnight = 1 - share_at(curve_of(rows, [14], name), 14)
    told = t("effects.ward.not_half", lang) if median is None else t("effects.ward.days", lang, days=int(median))
    return [shown, number(venues, lang), number(complied, lang), told, percent(fortnight, lang)]


def _relapses(found: Relapses, lang: str) -> Component:
    if not found.seen:
        said = t("effects.relapses.none", lang, days=RELAPSE_DAYS, venues=found.too_short)
        return _section("relapses", [html.P(said, className="empty")], lang)
    values = {"seen": found.seen, "relapsed": found.relapsed, "days": RELAPSE_DAYS, "too_short": found.too_short}
    share = percent(found.relapsed / found.seen, lang)
    return _section("relapses", [html.P(t("effects.relapses.said", lang, share=share, **values))], lang)


def _visits(found: Sequence[Visits], lang: str) -> Component:
    if not found:
        return _section("visits", [html.P(t("effects.visits.none", lang), className="empty")], lang)
    header = [t(f"effects.visits.{name}", lang) for name in ("kind", "visits", "venues", "solved", "each")]
    lines = [
        [
            t(f"visit.kind.{row.kind}", lang),
            number(row.visits, lang),
            number(row.venues, lang),
            number(row.solved, lang),
            number(row.visits / row.solved, lang, 1) if row.solved else "–",
        ]
        for row in found
    ]
    return _section("visits", [_table(header, lines, t("effects.visits.title", lang))], lang)


def _lots(found: Sequence[Lot], lang: str) -> Component:
    if len(found) < 2:  # nothing to compare with
        return _section("lots", [html.P(t("effects.lots.none", lang, days=LOT_DAYS), className="empty")], lang)
    header = [t(f"effects.lots.{name}", lang) for name in ("group", "venues", "complied", "share")]
    lines = [
        [
            t("effects.lots.visited" if row.was_visited else "effects.lots.not_visited", lang),
            number(row.venues, lang),
            number(row.complied, lang),
            percent(row.complied / row.venues, lang) if row.venues >= LEAST else t("effects.ward.few", lang),
        ]
        for row in found
    ]
    return _section("lots", [_table(header, lines, t("effects.lots.title", lang, days=LOT_DAYS))], lang)


def _section(name: str, parts: Sequence[Component], lang: str) -> Component:
    """A titled section that ends with what its figures cannot prove."""
    title = html.H2(t(f"effects.section.{name}", lang), id=f"effects-{name}")
    limits = html.P(
        [html.Strong(t("effects.limits", lang)), " ", t(f"effects.limits.{name}", lang)], className="limits"
    )
    return html.Section([title, *parts, limits], **{"aria-labelledby": f"effects-{name}"})


def _table(header: Sequence[str], rows: Sequence[Sequence[str | Component]], caption: str) -> Component:
    head = html.Thead(html.Tr([html.Th(cell, scope="col") for cell in header]))
    body = html.Tbody([html.Tr(list(map(_cell, header, row))) for row in rows])
    return html.Div(html.Table([html.Caption(caption), head, body]), className="scrolled stacked", tabIndex="0")


def _cell(label: str, cell: str | Component) -> Component:
    """A cell that names itself where the row is stacked and the heads are gone."""
    return html.Td(cell, **{"data-label": label})


def _count(rows: Sequence[Waiting]) -> int:
    return sum(row.venues for row in rows)
