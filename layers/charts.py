"""The charts of the drawer, each a pure function of rows, with its numbers as a table for those who cannot see it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.texts.catalogue import day as written
from data.texts.catalogue import number, t
from layers.statuses import STATUS_STYLES, StatusStyle
from layers.template import ACCENT, ACCENT_SOFT, INK_SOFT, UNKNOWN, Json, day_axis, layout

DAY_MS = 86_400_000
# Statuses lie on one another with what needs action at the bottom, where the height can be read off; the patterns tell
# them apart without colour.
_PATTERNS = {"violating": "/", "suspended": "x", "reminded": "."}


@dataclass(frozen=True)
class Chart:
    """A Plotly figure as JSON, its title in words, and its numbers as a table; ``notes`` are said below it
    (``layers.notes``)."""

    figure: Json
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def status_area(days: Sequence[dt.date], counts: Mapping[str, Sequence[int]], place: str, lang: str) -> Chart:
    """Venues of each status, day by day, as a stacked area; the table has one row a week.

    Parameters
    ----------
    days : consecutive days, at least one
    counts : for each status shown (code) one number a day
    place : which venues these are, for the subtitle
    """
    title = t("chart.status", lang, first=days[0], last=days[-1])
    shown = [style for style in STATUS_STYLES if style.code in counts]
    traces = [_status_trace(style, days, counts[style.code], lang) for style in shown]
    figure = {
        "data": traces,
        "layout": layout(
            title,
            place,
            lang,
            320,
            xaxis=day_axis(days[0], days[-1]) | {"hoverformat": "%d/%m/%Y"},
            yaxis={"tickformat": ",d"},
            margin={"l": 8, "r": 10, "t": 48, "b": 84},
            legend={"traceorder": "normal"},
            showlegend=True,
        ),
    }
    total = t("chart.total", lang)
    header = (t("chart.day", lang), *(t(f"status.{style.code}", lang) for style in shown), total)
    rows = tuple(
        (
            written(days[index]),
            *(number(counts[style.code][index], lang) for style in shown),
            number(sum(counts[style.code][index] for style in shown), lang),
        )
        for index in reversed(range(len(days) - 1, -1, -7))
    )
    return Chart(figure, title, header, rows)


def _status_trace(style: StatusStyle, days: Sequence[dt.date], counts: Sequence[int], lang: str) -> Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "stackgroup": "venues",
        "name": t(f"status.{style.code}", lang),
        "x": [day.isoformat() for day in days],
        "y": list(counts),
        "line": {"width": 0.8, "color": "#FFFFFF"},
        "fillcolor": style.colour,
        "fillpattern": {
            "shape": _PATTERNS.get(style.code, ""),
            "bgcolor": style.colour,
            "fgcolor": "#FFFFFF",
            "fgopacity": 0.55,
            "size": 5,
            "solidity": 0.22,
        },
        "hovertemplate": "%{y:,d}",
    }


def scans(
    days: Sequence[tuple[dt.date, int | None]], window_from: dt.date | None, window_days: int, lang: str
) -> Chart:
    """Scans of one venue, day by day, with the window of the status rule marked.

    Parameters
    ----------
    days : consecutive days, at least one, with their scans; None where no file knows the day
    window_from : first known day of the window, which ends on the last of ``days``; None: no day is known
    window_days : known days that the window holds at most
    """
    first, last = days[0][0], days[-1][0]
    title = t("chart.scans", lang, first=first, last=last)
    top = max(5, *(count or 0 for _, count in days)) * 1.12
    traces = [*_window_trace(window_from, last, top, window_days, lang), *_scan_traces(days, top, lang)]
    subtitle = t("chart.scans.window", lang, first=window_from, last=last, days=window_days) if window_from else ""
    figure = {
        "data": traces,
        "layout": layout(
            title,
            subtitle or t("chart.scans.no_window", lang),
            lang,
            250,
            barmode="overlay",
            bargap=0,
            hovermode="closest",
            xaxis=day_axis(first, last),
            yaxis={"tickformat": ",d", "range": [0, top]},
            margin={"l": 8, "r": 10, "t": 48, "b": 66},
        ),
    }
    unknown = t("chart.scans.unknown", lang)
    rows = tuple((written(day), unknown if count is None else number(count, lang)) for day, count in reversed(days))
    return Chart(figure, title, (t("chart.day", lang), t("chart.scans.count", lang)), rows)


def _window_trace(first: dt.date | None, last: dt.date, top: float, window_days: int, lang: str) -> list[Json]:
    if first is None:
        return []
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        {
            "type": "bar",
            "name": t("chart.scans.in_window", lang, days=window_days),
            "x": [day.isoformat() for day in days],
            "y": [top] * len(days),
            "width": DAY_MS,
            "marker": {"color": ACCENT_SOFT, "line": {"width": 0}},
            "hoverinfo": "skip",
        }
    ]


def _scan_traces(days: Sequence[tuple[dt.date, int | None]], top: float, lang: str) -> list[Json]:
    known = [(day, count) for day, count in days if count]
    zero = [day for day, count in days if count == 0]
    unknown = [day for day, count in days if count is None]
    return [
        {
            "type": "bar",
            "name": t("chart.scans.unknown", lang),
            "x": [day.isoformat() for day in unknown],
            "y": [top] * len(unknown),
            "width": DAY_MS,
            "marker": {
                "color": "rgba(0,0,0,0)",
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": UNKNOWN, "bgcolor": "#F1F3F4", "size": 6, "solidity": 0.18},
            },
            **hover([f"{written(day)}: {t('chart.scans.unknown', lang)}" for day in unknown]),
        },
        {
            "type": "bar",
            "name": t("chart.scans.count", lang),
            "x": [day.isoformat() for day, _ in known],
            "y": [count for _, count in known],
            "width": 0.72 * DAY_MS,
            "marker": {"color": ACCENT},
            **hover([f"{written(day)}: {t('chart.scans.some', lang, count=count)}" for day, count in known]),
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": t("chart.scans.zero", lang),
            "x": [day.isoformat() for day in zero],
            "y": [0] * len(zero),
            "cliponaxis": False,
            "marker": {"symbol": "circle-open", "size": 6, "color": INK_SOFT, "line": {"width": 1.4}},
            **hover([f"{written(day)}: {t('chart.scans.zero', lang)}" for day in zero]),
        },
    ]


def hover(texts: list[str]) -> dict[str, Any]:
    """What a pointer reads, already in the reader's language."""
    return {"customdata": texts, "hovertemplate": "%{customdata}<extra></extra>"}
