"""Notes on days ("ghi chú ngày") on a chart whose axis is days: a numbered band each, and the words below it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.texts.catalogue import day as written
from data.texts.catalogue import t
from layers.charts import Chart
from layers.template import INK, INK_SOFT, Json

_HALF = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Note:
    """Words about the days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date
    words: str


def noted(chart: Chart, notes: Sequence[Note], first: dt.date, last: dt.date, lang: str) -> Chart:
    """The chart of the days from ``first`` to ``last`` with the notes that bear on them.

    A band is told from what the chart shows by its dashed edge and its number, not by colour.
    """
    shown = [note for note in notes if note.first <= last and note.last >= first]
    if not shown:
        return chart
    places = [(max(note.first, first), min(note.last, last)) for note in shown]
    layout = chart.figure["layout"]
    marked = layout | {
        "shapes": [*layout.get("shapes", ()), *(_band(*place) for place in places)],
        "annotations": [
            *layout.get("annotations", ()),
            *(_number(number, *place) for number, place in enumerate(places, start=1)),
        ],
    }
    said = tuple(_sentence(note, lang) for note in shown)
    return replace(chart, figure=chart.figure | {"layout": marked}, notes=said)


def _band(first: dt.date, last: dt.date) -> Json:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": (dt.datetime.combine(first, dt.time()) - _HALF).isoformat(),
        "x1": (dt.datetime.combine(last, dt.time()) + _HALF).isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": "rgba(0,0,0,0)",
        "line": {"color": INK_SOFT, "width": 1, "dash": "dash"},
    }


def _number(number: int, first: dt.date, last: dt.date) -> Json:
    middle = dt.datetime.combine(first, dt.time()) + (last - first) / 2
    return {
        "x": middle.isoformat(),
        "xref": "x",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": str(number),
        "showarrow": False,
        "font": {"size": 11, "weight": 700, "color": INK},
    }


def _sentence(note: Note, lang: str) -> str:
    days = written(note.first) if note.first == note.last else f"{written(note.first)} – {written(note.last)}"
    return t("chart.note", lang, days=days, words=note.words)
