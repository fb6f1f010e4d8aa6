"""The drawer on one venue, and on several that lie at one clicked place."""

import datetime as dt
import json
import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dash import html
from dash.development.base_component import Component

from callbacks import ids
from callbacks.actions import buttons
from callbacks.audit.wording import sentence
from callbacks.drawer import cases, parts, priority
from callbacks.drawer.events import events, source_text
from callbacks.drawer.explanation import headline, reminder_sentence, sentences
from callbacks.server.caller import may
from callbacks.server.language import language_pairs, with_language
from callbacks.view.filters import category_name, go
from callbacks.view.snapshot import Snapshot
from data.access.roles import AT_CASES
from data.database.connection import Connection
from data.desk.field import is_made
from data.errors import NoQrContent, NotRegistered, UnknownFilter
from data.queries.acting import places
from data.queries.audit import of_venue
from data.queries.cases import case_lines
from data.queries.nearby import SAME_PLACE_METRES, nearby
from data.queries.poster import location_code
from data.queries.venue import Reminder, Venue, VenueHistory, venue_history
from data.queries.venue_lines import venue_lines
from data.texts.catalogue import moment, number, t
from layers.charts import scans
from layers.notes import Note, noted
from layers.timeline import timeline

# More would keep the browser busy for seconds; the table takes any number.
LISTED = 50
LONGEST_TIMELINE = dt.timedelta(days=365)
METRES_A_DEGREE = 111_195.0  # of latitude


def venue(conn: Connection, seen: Snapshot, code: str, place: str | None) -> Component:
    """The venue ``code`` as of the day shown; ``place`` leads back to the list that it was picked from.

    Raises
    ------
    UnknownVenue
    """
    lang, day = seen.view.lang, seen.view.filters.day
    first = parts.chart_from(day, seen.span.first_day)
    known_from = max(seen.span.first_day or first, day - LONGEST_TIMELINE)
    history = venue_history(conn, code, day, (day - min(first, known_from)).days + 1)
    counted = (reminder.reminded_on for reminder in history.reminders if reminder.standing == "counted")
    # What decided the status is on the timeline, however long ago it was.
    begin = max(min((first, *counted)), min(first, known_from))
    known = case_lines(conn, venue=history.venue.code, is_open=False)
    notes = parts.notes_on(conn, min(first, begin), day)
    body = [
        _head(history, lang),
        *_to_do(conn, history, lang),
        *cases.open_here(known, seen.span.current_day, lang),
        _why(history, lang),
        *priority.of_venue(conn, history.venue.code, seen.span.current_day, lang),
        *cases.closed_here(known, lang),
        _scan_chart(history, first, notes, lang),
        parts.figure(noted(timeline(events(history, lang), begin, day, lang), notes, begin, day, lang), lang),
        _about(conn, history, seen),
        _sources(history, lang),
        _done(conn, history.venue.code, lang),
    ]
    return parts.content(f"venue {code}", _crumbs(history.venue, place, lang), body, lang)


def several(conn: Connection, seen: Snapshot, place: str) -> Component:
    """The venues at a clicked place ("lon,lat" or "lon,lat,metres"), nearest first.

    Raises
    ------
    UnknownFilter
        ``place`` cannot be read.
    """
    lang, asked = seen.view.lang, seen.view.filters
    lon, lat, metres = _numbers(place)
    found = nearby(conn, asked, lon, lat, metres, LISTED)
    lines = venue_lines(conn, asked, found.venues)
    title = t("place.title", lang, count=found.total)
    body = [
        parts.heading(
            title,
            html.P([t("place.why", lang, metres=number(metres, lang)), " · ", parts.day_line(seen)], className="quiet"),
        ),
        *_to_do_at_all([line.code for line in lines], lang),
        parts.venue_list(lines, lang, place=place) if lines else html.P(t("place.nothing", lang), className="empty"),
    ]
    if found.total > len(lines):
        body += [
            html.P(t("place.more", lang, shown=len(lines)), className="quiet small"),
            html.Button(
                t("drawer.all_venues", lang, count=found.total),
                type="button",
                className="small-button",
                **{"data-show-table": ids.TABLE_TOGGLE},
                **go(area=_around(lon, lat, metres), place=None),
            ),
        ]
    return parts.content(f"place {place}", [parts.district_crumb(lang), parts.Crumb(title)], body, lang)


def _around(lon: float, lat: float, metres: float) -> str:
    """A ring of twelve corners that holds the circle, as the address writes an area; for a filter on all of it."""
    reach = metres / math.cos(math.pi / 12) / METRES_A_DEGREE
    turns = [2 * math.pi * number / 12 for number in range(12)]
    corners = [(lon + reach * math.cos(a) / math.cos(math.radians(lat)), lat + reach * math.sin(a)) for a in turns]
    return ";".join(f"{corner_lon:.5f},{corner_lat:.5f}" for corner_lon, corner_lat in corners)


def _numbers(place: str) -> tuple[float, float, float]:
    try:
        values = [float(part) for part in place.split(",")]
    except ValueError:
        values = []
    is_place = len(values) in (2, 3) and all(map(math.isfinite, values))
    if not is_place or abs(values[0]) > 180 or abs(values[1]) > 90:
        raise UnknownFilter("error.filter.place")
    return values[0], values[1], values[2] if len(values) == 3 else SAME_PLACE_METRES


def _crumbs(venue: Venue, place: str | None, lang: str) -> list[parts.Crumb]:
    ward = parts.ward_title(venue.ward_code, venue.ward_name, lang)
    crumbs = [parts.district_crumb(lang), parts.Crumb(ward, parts.up(ward=venue.ward_code or "none"))]
    if place:
        crumbs.append(parts.Crumb(t("place.back", lang), {"venue": None}))
    return [*crumbs, parts.Crumb(venue.name)]


def _head(history: VenueHistory, lang: str) -> Component:
    status = history.facts.status
    name = t(f"status.{status}", lang) if status else t("venue.no_status", lang)
    mark = [html.Span(className=f"swatch {status}")] if status else []
    return parts.heading(
        history.venue.name,
        html.P([*mark, html.Strong(name)], className=f"status-line {status or 'none'}"),
        html.P(headline(history, lang), className="headline"),
        *_doubts(history, lang),
    )


def _to_do(conn: Connection, history: VenueHistory, lang: str) -> list[Component]:
    """What the caller may do here now, whatever day is shown."""
    code = history.venue.code
    place = places(conn, [code]).get(code)
    offered = buttons.at_venue(place, lang) if place else []
    if any(map(may, AT_CASES)):
        offered.append(_cases(history, lang))
    if place:
        offered += buttons.not_now(place, lang)
    return [html.Div(offered, className="actions acts")] if offered else []


def _cases(history: VenueHistory, lang: str) -> Component:
    """The way to the case that suspends the venue, else to all of its cases."""
    suspension = history.suspension
    case = suspension.case_id if suspension else None
    named = {"case": case} if case else {"venue": history.venue.code}
    return html.A(t("venue.cases", lang), href="/cases/?" + urlencode(named | language_pairs(lang)))


def _to_do_at_all(codes: list[str], lang: str) -> list[Component]:
    offered = buttons.at_venues(codes, lang) if codes else []
    said = html.Span(f"{t('action.of_place', lang)}:", className="quiet small")
    return [html.Div([said, *offered], className="actions acts")] if offered else []


def _doubts(history: VenueHistory, lang: str) -> list[Component]:
    """The mark of a status that rests on doubtful data, and why."""
    if not history.doubts:
        return []
    reasons = "; ".join(t(f"venue.doubt.{reason}", lang) for reason in history.doubts)
    return [html.P(f"{t('venue.doubtful', lang)} {reasons}.", className="doubt", role="note")]


def _why(history: VenueHistory, lang: str) -> Component:
    reminders = [_reminder(reminder, history, lang) for reminder in history.reminders]
    return parts.section(
        t("why.title", lang, day=history.day),
        html.Ul([html.Li(sentence) for sentence in sentences(history, lang)], className="facts"),
        html.Ol(reminders, className="reminders"),
        name="why",
    )


def _reminder(reminder: Reminder, history: VenueHistory, lang: str) -> Component:
    counts = reminder.standing == "counted"
    given = " · ".join(part for part in (reminder.given_by, reminder.method) if part)
    return html.Li(
        [
            html.Span("◆" if counts else "◇", className="mark", **{"aria-hidden": "true"}),
            html.Span(
                [
                    html.Strong(f"{reminder.reminded_on:%d/%m/%Y}"),
                    f" {t(f'reason.{reminder.reason}', lang)}: ",
                    html.Span(reminder_sentence(reminder, history.facts, lang), className="standing"),
                    html.Span(given, className="given"),
                ]
            ),
        ],
        className="counted" if counts else "not-counted",
        **{"data-standing": reminder.standing},
    )


def _scan_chart(history: VenueHistory, first: dt.date, notes: Sequence[Note], lang: str) -> Component:
    facts = history.facts
    days = [(row.day, row.scans) for row in history.scans if row.day >= first]
    shown = scans(days, facts.window_from, facts.scanning_window_days, lang)
    chart = parts.figure(noted(shown, notes, days[0][0], days[-1][0], lang), lang)
    if not any(row.estimated for row in history.scans if row.day >= first):
        return chart
    return html.Div([chart, html.P(t("chart.scans.estimated", lang), className="quiet small scans-estimated")])


def _about(conn: Connection, history: VenueHistory, seen: Snapshot) -> Component:
    venue, lang = history.venue, seen.view.lang
    rows = [
        ("venue.code", venue.code),
        ("venue.category", category_name(seen.options, venue.category, lang)),
        ("venue.address", venue.address or t("venue.no_address", lang)),
        ("venue.ward", _ward(venue, lang)),
        ("venue.point", _point(venue, lang)),
    ]
    pairs = [part for key, value in rows for part in (html.Dt(t(key, lang)), html.Dd(value))]
    return html.Section(
        [html.Dl(pairs, className="about"), html.Div(_actions(conn, history, lang), className="actions")],
        className="drawer-section",
    )


def _ward(venue: Venue, lang: str) -> str:
    if venue.ward_name:
        return venue.ward_name
    if venue.ward_named:
        return t("venue.ward_unmatched", lang, name=venue.ward_named)
    return t("venue.ward_missing", lang)


def _point(venue: Venue, lang: str) -> str:
    """How good the point is; a venue without one says so."""
    said = [t(f"point.{venue.location}", lang)]
    if venue.lon is not None and venue.lat is not None:
        said.insert(0, f"{number(venue.lat, lang, 5)}; {number(venue.lon, lang, 5)}.")
    if venue.moved_at:
        said.append(t("point.moved", lang, day=venue.moved_at.date(), name=venue.moved_by or "–"))
    if venue.outside_ward:
        said.append(t("point.outside", lang))
    return " ".join(said)


def _actions(conn: Connection, history: VenueHistory, lang: str) -> list[Component]:
    copied = {"data-done": t("venue.copied", lang), "data-failed": t("venue.copy_failed", lang)}
    copy = html.Button(
        t("venue.copy", lang), type="button", className="small-button", **{"data-copy-link": ""}, **copied
    )
    return [
        *_contact(history.venue, lang),
        *_poster(conn, history.venue.code, lang),
        *_letter(history.venue.code, lang),
        *_moving(history.venue, lang),
        copy,
        html.P(className="copied small", role="status"),
    ]


def _contact(venue: Venue, lang: str) -> list[Component]:
    """A button that asks for owner and telephone (``callbacks.drawer.contact``), for those who may; told where it
    stands."""
    if not may("contacts"):
        return []
    asks = {"data-contact": venue.code, "data-failed": t("contact.failed", lang)}
    return [
        html.Button(t("contact.show", lang), type="button", className="small-button", **asks),
        html.P(className="contact small", role="status"),
    ]


def _moving(venue: Venue, lang: str) -> list[Component]:
    """Buttons that move the point on the map (``assets/moving.js``), for those who may."""
    if not may("move"):
        return []
    told = json.dumps({"code": venue.code, "name": venue.name, "lon": venue.lon, "lat": venue.lat}, ensure_ascii=False)
    start = html.Button(t("move.start", lang), type="button", className="small-button", **{"data-move": told})
    if venue.location != "hand":
        return [start]
    back = html.Button(t("move.back", lang), type="button", className="small-button", **{"data-move-back": told})
    return [start, back]


def _letter(code: str, lang: str) -> list[Component]:
    """The letter of reminder, for those who remind."""
    if not may("remind"):
        return []
    return [
        html.A(
            t("venue.reminder_letter", lang, form=form.upper()),
            href=f"/exports/reminder.{form}?venue={quote(code)}",
            download=True,
            className="small-button",
        )
        for form in ("pdf", "docx")
    ]


def _poster(conn: Connection, code: str, lang: str) -> list[Component]:
    """The poster as it can be printed now, or the sentence why not."""
    try:
        location_code(conn, code)
    except NotRegistered:
        return [html.P(t("venue.poster.no_qr", lang), className="quiet no-poster")]
    except NoQrContent:
        return [html.P(t("venue.poster.no_content", lang), className="quiet no-poster")]
    files = [
        html.A(
            t(key, lang), href=f"/exports/poster.{kind}?venue={quote(code)}", download=True, className="small-button"
        )
        for key, kind in (("venue.poster", "pdf"), ("venue.poster_svg", "svg"), ("venue.poster_png", "png"))
    ]
    at_door = html.A(t("venue.poster_screen", lang), href=f"/posters/screen/{quote(code)}", className="small-button")
    of_entrances = with_language(f"/posters/?codes={quote(code)}", lang)
    return [*files, html.A(t("venue.poster_labels", lang), href=of_entrances, className="small-button"), at_door]


def _sources(history: VenueHistory, lang: str) -> Component:
    """Where the venue and its scans were read; each event names its own source in the timeline's table."""
    rows = [("source.venue", history.venue.source), ("source.last_scan", history.scan_summary.source)]
    made_at_the_door = history.venue.source is None and is_made(history.venue.code)
    lines = [
        html.Li(
            [html.Span(f"{t(key, lang)}: "), t("field.source", lang) if made_at_the_door else source_text(source, lang)]
        )
        for key, source in rows
        if source or key == "source.venue"
    ]
    lines += [
        html.Li([html.Span(f"{written}: "), source_text(source, lang)])
        for written, source in _event_sources(history, lang)
    ]
    return html.Details([html.Summary(t("source.title", lang)), html.Ul(lines)], className="drawer-section sources")


def _done(conn: Connection, code: str, lang: str) -> Component:
    """What people did with the venue, newest first; what files brought stands in the timeline."""
    lines = [
        html.Li([html.Span(f"{moment(entry.at)} · ", className="quiet"), sentence(entry, code, lang)])
        for entry in of_venue(conn, code)
    ]
    body = html.Ul(lines) if lines else html.P(t("audit.history.none", lang), className="quiet small")
    return html.Details([html.Summary(t("audit.history", lang)), body], className="drawer-section sources done")


def _event_sources(history: VenueHistory, lang: str) -> list[tuple[str, Any]]:
    def line(name: str, day: dt.date, source: Any) -> tuple[str, Any]:
        return f"{name}, {day:%d/%m/%Y}", source

    return [
        *(line(t("lane.registration", lang), row.registered_on, row.source) for row in history.registrations),
        *(line(t("lane.reminder", lang), row.reminded_on, row.source) for row in history.reminders),
        *(line(t("lane.suspension", lang), row.starts_on, row.source) for row in history.suspensions),
    ]
