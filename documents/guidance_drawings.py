"""The drawings of guidance: lines in one ink and one grey, by us; what is right or wrong is told by a tick or a cross,
never by a colour. A drawing is 120 × 120 units.
"""

from collections.abc import Callable

INK = "#16202c"
GREY = "#d8dde2"
_THIN = 1.8


def drawing(name: str, lang: str) -> str:
    """The drawing as SVG; its words are a number or two. KeyError: there is none of that name."""
    drawn = DRAWINGS[name]()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" aria-hidden="true">'
        f'<g fill="none" stroke="{INK}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">'
        f"{drawn.replace('1,3 m', '1.3 m') if lang == 'en' else drawn}</g></svg>"
    )


def _box(x: float, y: float, w: float, h: float, r: float = 0, fill: str = "#fff") -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}" fill="{fill}"/>'


def _line(*points: float, dashed: bool = False) -> str:
    pairs = " ".join(f"{x:g},{y:g}" for x, y in zip(points[::2], points[1::2], strict=True))
    return f'<polyline points="{pairs}"{_DASHES if dashed else ""}/>'


_DASHES = f' stroke-dasharray="4 4" stroke-width="{_THIN}"'


def _round(x: float, y: float, r: float, fill: str = "#fff") -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}"/>'


def _path(path: str, fill: str = "none") -> str:
    return f'<path d="{path}" fill="{fill}"/>'


def _words(x: float, y: float, words: str, size: float = 11) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-family="Liberation Serif, Be Vietnam Pro, sans-serif"'
        f' font-weight="bold" text-anchor="middle" fill="{INK}" stroke="none">{words}</text>'
    )


def _tick(x: float, y: float, r: float = 10) -> str:
    return _round(x, y, r) + _line(x - 0.5 * r, y, x - 0.1 * r, y + 0.45 * r, x + 0.55 * r, y - 0.45 * r)


def _cross(x: float, y: float, r: float = 10) -> str:
    d = 0.45 * r
    return _round(x, y, r) + _line(x - d, y - d, x + d, y + d) + _line(x - d, y + d, x + d, y - d)


def _code(x: float, y: float, s: float) -> str:
    """What looks like a QR code, and holds nothing."""
    u = s / 9
    eyes = "".join(
        f'<rect x="{x + a * u:g}" y="{y + b * u:g}" width="{3 * u:g}" height="{3 * u:g}" stroke-width="{0.8 * u:g}"/>'
        for a, b in _EYES
    )
    cells = (*((a + 1, b + 1) for a, b in _EYES), *_CELLS)
    return eyes + "".join(
        f'<rect x="{x + a * u:g}" y="{y + b * u:g}" width="{u:g}" height="{u:g}" fill="{INK}" stroke="none"/>'
        for a, b in cells
    )


_EYES = ((0.4, 0.4), (5.6, 0.4), (0.4, 5.6))
_CELLS = (
    *((4.2, 0.8), (4.2, 2.6), (4.2, 4.4), (0.8, 4.2), (2.4, 4.2), (6.0, 4.2), (7.6, 4.6)),
    *((4.2, 6.2), (5.6, 5.8), (7.4, 6.4), (5.8, 7.6), (4.2, 7.8), (7.6, 7.8)),
)


def _poster(x: float, y: float, w: float) -> str:
    """A sheet with a code and a line of words below; 1.3 times as high as wide."""
    under = y + 1.1 * w
    return (
        _box(x, y, w, 1.3 * w)
        + _code(x + 0.14 * w, y + 0.14 * w, 0.72 * w)
        + _line(x + 0.2 * w, under, x + 0.8 * w, under)
    )


def _phone(x: float, y: float, w: float = 34, h: float = 62) -> str:
    return (
        _box(x, y, w, h, 5)
        + _box(x + 3, y + 7, w - 6, h - 16, 1, GREY)
        + _line(x + w / 2 - 3, y + h - 4.5, x + w / 2 + 3, y + h - 4.5)
    )


def _card(x: float, y: float, w: float = 46) -> str:
    """A card with a portrait and a code."""
    h = 0.64 * w
    return (
        _box(x, y, w, h, 3)
        + _round(x + 0.2 * w, y + 0.32 * h, 0.09 * w, GREY)
        + _path(f"M{x + 0.07 * w:g} {y + 0.8 * h:g}q{0.13 * w:g} {-0.42 * h:g} {0.26 * w:g} 0z", GREY)
        + _code(x + 0.5 * w, y + 0.16 * h, 0.42 * w)
    )


def _person(x: float, y: float, s: float = 1) -> str:
    """From head to waist; ``x``, ``y``: the middle of the head."""
    w, h = 18 * s, 12 * s
    body = f"M{x - w:g} {y + 46 * s:g}v{-h:g}q0 {-w:g} {w:g} {-w:g}t{w:g} {w:g}v{h:g}z"
    return _path(body, GREY) + _round(x, y, 11 * s)


def _beam(x: float, y: float, to: float, top: float, bottom: float) -> str:
    return _line(x, y, to, top, dashed=True) + _line(x, y, to, bottom, dashed=True)


def _across(x: float, y: float, w: float, words: str) -> str:
    """How wide something is."""
    ends = _line(x, y - 4, x, y + 4) + _line(x + w, y - 4, x + w, y + 4)
    return ends + _line(x, y, x + w, y) + _words(x + w / 2, y + 16, words, 15)


def _bubble(x: float, y: float, w: float, h: float, tail: float) -> str:
    """What somebody says; ``tail``: where it points to, along its lower edge."""
    foot = _path(f"M{tail - 4:g} {y + h:g}l-2 9l10 -9", "#fff")
    lines = _line(x + 7, y + h / 3, x + w - 7, y + h / 3) + _line(x + 7, y + 2 * h / 3, x + w - 14, y + 2 * h / 3)
    return _box(x, y, w, h, 6) + foot + lines


def _make() -> str:
    plus = _round(92, 86, 14) + _line(92, 79, 92, 93) + _line(85, 86, 99, 86)
    return _phone(28, 12, 52, 96) + _code(37, 35, 34) + plus


def _print() -> str:
    printer = _box(10, 46, 58, 28, 4, GREY) + _box(20, 28, 38, 18) + _round(60, 53, 1.6, INK)
    sheet = _box(18, 64, 42, 44) + _code(24, 69, 30)
    cropped = _box(80, 30, 30, 38) + _code(83, 34, 24) + _line(100, 24, 100, 74, dashed=True)
    return printer + sheet + _words(39, 119, "15 cm", 12) + cropped + _cross(104, 84) + _tick(72, 100)


def _hang() -> str:
    door = _box(6, 20, 30, 88, 0, GREY) + _round(30, 66, 2, INK) + _line(2, 108, 82, 108)
    height = _line(72, 40, 72, 108) + _line(68, 40, 76, 40) + _line(68, 108, 76, 108) + _words(93, 73, "1,3 m", 14)
    return door + _poster(42, 40, 24) + height + _tick(54, 26, 9) + _slid() + _glared()


def _slid() -> str:
    """A poster on a door that slides."""
    panels = _box(82, 10, 16, 32, 0, GREY) + _box(94, 10, 18, 32) + _line(80, 5, 106, 5) + _line(101, 2, 106, 5, 101, 8)
    return panels + _code(97, 15, 12) + _cross(111, 43, 8)


def _glared() -> str:
    """A poster in glaring light."""
    rays = ((-9, 0), (-6, -6), (0, -9), (6, -6), (9, 0), (-6, 6), (6, 6))
    sun = _round(104, 91, 5) + "".join(_line(104 + a, 91 + b, 104 + 1.3 * a, 91 + 1.3 * b) for a, b in rays)
    return _poster(82, 86, 17) + sun + _cross(109, 109, 8)


def _scan() -> str:
    return _poster(78, 18, 38) + _person(24, 46, 1.15) + _phone(44, 52, 14, 25) + _beam(59, 58, 78, 24, 62)


def _scan_card() -> str:
    return _phone(8, 16, 44, 84) + _code(17, 39, 26) + _card(70, 43, 48) + _beam(54, 58, 70, 46, 72)


def _renew() -> str:
    torn = _path("M8 28h34v20l-6 5l5 4l-7 6l8 4v14l-34 -2z", "#fff") + _code(13, 33, 20) + _line(14, 66, 26, 74)
    arrow = _line(50, 58, 66, 58) + _line(60, 52, 66, 58, 60, 64)
    return torn + _cross(22, 96) + arrow + _poster(74, 28, 38) + _tick(93, 96)


def _apps() -> str:
    icons = "".join(_box(x, y, 15, 15, 4) for x in (43, 62) for y in (34, 54))
    return _phone(34, 8, 52, 104) + icons + _tick(88, 92, 12)


def _find() -> str:
    door = _box(10, 14, 34, 94, 0, GREY) + _round(38, 64, 2, INK) + _line(2, 108, 118, 108)
    return door + _poster(54, 34, 26) + _person(100, 74, 0.72)


def _scan_near() -> str:
    return _poster(8, 20, 52) + _phone(76, 34, 36, 66) + _code(83, 54, 22) + _beam(75, 66, 61, 24, 80)


def _confirm() -> str:
    words = _line(44, 34, 76, 34) + _line(44, 42, 68, 42)
    return _phone(34, 8, 52, 104) + words + _tick(60, 70, 16)


def _own_card() -> str:
    return (
        _box(14, 22, 92, 62, 5)
        + _code(21, 29, 48)
        + _line(78, 42, 98, 42)
        + _line(78, 52, 98, 52)
        + _across(21, 94, 48, "5 cm")
    )


def _invite() -> str:
    return (
        _bubble(6, 8, 52, 28, 30)
        + _person(28, 62, 1.0)
        + _poster(76, 40, 36)
        + _line(50, 84, 68, 74)
        + _line(61, 73, 68, 74, 65, 80)
    )


def _look() -> str:
    eye = _path("M8 40q20 -24 40 0q-20 24 -40 0z", "#fff") + _round(28, 40, 7, GREY) + _round(28, 40, 2.5, INK)
    return eye + _beam(49, 42, 66, 34, 84) + _phone(66, 10, 46, 92) + _line(75, 32, 103, 32) + _tick(89, 62, 13)


def _check_app() -> str:
    glass = _round(84, 76, 17) + _code(75, 67, 18) + _line(97, 88, 110, 102)
    return _phone(22, 8, 52, 104) + _box(30, 26, 36, 12, 3) + _box(30, 44, 36, 12, 3, INK) + glass


def _scan_phone() -> str:
    return (
        _phone(6, 16, 44, 84)
        + _code(15, 39, 26)
        + _phone(72, 24, 40, 74)
        + _box(76, 40, 32, 32, 1)
        + _code(79, 43, 26)
        + _beam(52, 52, 75, 41, 71)
    )


def _no_photo() -> str:
    camera = _box(8, 34, 52, 38, 5, GREY) + _box(22, 26, 20, 9, 2) + _round(34, 53, 12) + _round(34, 53, 5, GREY)
    return camera + _card(62, 50, 52) + _cross(58, 96, 14)


def _greet() -> str:
    badge = _box(24, 84, 12, 9, 1)
    return _bubble(8, 8, 58, 28, 30) + _person(28, 62, 1.1) + badge + _person(92, 62, 1.1)


def _measure() -> str:
    eye = _path("M6 34q16 -20 32 0q-16 20 -32 0z", "#fff") + _round(22, 34, 6, GREY) + _round(22, 34, 2, INK)
    return eye + _poster(50, 12, 58) + _across(58, 98, 42, "15 cm") + _beam(39, 36, 50, 22, 60)


def _help() -> str:
    both = _person(26, 52, 1.0) + _person(94, 52, 1.0)
    return both + _phone(46, 56, 28, 52) + _code(52, 69, 16) + _tick(60, 36, 11)


def _record() -> str:
    rows = "".join(_box(42, y, 7, 7, 1) + _line(54, y + 3.5, 76, y + 3.5) for y in (26, 42, 58))
    return (
        _phone(34, 6, 52, 106)
        + rows
        + _line(43, 29, 45, 32, 49, 26)
        + _box(42, 76, 36, 13, 3, INK)
        + _line(52, 82.5, 57, 86, 66, 79).replace("<polyline", '<polyline stroke="#fff"')
    )


def _only_seen() -> str:
    board = _box(18, 18, 62, 88, 4) + _box(36, 11, 26, 13, 3, GREY)
    rows = "".join(_line(28, y, 70, y) for y in (40, 54, 68))
    return board + rows + _tick(40, 88, 9) + _card(68, 50, 44) + _cross(90, 92, 12)


def _return() -> str:
    days = "".join(
        _box(x, y, 9, 8, 1, INK if (x, y) == (70, 66) else "#fff") for x in (28, 42, 56, 70) for y in (52, 66, 80)
    )
    frame = _box(18, 24, 72, 74, 4) + _line(18, 42, 90, 42) + _line(36, 17, 36, 30) + _line(72, 17, 72, 30)
    return frame + days + _path("M95 54a24 24 0 0 1 -2 46") + _line(100, 93, 92, 100, 101, 106)


DRAWINGS: dict[str, Callable[[], str]] = {
    "make": _make,
    "print": _print,
    "hang": _hang,
    "scan": _scan,
    "scan_card": _scan_card,
    "renew": _renew,
    "apps": _apps,
    "find": _find,
    "scan_near": _scan_near,
    "confirm": _confirm,
    "own_card": _own_card,
    "invite": _invite,
    "look": _look,
    "check_app": _check_app,
    "scan_phone": _scan_phone,
    "no_photo": _no_photo,
    "greet": _greet,
    "measure": _measure,
    "help": _help,
    "record": _record,
    "only_seen": _only_seen,
    "return": _return,
}
PICTURES: dict[str, tuple[str, ...]] = {
    "owners": ("make", "print", "hang", "scan", "scan_card", "renew"),
    "visitors": ("apps", "find", "scan_near", "confirm", "scan_card", "own_card"),
    "keepers": ("invite", "look", "check_app", "scan_phone", "scan_card", "no_photo"),
    "officers": ("greet", "measure", "help", "record", "only_seen", "return"),
}
"""Of the steps of each sheet, in their order; what each shows in words: the text ``guidance.drawing.<name>``."""
