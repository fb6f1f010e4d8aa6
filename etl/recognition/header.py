"""Which rows of a table may be its header, and how its columns may then be called.

A header has one to three rows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from data.texts.folding import fold_all
from etl.recognition.columns import heading_keys_of
from etl.recognition.head import Head

MOST_HEADER_ROWS = 3
HEADER_WITHIN = 40
"""The header must be among so many of the first rows of a sheet."""


@dataclass(frozen=True)
class Header:
    """Rows ``top`` to ``bottom`` as a header. ``labels`` are for each column the texts it may be read as, the most
    telling last; ``keys`` those under which each text of the sheet is looked up.
    """

    top: int
    bottom: int
    labels: Sequence[tuple[str, ...]]
    keys: Mapping[str, tuple[str, ...]]


def possible_headers(head: Head) -> list[Header]:
    """The rows of ``head``, one, two or three together, that may be a header, from above."""
    places = [
        (top, bottom)
        for top in range(min(len(head.texts), HEADER_WITHIN))
        for bottom in range(top, min(len(head.texts), top + MOST_HEADER_ROWS))
        if not _is_padded(head, top, bottom)
    ]
    labels = [_labels_of(head.texts[top : bottom + 1]) for top, bottom in places]
    together = (text for columns in labels for texts in columns for text in texts)
    keys = heading_keys_of([*together, *(text for row in head.texts for text in row)])
    return [Header(*place, columns, keys) for place, columns in zip(places, labels, strict=True)]


def _is_padded(head: Head, top: int, bottom: int) -> bool:
    """Whether an empty row begins or ends the rows, so that fewer rows say the same.

    A first empty row stays where it divides two tables: of the lower one the uppermost header may begin there.
    """
    if not any(head.texts[bottom]) and bottom > top:
        return True
    divides = top > 0 and any(head.texts[top - 1])
    return not any(head.texts[top]) and not divides and top + 1 < HEADER_WITHIN


def _labels_of(rows: Sequence[list[str]]) -> list[tuple[str, ...]]:
    """For each column the texts a header may be read as, its own cell first, then with those that span it.

    Below a spanning cell "Tọa độ" the lower cell says "Kinh độ"; a cell that spans all rows stands in the first. A
    spanning cell is written in its first column only, so it reaches right over empty cells that have something below
    them, until a cell above it ends.
    """
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


_SUB_HEADING = re.compile(
    r"\(.*\)|\[.*\]|\(?(?:\d{1,3}|[a-z])\)?|t[2-7]|cn|chu nhat|thu (?:hai|ba|tu|nam|sau|bay|[2-7])"
)
_NUMBERING_START = re.compile(r"\(?\[?(?:1|a)\)?\]?")


def skip_sub_headings(head: Head, first: int) -> int:
    """The first row of data: past a row that numbers the columns ("(1) (2) (3)", "A B 1 2"), gives units or days of
    the week.
    """
    while first < len(head.texts) and _is_sub_heading(head.filled(first)):
        first += 1
    return first


def _is_sub_heading(texts: list[str]) -> bool:
    words = fold_all(texts)
    if len(words) < 2 or not all(_SUB_HEADING.fullmatch(word) for word in words):
        return False
    if all(word.startswith(("(", "[", "t", "c")) for word in words):
        return True
    numbers = [int(word.strip("()")) for word in words if word.strip("()").isdigit()]
    steps = all(later - earlier == 1 for earlier, later in pairwise(numbers))
    return len(words) >= 3 and steps and _NUMBERING_START.fullmatch(words[0]) is not None
