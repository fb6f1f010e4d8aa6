"""What happened to one venue, in lanes under one another: its QR, reminders, days with scans, suspensions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from data.texts.catalogue import day as written
from data.texts.catalogue import t
from layers.charts import Chart, hover
from layers.statuses import STYLE_OF
from layers.template import GRID, Json, day_axis, layout

Lane = Literal["closed", "registration", "reminder", "scan", "suspension"]
# From top to bottom.
LANES: tuple[Lane, ...] = ("registration", "reminder", "scan", "suspension", "closed")
_ALWAYS: tuple[Lane, ...] = ("registration", "reminder", "scan", "suspension")
_COLOURS = {
    "registration": STYLE_OF["registered"].colour,
    "reminder": STYLE_OF["reminded"].colour,
    "scan": STYLE_OF["scanning"].colour,
    "suspension": STYLE_OF["suspended"].colour,
    "closed": STYLE_OF["unregistered"].colour,
}


@dataclass(frozen=True)
class Event:
    """Something that happened on ``first``, or lasted to ``last`` (included; None: still lasts).

    ``counts`` is of reminders: whether the status rule counts it. ``source`` says where it was read.
    """

    lane: Lane
    first: dt.date
    text: str
    last: dt.date | None = None
    counts: bool = True
    source: str = ""


def timeline(events: Sequence[Event], first: dt.date, last: dt.date, lang: str) -> Chart:
    """The events from ``first`` to ``last``; the table lists all, the newest first, also those before ``first``.

    Registrations, suspensions and closings are bars, reminders diamonds (filled when they count), scans ticks.
    """
    title = t("chart.timeline", lang, first=first, last=last)
    lanes = [lane for lane in LANES if lane in _ALWAYS or any(event.lane == lane for event in events)]
    places = {lane: len(lanes) - 1 - index for index, lane in enumerate(lanes)}
    figure: Json = {
        "data": [
            *_bars(events, first, last, places),
            *(_marks(events, first, last, places, counts) for counts in (True, False)),
            _ticks(events, first, last, places),
        ],
        "layout": layout(
            title,
            t("chart.timeline.key", lang),
            lang,
            84 + 30 * len(lanes),
            barmode="overlay",
            hovermode="closest",
            showlegend=False,
            xaxis=day_axis(first, last),
            yaxis={
                "range": [-0.6, len(lanes) - 0.4],
                "tickvals": list(places.values()),
                "ticktext": [t(f"lane.{lane}", lang) for lane in lanes],
                "gridcolor": GRID,
                "rangemode": "normal",
            },
            margin={"l": 8, "r": 10, "t": 48, "b": 8},
        ),
    }
    newest_first = sorted((event for event in events if event.lane != "scan"), key=lambda event: event.first)[::-1]
    rows = tuple(
        (t("chart.since_ever", lang) if event.first == dt.date.min else written(event.first), event.text, event.source)
        for event in newest_first
    )
    header = (t("chart.day", lang), t("chart.timeline.what", lang), t("chart.timeline.source", lang))
    return Chart(figure, title, header, rows)


def _seen(event: Event, first: dt.date, last: dt.date) -> bool:
    return event.first <= last and (event.last is None or event.last >= first)


def _bars(events: Sequence[Event], first: dt.date, last: dt.date, places: dict[Lane, int]) -> list[Json]:
    """One trace a lane of what lasts; a bar ends at midnight of its last day, and at the edge when it still lasts."""
    traces = []
    for lane in ("registration", "suspension", "closed"):
        shown = [event for event in events if event.lane == lane and _seen(event, first, last)]
        if not shown:
            continue
        starts = [max(event.first, first) for event in shown]
        ends = [min(event.last or last, last) for event in shown]
        half = dt.timedelta(hours=12)
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "base": [(dt.datetime.combine(start, dt.time()) - half).isoformat() for start in starts],
                "x": [((end - start).days + 1) * 86_400_000 for start, end in zip(starts, ends, strict=True)],
                "y": [places[lane]] * len(shown),
                "width": 0.42,
                "marker": {"color": _COLOURS[lane], "line": {"width": 0}},
                **hover([event.text for event in shown]),
            }
        )
    return traces


def _marks(events: Sequence[Event], first: dt.date, last: dt.date, places: dict[Lane, int], counts: bool) -> Json:
    shown = [
        event
        for event in events
        if event.lane == "reminder" and event.counts is counts and first <= event.first <= last
    ]
    edge = STYLE_OF["reminded"].outline
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [event.first.isoformat() for event in shown],
        "y": [places["reminder"]] * len(shown),
        "cliponaxis": False,
        "marker": {
            "symbol": "diamond",
            "size": 11,
            "color": _COLOURS["reminder"] if counts else "#FFFFFF",
            "line": {"width": 1.6, "color": edge},
        },
        **hover([event.text for event in shown]),
    }


def _ticks(events: Sequence[Event], first: dt.date, last: dt.date, places: dict[Lane, int]) -> Json:
    shown = [event for event in events if event.lane == "scan" and first <= event.first <= last]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [event.first.isoformat() for event in shown],
        "y": [places["scan"]] * len(shown),
        "marker": {"symbol": "line-ns-open", "size": 11, "color": _COLOURS["scan"], "line": {"width": 3}},
        **hover([event.text for event in shown]),
    }
