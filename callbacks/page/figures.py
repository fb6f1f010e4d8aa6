"""The strip of figures: how many venues, with a QR, with scans, in each status, each beside a week before."""

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.actions import buttons
from callbacks.server.caller import may
from callbacks.view.filters import file_query, go
from data.queries.figures import Figures, Totals
from data.queries.filters import Filters
from data.queries.freshness import Freshness
from data.texts.catalogue import change, day, number, percent, t
from layers.statuses import STATUS_STYLES


@dataclass(frozen=True)
class Figure:
    """One figure: its text key, its value now and a week before (None: nothing to compare with)."""

    key: str
    value: int
    before: int | None
    swatch: str | None = None


def strip(figures: Figures, lang: str) -> list[Component]:
    """All figures as a list of terms, led by the day they are of and the day they are compared with."""
    compared = (
        t("figures.compared", lang, day=figures.week_before) if figures.before else t("figures.not_compared", lang)
    )
    lead = html.Div(
        [
            html.Dt(t("figures.of_day", lang)),
            html.Dd(html.Span(day(figures.day), className="value")),
            html.Dd(compared, className="change"),
        ],
        className="figure lead",
    )
    return [lead, *(_card(figure, figures, lang) for figure in _listed(figures))]


def _listed(figures: Figures) -> list[Figure]:
    now, before = figures.now, figures.before
    return [
        Figure("figures.venues", now.venues, None if before is None else before.venues),
        Figure("figures.with_qr", now.with_qr, None if before is None else before.with_qr),
        Figure("figures.with_scans", now.with_scans, None if before is None else before.with_scans),
        *(
            Figure(
                f"status.{style.code}",
                now.by_status[style.code],
                None if before is None else before.by_status[style.code],
                style.code,
            )
            for style in STATUS_STYLES
        ),
    ]


def _card(figure: Figure, figures: Figures, lang: str) -> Component:
    label: list[Component | str] = [t(figure.key, lang)]
    if figure.swatch:
        label.insert(0, html.Span(className=f"swatch {figure.swatch}"))
    share = [] if figure.key == "figures.venues" else [_share(figure, figures.now, lang)]
    return html.Div(
        [
            html.Dt(label),
            html.Dd([html.Span(number(figure.value, lang), className="value"), *share]),
            html.Dd(_difference(figure, lang), className="change"),
        ],
        className="figure",
        title=t("figures.with_scans.why", lang) if figure.key == "figures.with_scans" else None,
        **{"data-figure": figure.key},
    )


def _share(figure: Figure, now: Totals, lang: str) -> Component:
    return html.Span(percent(figure.value / now.venues, lang) if now.venues else "–", className="share")


def _difference(figure: Figure, lang: str) -> Component:
    if figure.before is None:
        why = t("figures.nothing_before", lang)
        return html.Span("–", title=why, **{"aria-label": why})
    difference = figure.value - figure.before
    arrow = "▲ " if difference > 0 else "▼ " if difference < 0 else ""
    said = t("figures.change", lang, change=change(difference, lang))
    return html.Span(f"{arrow}{change(difference, lang)}", title=said, **{"aria-label": said})


def data_day(fresh: Freshness, lang: str) -> list[Component]:
    """ "Số liệu tính đến …", amber when older than a day, and the badge of demonstration data."""
    as_of = fresh.as_of or fresh.day
    parts: list[Component] = [
        html.Span(
            t("data.as_of", lang, day=as_of) if fresh.as_of else t("data.none", lang),
            className="as-of stale" if fresh.is_stale else "as-of",
        )
    ]
    if fresh.is_demo:
        parts.append(html.Span(t("data.demo", lang), className="demo-badge"))
    return parts


def map_count(now: Totals, lang: str) -> str:
    """How many are drawn, how many the table lists, and why they differ."""
    text = t("map.count", lang, drawn=now.venues - now.no_point, listed=now.venues)
    return f"{text} · {t('map.count.no_point', lang, count=now.no_point)}" if now.no_point else text


def area_panel(figures: Figures, asked: Filters, lang: str) -> list[Component]:
    """Counts by status of the drawn area, with what can be done next."""
    rows = [
        html.Li(
            [
                html.Span(className=f"swatch {style.code}"),
                html.Span(t(f"status.{style.code}", lang), className="option-name"),
                html.Span(number(figures.now.by_status[style.code], lang), className="option-count"),
            ]
        )
        for style in STATUS_STYLES
    ]
    query = file_query(asked, lang)
    return [
        html.H2([t("area.title", lang, count=figures.now.venues), html.Small(t("area.day", lang, day=figures.day))]),
        html.Ul(rows),
        html.Div(
            [
                html.Button(
                    t("area.table", lang), type="button", className="small-button", **{"data-press": ids.TABLE_TOGGLE}
                ),
                html.A("XLSX", href=f"/exports/venues.xlsx{query}", download=True, className="small-button"),
                html.A("CSV", href=f"/exports/venues.csv{query}", download=True, className="small-button"),
                html.Button(t("area.remove", lang), type="button", className="small-button", **go(area=None)),
            ],
            className="actions",
        ),
        *_acts(query, lang),
    ]


def _acts(query: str, lang: str) -> list[Component]:
    """What the caller may do at all venues of the area."""
    offered = buttons.at_filtered(lang)
    if may("inspect"):
        address = f"/inspections/{query}{'&' if query else '?'}new=1"
        offered.append(html.A(t("inspections.of_area", lang), href=address, className="small-button"))
    said = html.Span(f"{t('action.of_filtered', lang)}:", className="quiet small")
    return [html.Div([said, *offered], className="actions acts")] if offered else []
