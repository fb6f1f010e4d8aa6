"""What a sheet is: which of its rows is the header, which kind of file it belongs to, and what the lines above it say.

A file is recognised by its columns, never by its name. Each row (and each pair of rows, for headers of two rows) near
the top is compared with the headings of every kind; a kind fits when all its required columns are there; of several,
the one whose telling columns weigh clearly more is taken, else the clerk is asked. Every file repeats columns of the
register, so a file is taken for one only when nothing speaks for another kind (``nearest_instead``, ``is_doubtful``).
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from data.folding import fold
from etl.columns import (
    DESCRIPTION,
    KIND_TITLES,
    TABLE_KINDS,
    heading_key,
    heading_keys,
    headings_of,
    identifying_of,
    ignored_headings,
    missing_of,
    title_of,
)
from etl.dates import NO_PERIOD, Period, period_of
from etl.errors import ContradictingHeaders
from etl.values import is_blank, tidy

HEAD_ROWS = 60
"""How many rows at the top of a sheet are looked at; the header must be among the first ``HEADER_WITHIN``."""
HEADER_WITHIN = 40
CLEARLY = 2
"""By how much the best kind must outweigh the second."""

DEMO_MARK = "du lieu minh hoa"

Row = Sequence[Any]


@dataclass(frozen=True)
class Layout:
    """Where the table of a sheet stands. Rows and columns count from 0; ``columns`` maps canonical names to columns.

    ``score`` is how much the headings weigh, ``shared`` how much of it a register shares with events.
    ``day_columns`` (wide tables of scans only) maps columns to the day they count; ``ward`` is the ward that the
    lines above the table, or the sheet's name, say the whole table is of. ``unread`` are headings that nothing is known
    of, ``titles`` the lines above the table and the sheet's name. ``is_told`` says whether a heading tells the kind,
    beyond what every file has.
    """

    kind: str
    first_header: int
    last_header: int
    first_data: int
    width: int
    columns: dict[str, int]
    headings: dict[str, str]
    score: int
    shared: int = 0
    day_columns: dict[int, dt.date] = field(default_factory=dict)
    period: Period = NO_PERIOD
    titles: tuple[str, ...] = ()
    ward: str | None = None
    clash: str | None = None
    unread: tuple[str, ...] = ()
    is_told: bool = True


@dataclass(frozen=True)
class Sheet:
    """What was found in one sheet: a layout for each kind that fits, and what speaks against it when none does."""

    name: str
    layouts: dict[str, Layout]
    is_demo: bool
    found: tuple[str, ...]
    nearest: str | None
    missing: tuple[str, ...]
    nearest_score: int = 0

    @property
    def nearest_instead(self) -> bool:
        """Whether the columns speak more for a kind that is not all there than for those that are."""
        return (
            bool(self.layouts)
            and self.nearest not in self.layouts
            # Without codes it is no register, however much an event file says of its venues.
            and not (
                self.nearest == "venues" and "code" in self.missing and any(_named(x) for x in self.layouts.values())
            )
            and self.nearest_score > max(layout.score for layout in self.layouts.values())
        )

    @property
    def is_doubtful(self) -> bool:
        """Whether it could be a register only by what every file has, while headings in it mean nothing to us."""
        register = self.layouts.get("venues")
        return len(self.layouts) == 1 and register is not None and not register.is_told and bool(register.unread)


def _named(layout: Layout) -> bool:
    """Whether a layout names its venues in another way than by the register's code."""
    return layout.kind != "venues" and "venue_code" not in layout.columns


def examine(name: str, head: Sequence[Row], only: str | None = None) -> Sheet:
    """What the sheet ``name`` with its first rows ``head`` is; ``only`` looks for one kind."""
    is_demo = any(DEMO_MARK in fold(tidy(cell)) for row in head for cell in row if isinstance(cell, str))
    layouts: dict[str, Layout] = {}
    nearest: tuple[int, str, tuple[str, ...], tuple[str, ...]] = (0, "", (), ())
    for kind in (only,) if only else TABLE_KINDS:
        candidates = [found for found in _candidates(name, head, kind) if found is not None]
        complete = [layout for layout in candidates if not _missing(layout) and (only or _is_clear(layout))]
        if complete:
            # Of equals one row rather than two, so that no row of data is taken into the header; then the earliest.
            layouts[kind] = max(
                complete, key=lambda found: (found.score, found.first_header - found.last_header, -found.first_header)
            )
        for layout in candidates:
            if layout.score > nearest[0]:
                found = tuple(tidy(cell) for cell in head[layout.last_header] if not is_blank(cell))
                nearest = (layout.score, kind, _missing(layout), found)
    if "scans" in layouts and "day" in layouts["scans"].columns and not only:
        layouts.pop("totals", None)  # "Tổng lượt quét" beside a day is the count of that day
    return Sheet(name, layouts, is_demo, nearest[3], nearest[1] or None, nearest[2], nearest[0])


def _is_clear(layout: Layout) -> bool:
    """Whether a layout can be of its kind with nobody having said so: events that no code ties to a venue need a
    heading that tells the kind, for "Tên, Ngày, Nội dung" may be anything."""
    return layout.kind == "venues" or "venue_code" in layout.columns or layout.is_told


def decide(layouts: dict[str, Layout]) -> tuple[str | None, tuple[str, ...]]:
    """The kind that clearly fits best, or ``None`` with the kinds between which the columns do not decide."""
    if not layouts:
        return None, ()
    ranked = sorted(layouts, key=lambda kind: -layouts[kind].score)
    best = layouts[ranked[0]]
    # A register beats events by what only a register has: their files repeat telephones and kinds of business too.
    score = best.score - (best.shared if best.kind == "venues" else 0)
    rivals = tuple(kind for kind in ranked if layouts[kind] is best or score - layouts[kind].score < CLEARLY)
    return (ranked[0], ()) if len(rivals) == 1 else (None, rivals)


def _missing(layout: Layout) -> tuple[str, ...]:
    have = set(layout.columns) | ({"day", "scans"} if layout.day_columns else set())
    return missing_of(layout.kind, have)


def _candidates(name: str, head: Sequence[Row], kind: str) -> list[Layout | None]:
    found: list[Layout | None] = []
    for top in range(min(len(head), HEADER_WITHIN)):
        found.append(_layout(name, head, kind, top, top))
        if top + 1 < len(head):
            found.append(_layout(name, head, kind, top, top + 1))
    return found


def _labels(head: Sequence[Row], top: int, bottom: int) -> list[tuple[str, ...]]:
    """For each column the texts a header may be read as, the most telling first.

    Of two rows: below a spanning cell "Tọa độ" the lower cell says "Kinh độ"; a cell that spans both rows stands in
    the upper. A spanning cell is written in its first column only, so it reaches right over empty cells that have
    something below them.
    """
    upper = [tidy(cell) for cell in head[top]]
    if top == bottom:
        return [(text,) if text else () for text in upper]
    lower = [tidy(cell) for cell in head[bottom]]
    width = max(len(upper), len(lower))
    upper += [""] * (width - len(upper))
    lower += [""] * (width - len(lower))
    labels: list[tuple[str, ...]] = []
    spanning = ""
    for above, below in zip(upper, lower, strict=True):
        spanning = above or (spanning if below else "")
        if below:
            labels.append((below, f"{spanning} {below}") if spanning else (below,))
        else:
            labels.append((above,) if above else ())
    return labels


_OF_ACCOUNT = frozenset(("ma diem kiem dich", "ma diem qr", "ma diem quet", "ma diem khai bao"))
"""Headings of a code that is the QR account's own as soon as another column is the register's ..."""
_SURELY_OF_ACCOUNT = frozenset(("ma diem kiem dich", "ma diem qr"))
"""... and those that are as soon as the file names its venues."""


@dataclass
class _Claims:
    """Which column claims to be what, while a header is read."""

    columns: dict[str, int] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubled: dict[str, tuple[int, int]] = field(default_factory=dict)
    context: set[str] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def add(self, hit: "_Hit", position: int) -> None:
        """The more telling heading wins, then the one listed first in ``etl.columns``; the same heading twice is a
        clash.
        """
        self.taken.add(position)
        name, rank = hit.canonical, (hit.weight, -hit.order)
        if not name:
            self.context.add(heading_key(hit.label))
        elif name == "venue_code" and name in self.columns and heading_key(self.headings[name]) in _OF_ACCOUNT:
            self.rename(name, "account_code")
            self.add(hit, position)
        elif name == "venue_code" and name in self.columns and heading_key(hit.label) in _OF_ACCOUNT:
            self.add(_Hit("account_code", *rank, hit.label), position)
        elif name not in self.columns or rank > self.ranks[name]:
            self.columns[name], self.weights[name], self.headings[name] = position, hit.weight, hit.label
            self.ranks[name] = rank
            self.doubled.pop(name, None)
        elif rank == self.ranks[name] and (name == "venue_code" or name not in DESCRIPTION):
            self.doubled[name] = (self.columns[name], position)

    def forget(self, name: str) -> None:
        for mapping in (self.columns, self.weights, self.headings, self.ranks, self.doubled):
            mapping.pop(name, None)

    def rename(self, name: str, other: str) -> None:
        """The column that claims to be ``name`` is ``other``."""
        self.columns[other], self.weights[other] = self.columns.pop(name), self.weights.pop(name)
        self.headings[other], self.ranks[other] = self.headings.pop(name), self.ranks.pop(name)
        self.doubled.pop(name, None)

    def settle_account(self) -> None:
        """A code whose heading speaks of the QR account is the account's own where the file names its venues."""
        if "venue_name" in self.columns and heading_key(self.headings.get("venue_code", "")) in _SURELY_OF_ACCOUNT:
            self.forget("account_code")
            self.rename("venue_code", "account_code")

    @property
    def score(self) -> int:
        return sum(self.weights.values()) + len(self.context)


def _layout(name: str, head: Sequence[Row], kind: str, top: int, bottom: int) -> Layout | None:
    """The layout if rows ``top`` to ``bottom`` are a header of ``kind``; ``None`` when fewer than two columns are
    known.
    """
    labels = _labels(head, top, bottom)
    claims = _Claims()
    strange: dict[int, str] = {}
    for position, texts in enumerate(labels):
        hit = _known(texts, headings_of(kind))
        if hit is not None:
            claims.add(hit, position)
        elif texts and ignored_headings().isdisjoint(key for text in texts for key in heading_keys(text)):
            strange[position] = texts[-1]
    if not claims.columns:
        return None
    claims.settle_account()
    titles = [tidy(cell) for row in head[:top] for cell in row if not is_blank(cell)] + [name]
    titles = [title for title in titles if not fold(title).startswith("tep goc")]
    period: Period = NO_PERIOD
    days: dict[int, dt.date] = {}
    if kind == "scans" and any(column in claims.columns for column in identifying_of(kind)):
        period = period_of(titles)
        if "day" not in claims.columns:
            days = _day_columns(head, top, bottom, period, claims.taken - {claims.columns.get("scans", -1)})
            if days:  # a wide table: a total beside the days is no count of a day
                claims.forget("scans")
    if len(claims.columns) + len(claims.context) + min(len(days), 1) < 2:
        return None
    width = max(len(head[top]), len(head[bottom]))
    return Layout(
        kind=kind,
        first_header=top,
        last_header=bottom,
        first_data=_skip_sub_headings(head, bottom + 1),
        width=width,
        columns=claims.columns,
        headings=claims.headings,
        score=claims.score + (6 if days else 0),
        shared=sum(claims.weights.get(column, 0) for column in ("phone", "category")),
        day_columns=days,
        period=period,
        titles=tuple(titles),
        ward=_ward_of(titles),
        clash=_clash(kind, claims, days),
        unread=tuple(text for position, text in strange.items() if position not in days),
        is_told=any(weight > 1 for key, weight in claims.weights.items() if key not in DESCRIPTION) or bool(days),
    )


@dataclass(frozen=True)
class _Hit:
    """A heading that is known: of which column, how telling, at which place of the list, and as written."""

    canonical: str
    weight: int
    order: int
    label: str


def _known(texts: tuple[str, ...], known: Mapping[str, tuple[str, int, int]]) -> _Hit | None:
    """The most telling of ``texts`` that is a known heading."""
    hits = [_Hit(*known[key], text) for text in texts for key in heading_keys(text) if key in known]
    return max(hits, key=lambda hit: (hit.weight, bool(hit.canonical), -hit.order)) if hits else None


def _day_columns(head: Sequence[Row], top: int, bottom: int, period: Period, taken: set[int]) -> dict[int, dt.date]:
    """Columns of a wide table with the day that each counts: read from the lower cell, or from one that spans both
    rows.
    """
    days: dict[int, dt.date] = {}
    for position in range(max(len(head[top]), len(head[bottom]))):
        cells = [
            row[position] for row in (head[bottom], head[top]) if position < len(row) and not is_blank(row[position])
        ]
        above = _known((tidy(cells[-1]),), headings_of("scans")) if len(cells) > 1 else None
        if position in taken or (above is not None and above.canonical != "scans"):
            continue  # a cell of data below a heading of its own
        day = period.day_from_heading(cells[0]) if cells else None
        if day is not None:
            days[position] = day
    return days


def _clash(kind: str, claims: _Claims, days: dict[int, dt.date]) -> str | None:
    """What two columns of one header both claim to be, as the middle of a sentence; ``None`` when none do."""
    for name, (first, second) in claims.doubled.items():
        return f"cột {letters(first)} và cột {letters(second)} cùng là «{title_of(kind, name)}»"
    for position, day in days.items():
        first = next(other for other, same in days.items() if same == day)
        if first != position:
            return f"cột {letters(first)} và cột {letters(position)} cùng là ngày {day:%d/%m/%Y}"
    return None


def letters(position: int) -> str:
    """A column's letters as a spreadsheet shows them: 0 gives "A", 27 gives "AB"."""
    text = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


_SUB_HEADING = re.compile(
    r"\(.*\)|\[.*\]|\(?(?:\d{1,3}|[a-z])\)?|t[2-7]|cn|chu nhat|thu (?:hai|ba|tu|nam|sau|bay|[2-7])"
)
_NUMBERING_START = re.compile(r"\(?\[?(?:1|a)\)?\]?")


def _skip_sub_headings(head: Sequence[Row], first: int) -> int:
    """The first row of data: past a row that numbers the columns ("(1) (2) (3)", "A B 1 2"), gives units or days of
    the week.
    """
    while first < len(head) and _is_sub_heading(head[first]):
        first += 1
    return first


def _is_sub_heading(row: Row) -> bool:
    words = [fold(tidy(cell)) for cell in row if not is_blank(cell)]
    if len(words) < 2 or not all(_SUB_HEADING.fullmatch(word) for word in words):
        return False
    if all(word.startswith(("(", "[", "t", "c")) for word in words):
        return True
    numbers = [int(word.strip("()")) for word in words if word.strip("()").isdigit()]
    steps = all(later - earlier == 1 for earlier, later in pairwise(numbers))
    return len(words) >= 3 and steps and _NUMBERING_START.fullmatch(words[0]) is not None


def repeats_header(row: Row, layout: Layout) -> bool | None:
    """Whether ``row`` is a header of the layout's kind: ``True`` says the same, ``False`` contradicts, ``None`` is
    none.
    """
    claims: dict[str, int] = {}
    for position, cell in enumerate(row):
        hit = _known((tidy(cell),), headings_of(layout.kind)) if isinstance(cell, str) and not is_blank(cell) else None
        if hit is not None and hit.canonical:
            claims.setdefault(hit.canonical, position)
    shared = [name for name in claims if name in layout.columns]
    # A row of data may hold one or two words that are headings ("Đơn vị"), never half of them.
    if len(shared) < max(2, (len(layout.columns) + 1) // 2):
        return None
    return all(layout.columns[name] == claims[name] for name in shared)


def repeats_one(text: str, kind: str) -> bool:
    """Whether a cell is a heading of ``kind``."""
    return any(key in headings_of(kind) for key in heading_keys(text))


def refuse_contradictions(name: str, head: Sequence[Row], layout: Layout) -> None:
    """Raise ContradictingHeaders when another row at the top is a header too and puts a column elsewhere, or when two
    columns of the header claim to be the same."""
    where = f"Trang tính «{name}», dòng" if name else "Dòng"
    if layout.clash:
        raise ContradictingHeaders(
            f"{where} {layout.last_header + 1}: {layout.clash}. Hãy đổi tên hoặc bỏ một cột rồi nạp lại."
        )
    for index, row in enumerate(head):
        if layout.first_header <= index <= layout.last_header or repeats_header(row, layout) is not False:
            continue
        first, second = sorted((index, layout.last_header))
        raise ContradictingHeaders(
            f"{where} {first + 1} và dòng {second + 1} đều là tiêu đề của «{KIND_TITLES[layout.kind]}» nhưng xếp "
            "cột khác nhau. "
            f"Hãy giữ lại một dòng tiêu đề rồi nạp lại."
        )


_WARD_TITLE = re.compile(
    r"(?:^|\b(?:UBND|ủy ban nhân dân|địa bàn|của)\s+)(?:phường|p\.)\s*([^\W\d_]+(?:\s+[^\W\d_]+){0,2})\s*$",
    re.IGNORECASE,
)


def _ward_of(titles: list[str]) -> str | None:
    """The one ward that the titles say a table is of: "UBND PHƯỜNG MỘ LAO", a sheet named "P. Mộ Lao"."""
    wards = {fold(match[1]): match[1] for title in titles if (match := _WARD_TITLE.search(title)) is not None}
    return next(iter(wards.values())) if len(wards) == 1 else None
