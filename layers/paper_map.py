"""The map on paper, as SVG made by us: wards, and what is wrong where; a pure function of rows.

Colours are those of the screen's map; shape and size tell the statuses apart in grey print. Metres of UTM 48N go in, a
unit that comes out is a quarter of a millimetre.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from data.texts.catalogue import day as written
from data.texts.catalogue import number, t
from layers.statuses import STYLE_OF
from layers.svg import element, picture, words
from layers.template import INK_SOFT

WIDTH, HEIGHT = 660.0, 620.0
_MARGIN = 12.0
_FOOT = 64.0
Ring = Sequence[tuple[float, float]]
_SIZES = {"violating": 3.4, "suspended": 3.2, "reminded": 2.6, "unregistered": 1.6, "registered": 1.4, "scanning": 1.2}
_DRAWN_LAST_ON_TOP = ("scanning", "registered", "unregistered", "reminded", "suspended", "violating")
_FEW = 400
_SIZE_OF_FEW = 1.7
BODY = (0.0, 1 - _FOOT / HEIGHT)
"""From which share of its height to which the map lies; below are its key and its source."""
_SAME_PLACE_M = 10
_NAME = 13
_BARS = (100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class Place:
    """A ward's rings in metres, its name and where that stands; whether it is what the map is about."""

    name: str
    rings: Sequence[Ring]
    label: tuple[float, float]
    is_shown: bool


@dataclass(frozen=True)
class Point:
    """Venues of one status at a place in metres."""

    x: float
    y: float
    status: str
    venues: int


@dataclass(frozen=True)
class Said:
    """What the foot of the map says besides its key: day, source, what is not drawn; ``grid_m``: points are squares."""

    lines: Sequence[str]
    grid_m: int | None


class _Frame:
    """From metres to the picture, with north up."""

    def __init__(self, places: Sequence[Place]) -> None:
        shown = [place for place in places if place.is_shown] or list(places)
        xs, ys = zip(*[point for place in shown for ring in place.rings for point in ring], strict=True)
        self.unit = min(
            (WIDTH - 2 * _MARGIN) / max(1.0, max(xs) - min(xs)),
            (HEIGHT - _FOOT - 2 * _MARGIN) / max(1.0, max(ys) - min(ys)),
        )
        self._middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        mid_x, mid_y = self._middle
        return WIDTH / 2 + (x - mid_x) * self.unit, (HEIGHT - _FOOT) / 2 - (y - mid_y) * self.unit

    def holds(self, x: float, y: float) -> bool:
        """Whether a name can stand there, and a mark be seen whole."""
        return 3 * _MARGIN < x < WIDTH - 3 * _MARGIN and _MARGIN < y < HEIGHT - _FOOT

    def shows(self, place: Place) -> bool:
        """Whether anything of the place is on the picture."""
        xs, ys = zip(*[self(*point) for ring in place.rings for point in ring], strict=True)
        return bool(max(xs) > 0 and min(xs) < WIDTH and max(ys) > 0 and min(ys) < HEIGHT - _FOOT)


def paper_map_svg(places: Sequence[Place], points: Sequence[Point], said: Said) -> str:
    """The picture, 165 × 155 mm; at least one place has a ring."""
    frame = _Frame(places)
    clip = element("clipPath", element("rect", x=0, y=0, width=WIDTH, height=HEIGHT - _FOOT), id="sheet")
    near = sorted((place for place in places if frame.shows(place)), key=lambda place: place.is_shown)
    drawn = [_outline(place, frame) for place in near]
    drawn += _squares(points, frame) if said.grid_m else _points(points, frame)
    named = [(place.name, frame(*place.label)) for place in near if frame.holds(*frame(*place.label))]
    drawn += [_name(name, *place) for name, place in _apart(named)]
    body = element("g", "".join(drawn), clip_path="url(#sheet)")
    return picture(WIDTH, HEIGHT, element("defs", clip), body, *_foot(points, said, frame))


def has_colour(places: Sequence[Place], points: Sequence[Point], said: Said) -> bool:
    """Whether anything in colour must be seen on the map: a mark on the sheet, beneath no grey one at its place."""
    frame = _Frame(places)
    grey, coloured = set(), set()
    for point in points:
        place = round(point.x / _SAME_PLACE_M), round(point.y / _SAME_PLACE_M)
        is_red = point.status in ("violating", "suspended")
        if point.status == "unregistered" and not said.grid_m:
            grey.add(place)
        elif frame.holds(*frame(point.x, point.y)) and (is_red or not said.grid_m):
            coloured.add((place, is_red or point.status == "reminded"))
    return any(lies_on_top or place not in grey for place, lies_on_top in coloured)


def _outline(place: Place, frame: _Frame) -> str:
    rings = (
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (frame(*point) for point in ring)) + "Z" for ring in place.rings
    )
    return element(
        "path",
        d="".join(rings),
        fill="#F7F8F9" if place.is_shown else "#FFFFFF",
        fill_rule="evenodd",
        stroke="#5B6670" if place.is_shown else "#C3CBD2",
        stroke_width=1.2,
    )


def _apart(named: Sequence[tuple[str, tuple[float, float]]]) -> list[tuple[str, tuple[float, float]]]:
    """Names with their places; one that would stand on another goes down or up, as little as frees it."""
    placed: list[tuple[str, tuple[float, float]]] = []
    for name, (x, y) in named:
        tried = [(x, y + down) for down in (0.0, _NAME, -_NAME, 2 * _NAME, -2 * _NAME)]
        placed.append((name, next((place for place in tried if _is_free(name, place, placed)), (x, y))))
    return placed


def _is_free(name: str, place: tuple[float, float], others: Sequence[tuple[str, tuple[float, float]]]) -> bool:
    return not any(
        abs(place[1] - y) < _NAME and abs(place[0] - x) < (len(name) + len(other)) * _NAME / 4
        for other, (x, y) in others
    )


def _name(name: str, x: float, y: float) -> str:
    halo = element(
        "text",
        name.replace("&", "&amp;").replace("<", "&lt;"),
        x=x,
        y=y,
        font_size=_NAME,
        font_family="Liberation Serif",
        font_weight="bold",
        text_anchor="middle",
        stroke="#FFFFFF",
        stroke_width=3,
    )
    return halo + words(name, x, y, _NAME, anchor="middle", bold=True)


def _points(points: Sequence[Point], frame: _Frame) -> list[str]:
    """Each venue; what needs action lies on top. Where venues are few, their marks are larger."""
    drawn = []
    larger = _SIZE_OF_FEW if len(points) <= _FEW else 1.0
    for status in _DRAWN_LAST_ON_TOP:
        size = _SIZES[status] * larger
        drawn += [_mark(status, *frame(point.x, point.y), size) for point in points if point.status == status]
    return drawn


def _squares(points: Sequence[Point], frame: _Frame) -> list[str]:
    """A grey dot where there are venues, and a triangle as large as how many of them are violating or suspended."""
    all_of: dict[tuple[float, float], int] = defaultdict(int)
    ill: dict[tuple[float, float], int] = defaultdict(int)
    for point in points:
        all_of[point.x, point.y] += point.venues
        ill[point.x, point.y] += point.venues if point.status in ("violating", "suspended") else 0
    dots = [
        element("circle", cx=x, cy=y, r=min(0.8 + sqrt(venues) * 0.12, 3.0), fill="#AEB6BE")
        for venues, (x, y) in ((venues, frame(*place)) for place, venues in all_of.items())
    ]
    marks = [
        _mark("violating", *frame(*place), 1.6 * sqrt(venues))
        for place, venues in sorted(ill.items(), key=lambda item: -item[1])
        if venues
    ]
    return dots + marks


def _mark(status: str, x: float, y: float, size: float) -> str:
    style = STYLE_OF[status]
    if status == "violating":
        corners = f"M{x:.1f} {y - size:.1f}L{x + size * 0.95:.1f} {y + size * 0.7:.1f}H{x - size * 0.95:.1f}Z"
        return element("path", d=corners, fill=style.colour, stroke=style.outline, stroke_width=0.7)
    if status == "suspended":
        return element(
            "rect",
            x=x - size,
            y=y - size,
            width=2 * size,
            height=2 * size,
            fill="none",
            stroke=style.colour,
            stroke_width=1.6,
        )
    if status == "reminded":
        corners = f"M{x:.1f} {y - size:.1f}l{size:.1f} {size:.1f}l{-size:.1f} {size:.1f}l{-size:.1f} {-size:.1f}Z"
        return element("path", d=corners, fill=style.colour, stroke=style.outline, stroke_width=0.6)
    disc = element("circle", cx=x, cy=y, r=size, fill=style.colour)
    return disc + (element("circle", cx=x, cy=y, r=size * style.core_share, fill=style.core) if style.core else "")


def _foot(points: Sequence[Point], said: Said, frame: _Frame) -> list[str]:
    y = HEIGHT - _FOOT + 14
    parts = []
    if said.grid_m:
        parts = [
            _mark("violating", 18, y - 4, 5),
            words(t("paper.map.squares", "vi", metres=said.grid_m), 28, y, 11),
            element("circle", cx=424, cy=y - 4, r=2.2, fill="#AEB6BE"),
            words(t("paper.map.venues", "vi"), 432, y, 11),
        ]
    else:
        shown = [status for status in reversed(_DRAWN_LAST_ON_TOP) if any(point.status == status for point in points)]
        for index, status in enumerate(shown):
            x = 18.0 + 106.0 * index
            parts += [_mark(status, x, y - 4, _SIZES[status] + 1), words(t(f"status.{status}", "vi"), x + 8, y, 11)]
    parts += [words(line, 12, y + 15 + 13 * index, 10) for index, line in enumerate(said.lines)]
    return [*parts, *_scale(frame)]


def _scale(frame: _Frame) -> list[str]:
    """A bar of whole metres, and north."""
    metres = max((bar for bar in _BARS if bar * frame.unit <= 120), default=_BARS[0])
    x, y = WIDTH - 20 - metres * frame.unit, HEIGHT - _FOOT - 10
    name = f"{number(metres)} m" if metres < 1000 else f"{metres // 1000} km"
    return [
        element("line", x1=x, x2=x + metres * frame.unit, y1=y, y2=y, stroke="#000000", stroke_width=2.4),
        words(name, x + metres * frame.unit / 2, y - 4, 11, anchor="middle"),
        element("path", d=f"M{WIDTH - 24:.0f} 40l6 -22l6 22l-6 -5Z", fill=INK_SOFT),
        words(t("paper.map.north", "vi"), WIDTH - 18, 14, 11, anchor="middle", bold=True),
    ]


def foot_lines(day: object, without_point: int, is_approximate: bool, is_demo: bool) -> list[str]:
    """Day, what is not drawn, and how good the outlines are."""
    lines = [t("paper.map.day", "vi", day=written(day))]  # type: ignore[arg-type]
    lines += [t("paper.map.without_point", "vi", count=without_point)] if without_point else []
    lines += [t("paper.map.approximate", "vi")] if is_approximate else []
    return [" ".join(lines), *([t("data.demo", "vi")] if is_demo else [])]
