"""Charts on paper, as SVG made by us: a pure function of rows each. A unit is a quarter of a millimetre.

Statuses lie on one another with what needs action at the bottom, and patterns tell them apart in grey print.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from data.texts.catalogue import number, t
from layers.notes import Note
from layers.statuses import STATUS_STYLES
from layers.svg import element, picture, words
from layers.template import AXIS, GRID, INK_SOFT

WIDTH = 660.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 650.0, 22.0, 190.0
_PATTERNS = {
    "violating": "M0 8L8 0",
    "suspended": "M0 0L8 8M0 8L8 0",
    "reminded": "M2 2h1v1h-1zM6 6h1v1h-1z",
    "registered": "M0 4h8",
    "unregistered": "",
    "scanning": "",
}
_TICKS = (1, 2, 5)
_AREA_HEIGHT, _UNKNOWN_KEY = 250.0, 16.0
_BARS_TOP, _PITCH = 26.0, 22.0
_LEAST_BAR = 1.5
AREA_BODY = (_TOP / _AREA_HEIGHT, _BOTTOM / (_AREA_HEIGHT + _UNKNOWN_KEY))
"""From which share of its height to which an area chart draws its figures; below lies the key."""


def status_area(
    days: Sequence[dt.date], counts: Mapping[str, Sequence[int]], unknown: Sequence[dt.date], notes: Sequence[Note]
) -> str:
    """Venues of each status, day by day; days without known scans are marked below the axis, notes by numbers above.

    Parameters
    ----------
    days : consecutive days, at least one
    counts : for each status one number a day
    """
    shown = [style for style in STATUS_STYLES if style.code in counts]
    top = max(1, max(sum(counts[style.code][index] for style in shown) for index in range(len(days))))
    step = (_RIGHT - _LEFT) / max(1, len(days) - 1)
    height = _BOTTOM - _TOP

    def place(index: int, value: float) -> tuple[float, float]:
        return _LEFT + step * index, _BOTTOM - height * value / top

    parts = [_patterns(), *_grid(top, place)]
    below = [0] * len(days)
    for style in shown:
        above = [low + value for low, value in zip(below, counts[style.code], strict=True)]
        line = [place(index, value) for index, value in enumerate(above)]
        line += [place(index, value) for index, value in reversed(list(enumerate(below)))]
        outline = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) + "Z"
        parts.append(element("path", d=outline, fill=style.colour))
        parts.append(element("path", d=outline, fill=f"url(#{style.code})", stroke="#FFFFFF", stroke_width=0.8))
        below = above
    parts += [*_days(days, step), *_unknown(days, unknown, step), *_notes(days, notes, step)]
    parts += _key([style.code for style in shown])
    if not set(unknown).isdisjoint(days):
        return picture(WIDTH, _AREA_HEIGHT + _UNKNOWN_KEY, *parts, *_unknown_key())
    return picture(WIDTH, _AREA_HEIGHT, *parts)


def bars(rows: Sequence[tuple[str, int, int]], legend: tuple[str, str]) -> str:
    """A bar a row: its name, how many there are, and how many of them; ``legend`` says what the two are."""
    most = max(1, max((value for _, value, _ in rows), default=1))
    left, right = 200.0, 560.0
    parts = [_patterns()]
    for index, (name, whole, part) in enumerate(rows):
        y = _BARS_TOP + index * _PITCH
        wide, dark = (max(_LEAST_BAR, (right - left) * value / most) if value else 0.0 for value in (whole, part))
        parts += [
            words(_short(name), left - 6, y + 11, 11, anchor="end"),
            element(
                "rect", x=left, y=y, width=max(0.5, wide), height=14, fill="#DDE2E6", stroke=INK_SOFT, stroke_width=0.5
            ),
            element("rect", x=left, y=y, width=dark, height=14, fill="#D55E00"),
            element("rect", x=left, y=y, width=dark, height=14, fill="url(#violating)"),
            words(f"{number(part)} / {number(whole)}", left + wide + 6, y + 11, 11),
        ]
    parts += [
        element("rect", x=left, y=4, width=10, height=10, fill="#D55E00"),
        words(legend[0], left + 14, 13, 11),
        element("rect", x=left + 180, y=4, width=10, height=10, fill="#DDE2E6", stroke=INK_SOFT, stroke_width=0.5),
        words(legend[1], left + 194, 13, 11),
    ]
    return picture(WIDTH, _bars_height(len(rows)), *parts)


def bars_body(count: int) -> tuple[float, float]:
    """As ``AREA_BODY``, of a chart with ``count`` bars: its key lies above."""
    return _BARS_TOP / _bars_height(count), 1.0


def _bars_height(count: int) -> float:
    return _BARS_TOP + 8 + _PITCH * max(1, count)


def _short(name: str) -> str:
    return name if len(name) <= 34 else f"{name[:33]}…"


def _patterns() -> str:
    made = [
        element(
            "pattern",
            element("path", d=d, stroke="#FFFFFF", stroke_width=0.9, fill="none", stroke_opacity=0.75),
            id=code,
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
        )
        for code, d in _PATTERNS.items()
        if d
    ]
    plain = [
        element(
            "pattern", element("path", d="M0 0", fill="none"), id=code, width=8, height=8, patternUnits="userSpaceOnUse"
        )
        for code, d in _PATTERNS.items()
        if not d
    ]
    return element("defs", "".join(made + plain))


def _grid(top: int, place: object) -> list[str]:
    size = 1
    while top / size > 5:
        size = next(step * power for power in (10**n for n in range(9)) for step in _TICKS if step * power > size)
    parts = []
    for value in range(0, top + 1, size):
        y = place(0, value)[1]  # type: ignore[operator]
        parts.append(element("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, stroke=GRID, stroke_width=1))
        parts.append(words(number(value), _LEFT - 5, y + 4, 11, anchor="end"))
    return parts


def _days(days: Sequence[dt.date], step: float) -> list[str]:
    """Mondays along the axis, each fortnight."""
    parts = [element("line", x1=_LEFT, x2=_RIGHT, y1=_BOTTOM, y2=_BOTTOM, stroke=AXIS, stroke_width=1)]
    mondays = [index for index, day in enumerate(days) if day.weekday() == 0]
    for index in mondays[:: 2 if len(days) > 28 else 1]:
        x = _LEFT + step * index
        parts.append(element("line", x1=x, x2=x, y1=_BOTTOM, y2=_BOTTOM + 4, stroke=AXIS, stroke_width=1))
        parts.append(words(f"{days[index]:%d/%m}", x, _BOTTOM + 16, 11, anchor="middle"))
    return parts


def _unknown(days: Sequence[dt.date], unknown: Sequence[dt.date], step: float) -> list[str]:
    return [
        element(
            "rect",
            x=_LEFT + step * (index - 0.5),
            y=_BOTTOM + 1,
            width=step,
            height=4,
            fill="#FFFFFF",
            stroke=INK_SOFT,
            stroke_width=0.8,
        )
        for index, day in enumerate(days)
        if day in unknown
    ]


def _unknown_key() -> list[str]:
    box = element("rect", x=_LEFT, y=255, width=12, height=4, fill="#FFFFFF", stroke=INK_SOFT, stroke_width=0.8)
    return [box, words(t("chart.scans.unknown", "vi"), _LEFT + 17, 261, 11)]


def _notes(days: Sequence[dt.date], notes: Sequence[Note], step: float) -> list[str]:
    parts = []
    for place, note in enumerate(notes, start=1):
        first, last = max(note.first, days[0]), min(note.last, days[-1])
        if first > last:
            continue
        x1, x2 = (_LEFT + step * ((day - days[0]).days + edge) for day, edge in ((first, -0.5), (last, 0.5)))
        parts.append(
            element(
                "rect",
                x=x1,
                y=_TOP - 4,
                width=x2 - x1,
                height=_BOTTOM - _TOP + 4,
                fill="none",
                stroke="#000000",
                stroke_width=0.8,
                stroke_dasharray="3 2",
            )
        )
        parts.append(words(str(place), (x1 + x2) / 2, _TOP - 7, 11, anchor="middle", bold=True))
    return parts


def _key(codes: Sequence[str]) -> list[str]:
    parts = []
    for index, code in enumerate(codes):
        x, y = _LEFT + 200.0 * (index % 3), 220.0 + 16.0 * (index // 3)
        colour = next(style.colour for style in STATUS_STYLES if style.code == code)
        parts += [
            element("rect", x=x, y=y, width=12, height=10, fill=colour),
            element("rect", x=x, y=y, width=12, height=10, fill=f"url(#{code})"),
            words(t(f"status.{code}", "vi"), x + 17, y + 9, 11),
        ]
    return parts
