"""What a sheet is: which of its rows is the header, which kind of file it belongs to, and what the lines above it say.

A file is recognised by its columns, never by its name. Each row near the top (and each two or three of them, for
headers of several rows) is compared with the headings of every kind; a kind fits when all its required columns are
there; of several, the one whose telling columns weigh clearly more is taken, else the clerk is asked. Every file
repeats columns of the register, so a file is taken for one only when nothing speaks for another kind
(``nearest_instead``, ``is_doubtful``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from data.texts.sentences import Sentence
from etl.errors import ContradictingHeaders, row_of_sheet
from etl.recognition.claims import Choice, find_heading
from etl.recognition.columns import (
    TABLE_KINDS,
    heading_keys,
    heading_keys_of,
    headings_of,
    ignored_headings,
    missing_of,
    required_of,
)
from etl.recognition.head import Head, head_of
from etl.recognition.header import possible_headers
from etl.recognition.layout import CONTENT, Layout, Row
from etl.recognition.weighing import weigh
from etl.values.cell_values import tidy_rows

CLEARLY = 2
"""By how much the best kind must outweigh the second."""

LEAST_HEADINGS = 3
"""Known headings that a row within a table must have to be looked at as the header of another one."""


@dataclass(frozen=True)
class Sheet:
    """What was found in one sheet: a layout for each kind that fits, and what speaks against it when none does."""

    head: Head
    layouts: dict[str, Layout]
    found: tuple[str, ...]
    nearest: str | None
    missing: tuple[str, ...]
    nearest_score: int = 0
    nearest_layout: Layout | None = None

    @property
    def name(self) -> str:
        """The sheet's name; "" in a file without sheets."""
        return self.head.name

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
        return len(self.layouts) == 1 and register is not None and not register.tells_kind and bool(register.unread)


def _named(layout: Layout) -> bool:
    """Whether a layout names its venues in another way than by the register's code."""
    return layout.kind != "venues" and "venue_code" not in layout.columns


def examine(
    name: str,
    rows: Sequence[Row],
    only: str | None = None,
    choice: Choice | None = None,
    reason: str | None = None,
) -> Sheet:
    """What the sheet ``name`` with its first ``rows`` is; ``only`` looks for one kind, ``choice`` is what a person has
    chosen of its columns, ``reason`` what a person has said of reminders that do not say it themselves."""
    head = head_of(name, rows)
    headers = possible_headers(head)
    layouts: dict[str, Layout] = {}
    nearest: Layout | None = None
    for kind in (only,) if only else TABLE_KINDS:
        weighed = weigh(head, headers, kind, choice or {})
        if reason:
            weighed = [replace(layout, reason=layout.reason or reason) for layout in weighed]
        complete = [layout for layout in weighed if not missing(layout) and (only or _is_clear(layout))]
        if complete:
            layouts[kind] = _first(complete)
        nearest = max([*([nearest] if nearest else []), *weighed], key=lambda layout: layout.score, default=None)
    if "scans" in layouts and "day" in layouts["scans"].columns and not only:
        layouts.pop("totals", None)  # "Tổng lượt quét" beside a day is the count of that day
    if nearest is None or not nearest.score:
        return Sheet(head, layouts, (), None, ())
    found = tuple(head.filled(nearest.last_header))
    return Sheet(head, layouts, found, nearest.kind, missing(nearest), nearest.score, nearest)


def _first(complete: list[Layout]) -> Layout:
    """The best reading of the uppermost header: what is below it may be another table. Of equals one row rather than
    two, so that no row of data is taken into the header; then the earliest."""
    upper = min(complete, key=lambda found: found.last_header)
    same = [found for found in complete if found.first_header <= upper.last_header + 1]
    return max(same, key=lambda found: (found.score, found.first_header - found.last_header, -found.first_header))


def tables_apart(sheet: Sheet) -> tuple[Layout, Layout] | None:
    """Two tables of different kinds in one sheet, the upper first: their headers stand in different rows."""
    telling = sorted(
        (found for found in sheet.layouts.values() if found.tells_kind), key=lambda found: found.first_header
    )
    return next(((upper, lower) for upper, lower in pairwise(telling) if upper.last_header < lower.first_header), None)


def _is_clear(layout: Layout) -> bool:
    """Whether a layout can be of its kind with nobody having said so: events that no code ties to a venue need a
    heading that tells the kind, for "Tên, Ngày, Nội dung" may be anything; and so do days told by their cells."""
    if any(layout.how.get(layout.columns.get(name, -1)) == CONTENT for name in required_of(layout.kind)):
        return layout.tells_kind
    return layout.kind == "venues" or "venue_code" in layout.columns or layout.tells_kind


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


def missing(layout: Layout) -> tuple[str, ...]:
    have = set(layout.columns)
    have |= {"day", "scans"} if layout.day_columns else set()
    have |= {"reminded_on"} if layout.times else set()
    have |= {"reason"} if layout.reason else set()
    have |= {"registered_on"} if "has_qr" in layout.columns else set()
    return missing_of(layout.kind, have)


def repeats_header(row: Row, layout: Layout) -> bool | None:
    """Whether ``row`` is a header of the layout's kind: ``True`` says the same, ``False`` contradicts, ``None`` is
    none.
    """
    texts = tidy_rows([[cell if isinstance(cell, str) else "" for cell in row]])[0][0]
    return _repeats(texts, heading_keys_of(texts), layout)


def _repeats(texts: Sequence[str], keys: Mapping[str, tuple[str, ...]], layout: Layout) -> bool | None:
    claims: dict[str, int] = {}
    for position, text in enumerate(texts):
        hit = find_heading((text,), headings_of(layout.kind), keys)
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


def heads_another(row: Row) -> bool:
    """Whether a row within a table seems to head another one: most of its cells are headings."""
    (texts,), (blank,) = tidy_rows([row])
    cells = [text for text, is_blank in zip(texts, blank, strict=True) if not is_blank]
    if len(cells) < LEAST_HEADINGS:
        return False
    keys = heading_keys_of(cells)
    words = [cell for cell in cells if any(key in _all_headings() for key in keys[cell])]
    return len(words) >= LEAST_HEADINGS and 2 * len(words) > len(cells)


@cache
def _all_headings() -> frozenset[str]:
    return frozenset(key for kind in TABLE_KINDS for key in headings_of(kind)) | ignored_headings()


def refuse_contradictions(sheet: Sheet, layout: Layout) -> None:
    """Raise ContradictingHeaders when another row at the top is a header too and puts a column elsewhere, or when two
    columns of the header claim to be the same."""
    if layout.clash:
        where = row_of_sheet(sheet.name, layout.last_header + 1)
        raise ContradictingHeaders(Sentence("refused.clash", where=where, clash=layout.clash))
    words = sheet.head.words()
    keys = heading_keys_of([text for row in words for text in row])
    for index, row in enumerate(words):
        if layout.first_header <= index <= layout.last_header or _repeats(row, keys, layout) is not False:
            continue
        if any(sheet.head.filled(between) for between in range(layout.first_data, index)):
            break  # the header of another table below this one
        first, second = sorted((index, layout.last_header))
        title = Sentence(f"kind.{layout.kind}")
        where = row_of_sheet(sheet.name, first + 1)
        raise ContradictingHeaders(Sentence("refused.two_headers", where=where, other=str(second + 1), title=title))
