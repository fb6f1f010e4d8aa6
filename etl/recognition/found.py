"""What was found in a file, for a person to look at and to correct: its headings, what they were taken for, its first
rows. Cells are as the file has them; ``etl.worker.preview`` masks what nobody needs to see.
"""

from collections.abc import Sequence

from etl.doubts import Found, FoundColumn, FoundTable
from etl.recognition.head import Head
from etl.recognition.layout import HEADING, Layout, unnamed
from etl.recognition.sheets import Sheet, missing

FIRST_ROWS = 10
EXAMPLES = 3
LONGEST_CELL = 200


def found_table(head: Head, layout: Layout) -> FoundTable:
    """A recognised table; ``layout`` counts from the first row of ``head``."""
    rows = _filled_rows(head, layout.first_data)
    width = max([layout.width, *(len(head.texts[row]) for row in rows[:FIRST_ROWS])])
    canonical = {position: name for name, position in layout.columns.items()}
    canonical |= dict.fromkeys(layout.day_columns, "scans") | dict.fromkeys(layout.times, "reminded_on")
    columns = {}
    for position in range(width):
        examples = _examples(head, rows, position)
        if examples or layout.labels[position : position + 1] not in ((), ("",)):
            name = canonical.get(position)
            how = layout.how.get(position, HEADING if name else "")
            columns[position] = FoundColumn(layout.label(position), name, how, examples)
    texts = _texts(head, rows, [*columns])
    return FoundTable(head.name, layout.last_header + 1, tuple(columns.values()), texts)


def found_unknown(head: Head) -> FoundTable | None:
    """A sheet that is nothing known: the first of its fullest rows that has words only is taken for the header."""
    filled = [head.filled(row) for row in range(len(head.texts))]
    wordy = [len(row) if len(row) > 1 and not any(text[:1].isdigit() for text in row) else 0 for row in filled]
    if not any(wordy):
        return None
    at = wordy.index(max(wordy))
    rows = _filled_rows(head, at + 1)
    columns = {}
    for position in range(max(len(head.texts[row]) for row in [at, *rows[:FIRST_ROWS]])):
        examples = _examples(head, rows, position)
        if examples or head.says(at, position):
            heading = head.texts[at][position] if position < len(head.texts[at]) else ""
            columns[position] = FoundColumn(heading or unnamed(position), None, "", examples)
    return FoundTable(head.name, at + 1, tuple(columns.values()), _texts(head, rows, [*columns]))


def found_of(sheets: Sequence[Sheet], kind: str | None) -> Found:
    """What ``sheets`` hold when they could not be read as ``kind``."""
    nearest = kind or next((sheet.nearest for sheet in sheets if sheet.nearest), None)
    tables: list[FoundTable | None] = []
    lacking: tuple[str, ...] = ()
    for sheet in sheets:
        near = sheet.nearest_layout
        layout = sheet.layouts.get(nearest or "") or (near if near and near.kind == nearest else None)
        lacking = lacking or (missing(layout) if layout else ())
        tables.append(found_table(sheet.head, layout) if layout else found_unknown(sheet.head))
    return Found(nearest, lacking, tuple(table for table in tables if table is not None))


def _filled_rows(head: Head, first: int) -> list[int]:
    return [row for row in range(first, len(head.texts)) if head.filled(row)]


def _examples(head: Head, rows: Sequence[int], position: int) -> tuple[str, ...]:
    cells = (head.texts[row][position][:LONGEST_CELL] for row in rows if head.says(row, position))
    return tuple(dict.fromkeys(cells))[:EXAMPLES]


def _text(head: Head, row: int, position: int) -> str:
    return head.texts[row][position][:LONGEST_CELL] if position < len(head.texts[row]) else ""


def _texts(head: Head, rows: Sequence[int], places: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_text(head, row, place) for place in places) for row in rows[:FIRST_ROWS])
