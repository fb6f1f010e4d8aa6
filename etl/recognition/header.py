"""The header of a table: which rows it takes, what each of its columns is called, and which canonical column that is.

A header has one to three rows. Headings are known from the list (``etl.recognition.columns``), or a person has chosen
what they are; what is neither is told by the cells below it (``etl.recognition.content``).
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from data.texts.folding import fold
from data.texts.sentences import Sentence
from etl.recognition.claims import Claims, Hit
from etl.recognition.columns import (
    DESCRIPTION,
    has_column,
    heading_keys,
    headings_of,
    identifying_of,
    ignored_headings,
    title_of,
)
from etl.recognition.content import tell
from etl.recognition.layout import CHOSEN, CONTENT, HEADING, Layout, Row, letters
from etl.recognition.titles import reason_of, ward_of
from etl.values.cell_values import is_blank, tidy
from etl.values.days import NO_PERIOD, Period, period_of

MOST_HEADER_ROWS = 3
CONTENT_ROWS = 40
"""Rows below the header whose cells may tell what a column is."""
WEIGHT_OF_DAYS = 6
WEIGHT_OF_TIMES = 6
WEIGHT_OF_CHOICE = 3

Choice = Mapping[str, str | None]
"""Heading key -> the canonical column that a person has chosen for it; ``None``: not to be read."""

_TIMES = re.compile(
    r"(?:ngay )?(?:nhac (?:nho )?)?(?:ngay )?lan (?:thu )?(?P<number>\d{1,2}|nhat|hai|ba|tu|nam)(?: ngay)?"
)


def labels_of(head: Sequence[Row], top: int, bottom: int) -> list[tuple[str, ...]]:
    """For each column the texts a header may be read as, its own cell first, then with those that span it.

    Below a spanning cell "Tọa độ" the lower cell says "Kinh độ"; a cell that spans all rows stands in the first. A
    spanning cell is written in its first column only, so it reaches right over empty cells that have something below
    them, until a cell above it ends.
    """
    rows = [[tidy(cell) for cell in head[index]] for index in range(top, bottom + 1)]
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    spanning = [""] * len(rows)
    labels: list[tuple[str, ...]] = []
    for position in range(width):
        texts: list[str] = []
        for level, row in enumerate(rows):
            below = any(lower[position] for lower in rows[level + 1 :])
            if row[position]:
                spanning[level:] = [row[position]] + [""] * (len(rows) - level - 1)
            elif not below:
                spanning[level] = ""
            if spanning[level] and spanning[level] not in texts[-1:]:
                texts.append(spanning[level])
        labels.append(tuple(" ".join(texts[start:]) for start in range(len(texts) - 1, -1, -1)))
    return labels


def layout_of(
    name: str, head: Sequence[Row], kind: str, top: int, bottom: int, chosen: Choice | None = None
) -> Layout | None:
    """The layout if rows ``top`` to ``bottom`` of the sheet ``name`` are a header of ``kind``; ``None`` when fewer than
    two columns are known.
    """
    labels = labels_of(head, top, bottom)
    claims, strange, how = _claims(labels, kind, chosen or {})
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
    times = _times(labels, claims, strange) if kind == "reminders" else ()
    if len(claims.columns) + len(claims.context) + bool(days or times) < 2:
        return None
    first_data = skip_sub_headings(head, bottom + 1)
    score = claims.score + (WEIGHT_OF_DAYS if days else 0) + (WEIGHT_OF_TIMES if times else 0)
    told = any(weight > 1 for key, weight in claims.weights.items() if key not in DESCRIPTION)
    nameless = {position: f"(cột {letters(position)})" for position, texts in enumerate(labels) if not texts}
    unknown = [position for position in strange if position not in days and position not in times]
    by_content = tell(
        kind, head[first_data : first_data + CONTENT_ROWS], [*unknown, *nameless], claims.columns, bool(days or times)
    )
    for canonical, position in by_content.items():
        claims.columns[canonical], claims.headings[canonical] = position, (strange | nameless)[position]
        how[position] = CONTENT
    return Layout(
        kind=kind,
        first_header=top,
        last_header=bottom,
        first_data=first_data,
        width=max(len(head[index]) for index in range(top, bottom + 1)),
        columns=claims.columns,
        headings=claims.headings,
        score=score,
        shared=sum(claims.weights.get(shared, 0) for shared in ("phone", "category")),
        labels=tuple(texts[-1] if texts else "" for texts in labels),
        how=how,
        day_columns=days,
        times=times,
        period=period,
        titles=tuple(titles),
        ward=ward_of(titles, name),
        reason=reason_of([*titles, *(labels[position][-1] for position in times)]) if kind == "reminders" else None,
        clash=_clash(kind, claims, days),
        unread=tuple(strange[position] for position in unknown if position not in by_content.values()),
        is_told=told or bool(days or times),
    )


def _claims(
    labels: Sequence[tuple[str, ...]], kind: str, chosen: Choice
) -> tuple[Claims, dict[int, str], dict[int, str]]:
    """What the columns claim to be; the headings that are not known; how each of the others was told."""
    claims = Claims()
    strange: dict[int, str] = {}
    how: dict[int, str] = {}
    picked = {position: choice for position, texts in enumerate(labels) for choice in _chosen(kind, texts, chosen)}
    for position, hit in picked.items():
        how[position] = CHOSEN
        if hit is None:
            claims.taken.add(position)
        else:
            claims.choose(hit, position)
    for position, texts in enumerate(labels):
        if position in picked:
            continue
        hit = known(texts, headings_of(kind))
        if hit is not None:
            claims.add(hit, position)
            how[position] = HEADING
        elif texts and ignored_headings().isdisjoint(key for text in texts for key in heading_keys(text)):
            strange[position] = texts[-1]
    return claims, strange, how


def _chosen(kind: str, texts: tuple[str, ...], chosen: Choice) -> list[Hit | None]:
    """The choice made for a column, if any, as a list of one."""
    for text in reversed(texts):
        for key in heading_keys(text)[:1]:
            if key in chosen:
                canonical = chosen[key]
                if canonical is None:
                    return [None]
                if not has_column(kind, canonical):
                    continue
                return [Hit(canonical, WEIGHT_OF_CHOICE, 0, text)]
    return []


def known(texts: tuple[str, ...], headings: Mapping[str, tuple[str, int, int]]) -> Hit | None:
    """The most telling of ``texts`` that is a known heading."""
    hits = [Hit(*headings[key], text) for text in texts for key in heading_keys(text) if key in headings]
    return max(hits, key=lambda hit: (hit.weight, bool(hit.canonical), -hit.order)) if hits else None


def _times(labels: Sequence[tuple[str, ...]], claims: Claims, strange: dict[int, str]) -> tuple[int, ...]:
    """Columns "lần 1", "lần 2", … of a reminder book, each with the day of one reminder."""
    found = tuple(
        position
        for position, texts in enumerate(labels)
        if any(_TIMES.fullmatch(key) for text in texts for key in heading_keys(text))
    )
    if not found or ("reminded_on" in claims.columns and claims.columns["reminded_on"] not in found):
        return ()
    for canonical in [name for name, position in claims.columns.items() if position in found]:
        claims.forget(canonical)
    for position in found:
        strange.pop(position, None)
    return found


def _day_columns(head: Sequence[Row], top: int, bottom: int, period: Period, taken: set[int]) -> dict[int, dt.date]:
    """Columns of a wide table with the day that each counts: read from the lowest cell, or from one that spans the
    rows.
    """
    days: dict[int, dt.date] = {}
    rows = [head[index] for index in range(bottom, top - 1, -1)]
    for position in range(max(map(len, rows))):
        cells = [row[position] for row in rows if position < len(row) and not is_blank(row[position])]
        above = known((tidy(cells[-1]),), headings_of("scans")) if len(cells) > 1 else None
        if position in taken or (above is not None and above.canonical != "scans"):
            continue  # a cell of data below a heading of its own
        day = period.day_from_heading(cells[0]) if cells else None
        if day is not None:
            days[position] = day
    return days


def _clash(kind: str, claims: Claims, days: dict[int, dt.date]) -> str | None:
    """What two columns of one header both claim to be, as the middle of a sentence; ``None`` when none do."""
    for name, (first, second) in claims.doubled.items():
        title = title_of(kind, name)
        return Sentence("refused.clash.title", first=letters(first), second=letters(second), title=title)
    for position, day in days.items():
        first = next(other for other, same in days.items() if same == day)
        if first != position:
            return Sentence("refused.clash.day", first=letters(first), second=letters(position), day=day)
    return None


_SUB_HEADING = re.compile(
    r"\(.*\)|\[.*\]|\(?(?:\d{1,3}|[a-z])\)?|t[2-7]|cn|chu nhat|thu (?:hai|ba|tu|nam|sau|bay|[2-7])"
)
_NUMBERING_START = re.compile(r"\(?\[?(?:1|a)\)?\]?")


def skip_sub_headings(head: Sequence[Row], first: int) -> int:
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
