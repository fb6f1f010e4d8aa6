"""Curves of who is still waiting, as steps with their interval, and the numbers below them."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.texts.catalogue import number, percent, t
from layers.charts import Chart
from layers.template import ACCENT, ACCENT_SOFT, INK_SOFT, Json, layout

COMPARED = "#B5541B"
"""Of the ward beside the district: told apart from it by its dashes as well."""


@dataclass(frozen=True)
class Curve:
    """One curve: what it is of, its steps (days, share still waiting 0-1, interval), and how many wait at each mark."""

    name: str
    days: Sequence[float]
    share: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    at_risk: Sequence[int]


def waiting_curves(curves: Sequence[Curve], marks: Sequence[int], subtitle: str, lang: str) -> Chart:
    """Shares still waiting, day by day; the first curve with its interval, the second (where there is one) dashed.

    ``marks``: days under which the numbers at risk stand, in the table as well.
    """
    title = t("effects.waiting.chart", lang)
    traces: list[Json] = []
    for position, curve in enumerate(curves):
        traces += _traces(curve, marks[-1], is_first=position == 0)
    figure = {
        "data": traces,
        "layout": layout(
            title,
            subtitle,
            lang,
            340,
            hovermode="closest",
            xaxis={
                "range": [0, marks[-1]],
                "tickvals": list(marks),
                "title": {"text": t("effects.waiting.days", lang), "font": {"size": 11, "color": INK_SOFT}},
            },
            yaxis={"range": [0, 1.02], "tickformat": ".0%"},
            margin={"l": 8, "r": 12, "t": 52, "b": 76},
            showlegend=True,
        ),
    }
    header = (t("effects.waiting.day", lang), *(f"{curve.name}: {what}" for curve in curves for what in _told(lang)))
    rows = tuple(
        (number(mark, lang), *(cell for curve in curves for cell in _cells(curve, index, mark, lang)))
        for index, mark in enumerate(marks)
    )
    return Chart(figure, title, header, rows)


def share_at(curve: Curve, day: float) -> float:
    """The share still waiting after ``day`` days."""
    return next((share for at, share in reversed(list(zip(curve.days, curve.share, strict=True))) if at <= day), 1.0)


def _told(lang: str) -> tuple[str, str]:
    return t("effects.waiting.still", lang), t("effects.waiting.at_risk", lang)


def _cells(curve: Curve, index: int, mark: int, lang: str) -> tuple[str, str]:
    return percent(share_at(curve, mark), lang), number(curve.at_risk[index], lang)


def _traces(curve: Curve, last: int, *, is_first: bool) -> list[Json]:
    days = [0, *curve.days, max(last, *curve.days, 0)]
    line = {"shape": "hv", "width": 2.4, "color": ACCENT} if is_first else {
        "shape": "hv", "width": 2, "color": COMPARED, "dash": "dash",
    }  # fmt: skip
    main = {
        "type": "scatter",
        "mode": "lines",
        "name": curve.name,
        "x": days,
        "y": [1.0, *curve.share, *(curve.share[-1:] or [1.0])],
        "line": line,
        "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
    }
    if not is_first or not curve.days:
        return [main]
    edge = {"type": "scatter", "mode": "lines", "x": list(curve.days), "hoverinfo": "skip", "showlegend": False}
    low = edge | {"y": list(curve.low), "line": {"shape": "hv", "width": 0, "color": ACCENT}}
    high = low | {"y": list(curve.high), "fill": "tonexty", "fillcolor": ACCENT_SOFT}
    return [low, high, main]
