"""How our charts look: one Plotly template with our type and quiet lines, and a configuration without tool bar.

Charts are plain dictionaries in Plotly's JSON form, so that drawing one costs the server next to nothing; the tests
hold each against Plotly's own schema.
"""

import datetime as dt
from html import escape
from typing import Any

Json = dict[str, Any]

INK = "#1B2430"
INK_SOFT = "#4A5663"
GRID = "#E6EAED"
AXIS = "#C3CBD2"
ACCENT = "#0B5C7A"
ACCENT_SOFT = "#E3EFF4"
UNKNOWN = "#9AA3AC"
FONT = "'Be Vietnam Pro', 'Noto Sans', 'Segoe UI', system-ui, sans-serif"

# Nothing to press, nobody's logo, no request to another host, and a page that scrolls when a finger crosses a chart.
CONFIG: Json = {
    "displayModeBar": False,
    "displaylogo": False,
    "doubleClick": False,
    "scrollZoom": False,
    "showTips": False,
    "responsive": True,
}

# Plotly sets its own subtitle far below the title.
_SUBTITLE = f"font-size:11.5px;font-weight:400;fill:{INK_SOFT};color:{INK_SOFT}"

_AXIS: Json = {
    "fixedrange": True,
    "showline": False,
    "zeroline": False,
    "gridcolor": GRID,
    "tickfont": {"size": 11, "color": INK_SOFT},
    "automargin": True,
}

TEMPLATE: Json = {
    "layout": {
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {
            **_AXIS,
            "showgrid": False,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": AXIS,
            "showline": True,
            "linecolor": AXIS,
        },
        "yaxis": {**_AXIS, "rangemode": "tozero", "nticks": 5},
        "margin": {"l": 8, "r": 8, "t": 56, "b": 8},
        "dragmode": False,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": AXIS, "font": {"family": FONT, "size": 12, "color": INK}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xref": "container",
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 11, "color": INK},
            "itemclick": False,
            "itemdoubleclick": False,
            "itemwidth": 30,
        },
        "title": {
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 22, "l": 0},
            "font": {"size": 13, "weight": 600, "color": INK},
        },
    }
}


def layout(title: str, subtitle: str, lang: str, height: int, **more: Any) -> Json:
    """The layout of a chart: what it shows and of which day in the title, separators of the language."""
    return {
        "template": TEMPLATE,
        "title": {"text": f'{title}<br><span style="{_SUBTITLE}">{escape(subtitle)}</span>'},
        "separators": ",." if lang == "vi" else ".,",
        "height": height,
        **more,
    }


def day_axis(first: dt.date, last: dt.date) -> Json:
    """An axis of whole days, each as wide as the next, marked on the Mondays (weeks begin on Monday)."""
    half = dt.timedelta(hours=12)
    start, end = (dt.datetime.combine(day, dt.time()) for day in (first, last))
    monday = first + dt.timedelta(days=-first.weekday() % 7)
    step = 14 if (last - first).days > 28 else 7
    marks = []
    while monday <= last:
        marks.append(monday)
        monday += dt.timedelta(days=step)
    return {
        "type": "date",
        "range": [(start - half).isoformat(), (end + half).isoformat()],
        "tickvals": [day.isoformat() for day in marks],
        "ticktext": [f"{day:%d/%m}" for day in marks],
    }
