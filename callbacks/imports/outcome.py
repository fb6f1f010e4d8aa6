"""What a file would change, or has changed: counts, statuses, what was left out. Pure functions of a report."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from callbacks.imports.downloads import address_of
from callbacks.server.language import language_pairs, with_language
from data.texts.catalogue import number, t
from data.texts.sentences import told
from etl.loading.report import remark_lines
from etl.loading.suspension_changes import SIDES

COUNTS = ("new", "changed", "removed", "unchanged", "rejected", "pending")
QUIET = ("unchanged",)
ALARMING = ("removed", "rejected", "pending")
SHOWN_VENUES = 12
"""Names that stand there at once; the others unfold."""


def panel(report: dict[str, Any], lang: str, *, done: bool) -> Component:
    """The report of a check (``done``: of a load)."""
    if report.get("loaded_before"):
        return html.P(t("imports.outcome.before", lang, load=report["load"]), className="warned")
    return html.Div(
        [
            *_turned_day(report, lang, done=done),
            _counts(report, lang),
            *_supersedes(report, lang),
            *statuses(report.get("statuses"), lang),
            *suspensions(report.get("suspensions"), lang),
            *_notes(report, lang),
            *(_review(report, lang) if done else []),
            *_rejects(report, lang),
        ],
        className="outcome done" if done else "outcome",
    )


def statuses(found: dict[str, Any] | None, lang: str) -> list[Component]:
    """Which statuses change, and of which venues that matters most."""
    if found is None:
        return []
    if not found["changed"]:
        return [html.P(t("imports.statuses.none", lang), className="quiet")]
    moved = [
        html.Li(
            [f"{_status(row['before'], lang)} → {_status(row['after'], lang)}", html.B(number(row["venues"], lang))]
        )
        for row in found["changed"]
    ]
    sides = [
        _named(side, found[side], t(f"imports.statuses.{side}", lang), lang)
        for side in ("violating", "no_longer_violating")
        if found[side]["count"]
    ]
    named = html.Div(sides, className="sides") if sides else html.P(t("imports.statuses.no_violating", lang))
    return [
        html.H4(t("imports.statuses.title", lang)),
        named,
        html.Details([html.Summary(t("imports.statuses.all", lang)), html.Ul(moved, className="moved")]),
    ]


def suspensions(found: dict[str, Any] | None, lang: str) -> list[Component]:
    """Which suspensions end, begin or come back without anybody's step, each with its venues."""
    if not found:
        return []
    sides = [_named(side, found[side], t(f"imports.suspensions.{side}", lang), lang) for side in SIDES if side in found]
    return [html.H4(t("imports.suspensions.title", lang)), html.Div(sides, className="sides")]


def rejects_link(report: dict[str, Any], lang: str) -> list[Component]:
    """The list of rejected rows, to be downloaded, mended and dropped again."""
    kept = report.get("rejects_file")
    if not kept:
        return []
    return [
        html.P(
            [
                html.A(
                    t("imports.rejects.download", lang),
                    href=address_of(kept["sha256"]),
                    download=True,
                    className="button",
                ),
                html.Span(t("imports.rejects.how", lang), className="quiet"),
            ],
            className="with-hint",
        )
    ]


def _counts(report: dict[str, Any], lang: str) -> Component:
    rows = report["rows"] | {"pending": report["remarks"].get("pending_rows", 0)}
    tiles = []
    for name in COUNTS:
        count = rows[name]
        if count == 0 and name != "new":
            continue
        worth = "alarming" if name in ALARMING else "quiet" if name in QUIET or not count else ""
        label = html.Dt(t(f"imports.count.{name}", lang))
        tiles.append(html.Div([label, html.Dd(number(count, lang))], className=f"tile {worth}", **{"data-count": name}))
    return html.Dl(tiles, className="counts")


def turned_day(report: dict[str, Any]) -> dict[str, dt.date] | None:
    """The current day ``before`` and ``after`` loading the first file beside a demonstration."""
    days = report.get("turned_day")
    return dict(zip(("before", "after"), map(dt.date.fromisoformat, days), strict=True)) if days else None


def _turned_day(report: dict[str, Any], lang: str, *, done: bool) -> list[Component]:
    days = turned_day(report)
    key = "imports.turned_day.done" if done else "imports.turned_day"
    return [html.P(t(key, lang, **days), className="warned")] if days else []


def _supersedes(report: dict[str, Any], lang: str) -> list[Component]:
    if not report.get("supersedes"):
        return []
    return [html.P(t("imports.outcome.supersedes", lang, load=report["supersedes"]), className="warned")]


def _notes(report: dict[str, Any], lang: str) -> list[Component]:
    notes = [*remark_lines(report["remarks"], lang), *(told(line, lang) for line in report.get("told", ()))]
    if not notes:
        return []
    return [
        html.H4(t("imports.outcome.notes", lang)),
        html.Ul([html.Li(note) for note in notes], className="sentences"),
    ]


def _review(report: dict[str, Any], lang: str) -> list[Component]:
    """The way to the rows that wait for a person, once they are loaded."""
    if not report["remarks"].get("pending_rows"):
        return []
    address = with_language("/review/", lang)
    return [html.P(html.A(t("imports.outcome.review", lang), href=address, className="button"))]


def _rejects(report: dict[str, Any], lang: str) -> list[Component]:
    count = report["rows"]["rejected"]
    if not count:
        return []
    shown = report.get("rejects") or []
    more = count - len(shown)
    tail = [html.Li(t("imports.rejects.more", lang, rows=more))] if more > 0 else []
    return [
        html.Details(
            [
                html.Summary(t("imports.rejects.title", lang, rows=count)),
                html.Ul([*(html.Li(told(sentence, lang)) for sentence in shown), *tail], className="sentences"),
            ],
            open=count <= len(shown),
        ),
        *rejects_link(report, lang),
    ]


def _named(which: str, found: dict[str, Any], said: str, lang: str) -> Component:
    venues = [
        html.Li(
            html.A(
                [venue["name"], " ", html.Small(venue["code"])],
                href="/?" + urlencode({"venue": venue["code"]} | language_pairs(lang)),
            )
        )
        for venue in found["venues"]
    ]
    first, others = venues[:SHOWN_VENUES], venues[SHOWN_VENUES:]
    unseen = found["count"] - len(venues)
    content: list[Component] = [
        html.P([html.B(number(found["count"], lang)), " ", said]),
        html.Ul(first),
    ]
    if others:
        content.append(
            html.Details([html.Summary(t("imports.statuses.more", lang, venues=len(others))), html.Ul(others)])
        )
    if unseen > 0:
        content.append(html.P(t("imports.statuses.unseen", lang, venues=unseen), className="quiet"))
    return html.Div(content, className=which)


def _status(code: str | None, lang: str) -> str:
    return t(f"status.{code}", lang) if code else t("imports.statuses.nothing", lang)
