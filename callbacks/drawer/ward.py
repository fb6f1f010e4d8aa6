"""The drawer on the district and on a ward: figures, eight weeks of each status, wards or streets, venues."""

from dash import html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.drawer import parts
from callbacks.view.filters import go
from callbacks.view.snapshot import Snapshot, counted_cubes
from data.database.connection import Connection
from data.queries import trend
from data.queries.figures import Cube, Figures
from data.queries.figures import figures as figures_of
from data.queries.filters import NO_WARD
from data.queries.streets import Street, Streets, worst_streets
from data.queries.table import page as first_venues
from data.queries.ward import Ward, WardRow, ranking
from data.queries.ward import ward as ward_of
from data.texts.catalogue import number, percent, t
from layers.charts import Chart, status_area
from layers.notes import noted

VENUES_SHOWN = 8


def district(conn: Connection, seen: Snapshot) -> Component:
    """The whole district under the filters in force: figures, wards side by side, the last eight weeks."""
    lang, asked = seen.view.lang, seen.view.filters
    now, before = counted_cubes(conn, seen)
    figures = figures_of(asked, now, before)
    title = parts.whole(lang)
    body = [parts.heading(title, html.P(parts.day_line(seen), className="quiet"))]
    if figures.now.venues:
        body += [
            parts.section(t("ranking.title", lang), _ranking(now, before, figures, seen)),
            parts.section(t("drawer.trend", lang), parts.figure(_trend(conn, seen, title), lang)),
            parts.section(t("drawer.status", lang), parts.status_table(figures, lang)),
        ]
    else:
        body.append(html.P(t("drawer.nothing", lang), className="empty"))
    return parts.content("district", [parts.Crumb(title)], body, lang)


def ward(conn: Connection, seen: Snapshot) -> Component:
    """The one ward that the filters name (or the venues without one)."""
    lang, asked = seen.view.lang, seen.view.filters
    (code,) = asked.wards
    known = None if code == NO_WARD else ward_of(conn, code)
    title = parts.ward_title(code, known.name if known else None, lang)
    now, before = counted_cubes(conn, seen)
    figures = figures_of(asked, now, before)
    about = _about(known, figures, seen)
    body = [
        parts.heading(title, html.P(parts.day_line(seen, "wards"), className="quiet"), html.P(about, className="small"))
    ]
    if figures.now.venues:
        body += [
            parts.section(t("drawer.status", lang), parts.status_table(figures, lang)),
            parts.section(t("drawer.trend", lang), parts.figure(_trend(conn, seen, title), lang)),
            parts.section(
                t("streets.title", lang, day=asked.day), _streets(worst_streets(conn, asked), lang), name="streets"
            ),
            parts.section(t("drawer.venues", lang), *_venues(conn, seen, figures)),
        ]
    else:
        body.append(html.P(t("drawer.nothing", lang), className="empty"))
    return parts.content(f"ward {code}", [parts.district_crumb(lang), parts.Crumb(title)], body, lang)


def _about(known: Ward | None, figures: Figures, seen: Snapshot) -> str:
    lang = seen.view.lang
    if known is None:
        return t("ward.none.why", lang)
    if not known.area_km2 or known.population is None:
        return ""
    return t(
        "ward.facts",
        lang,
        area=number(known.area_km2, lang, 2),
        population=known.population,
        density=number(figures.now.venues / known.area_km2, lang),
    )


def _trend(conn: Connection, seen: Snapshot, place: str) -> Chart:
    asked = seen.view.filters
    first = parts.chart_from(asked.day, seen.span.first_day)
    series = trend.series(conn, asked, first, asked.day)
    narrowed = f"{place} · {t('drawer.filtered', seen.view.lang)}" if parts.is_narrowed(seen, *_named(seen)) else place
    chart = status_area(series.days, series.counts, narrowed, seen.view.lang)
    return noted(chart, parts.notes_on(conn, first, asked.day), first, asked.day, seen.view.lang)


def _named(seen: Snapshot) -> tuple[str, ...]:
    """The filter that the title of a ward already names."""
    return ("wards",) if len(seen.view.filters.wards) == 1 else ()


def _ranking(now: Cube, before: Cube | None, figures: Figures, seen: Snapshot) -> Component:
    """The wards as a table; with a filter on status only the filtered counts, for shares would not be of them."""
    lang, asked = seen.view.lang, seen.view.filters
    with_shares = not asked.statuses
    heads = ["ranking.ward", "ranking.venues", *(["ranking.share", "ranking.violating"] if with_shares else [])]
    rows = [_ward_row(row, seen, with_shares) for row in ranking(now, before, asked) if row.venues]
    total = [html.Th(t("ranking.total", lang), scope="row"), _cell(number(figures.now.venues, lang))]
    if with_shares:
        total += [
            _share(figures.now.compliant / figures.now.venues, None, lang),
            _cell(number(figures.now.by_status["violating"], lang)),
        ]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(t(key, lang), scope="col") for key in heads])),
            html.Tbody(rows),
            html.Tfoot(html.Tr(total, className="total")),
        ],
        className="ranking",
    )


def _ward_row(row: WardRow, seen: Snapshot, with_shares: bool) -> Component:
    lang = seen.view.lang
    name = seen.options.ward_name(row.code) or t("ward.none", lang)
    button = html.Button(
        name,
        type="button",
        className="link",
        title=t("ranking.open", lang, name=name),
        **go(ward=row.code, **parts.up()),
    )
    cells = [html.Th(button, scope="row"), _cell(number(row.venues, lang))]
    if with_shares:
        cells += [_share(row.share, row.share_change, lang), _cell(number(row.violating, lang))]
    return html.Tr(cells)


def _share(share: float | None, gained: float | None, lang: str) -> Component:
    """A share as a bar with its number, and what it gained in a week where that is known."""
    if share is None:
        return _cell("–")
    arrow = ""
    said = None
    if gained is not None and abs(gained) >= 0.0005:
        arrow = "▲" if gained > 0 else "▼"
        sign = "+" if gained > 0 else ""
        said = t("ranking.change", lang, change=f"{sign}{number(100 * gained, lang, 1)}")
    return html.Td(
        [
            html.Span(html.Span(style={"width": f"{100 * share:.1f}%"}), className="bar", **{"aria-hidden": "true"}),
            html.Span(percent(share, lang)),
            html.Span(arrow, className="arrow", title=said, **({"aria-label": said} if said else {})),
        ],
        className="number share",
    )


def _cell(text: str) -> Component:
    return html.Td(text, className="number")


def _streets(streets: Streets, lang: str) -> Component:
    if not streets.worst:
        return html.P(t("streets.none", lang), className="quiet")
    rows = [_street_row(street, lang) for street in streets.worst]
    if streets.other_venues:
        rows.append(
            html.Tr(
                [
                    html.Th(t("streets.others", lang, count=streets.other_streets), scope="row"),
                    _cell(number(streets.other_venues, lang)),
                    _cell(number(streets.other_violating, lang)),
                ],
                className="others",
            )
        )
    heads = ("streets.street", "streets.venues", "streets.violating")
    return html.Table(
        [html.Thead(html.Tr([html.Th(t(key, lang), scope="col") for key in heads])), html.Tbody(rows)],
        className="ranking",
    )


def _street_row(street: Street, lang: str) -> Component:
    name: Component | str = t("streets.unnamed", lang)
    if street.name:
        hint = t("streets.search", lang, name=street.name)
        name = html.Button(street.name, type="button", className="link", title=hint, **go(q=street.name))
    return html.Tr(
        [html.Th(name, scope="row"), _cell(number(street.venues, lang)), _cell(number(street.violating, lang))]
    )


def _venues(conn: Connection, seen: Snapshot, figures: Figures) -> list[Component]:
    """The first rows of the table under the same filters, and the way to all of them."""
    lang = seen.view.lang
    return [
        parts.venue_list(first_venues(conn, seen.view.filters, 0, VENUES_SHOWN), lang),
        html.Button(
            t("drawer.all_venues", lang, count=figures.now.venues),
            type="button",
            className="small-button",
            **{"data-show-table": ids.TABLE_TOGGLE},
        ),
    ]
