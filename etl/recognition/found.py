"""What was found in a file, for a person to look at and to correct: its headings, what they were taken for, its first
rows. Cells are as the file has them; ``etl.worker.preview`` masks what nobody needs to see.
"""

from collections.abc import Sequence

from etl.doubts import Found, FoundColumn, FoundTable
from etl.recognition.layout import HEADING, Layout, Row, unnamed
from etl.recognition.sheets import Sheet, missing
from etl.values.cell_values import is_blank, tidy

FIRST_ROWS = 10
EXAMPLES = 3
LONGEST_CELL = 200


def found_table(sheet: str, head: Sequence[Row], layout: Layout) -> FoundTable:
    """A recognised table; ``head`` are the rows that ``layout`` counts from."""
    rows = [row for row in head[layout.first_data :] if any(not is_blank(cell) for cell in row)]
    width = max([layout.width, *(len(row) for row in rows[:FIRST_ROWS])])
    canonical = {position: name for name, position in layout.columns.items()}
    canonical |= dict.fromkeys(layout.day_columns, "scans") | dict.fromkeys(layout.times, "reminded_on")
    columns = []
    for position in range(width):
        examples = _examples(rows, position)
        if examples or layout.label(position) == (layout.labels[position : position + 1] or ("",))[0]:
            name = canonical.get(position)
            how = layout.how.get(position, HEADING if name else "")
            columns.append((position, FoundColumn(layout.label(position), name, how if name or how else "", examples)))
    places = [position for position, _ in columns]
    return FoundTable(sheet, layout.last_header + 1, tuple(column for _, column in columns), _texts(rows, places))


def found_unknown(sheet: str, head: Sequence[Row]) -> FoundTable | None:
    """A sheet that is nothing known: the first of its fullest rows that has words only is taken for the header."""
    filled = [[tidy(cell) for cell in row if not is_blank(cell)] for row in head]
    wordy = [len(row) if len(row) > 1 and not any(text[:1].isdigit() for text in row) else 0 for row in filled]
    if not any(wordy):
        return None
    at = wordy.index(max(wordy))
    rows = [row for row in head[at + 1 :] if any(not is_blank(cell) for cell in row)]
    places = [
        position for position in range(max(len(head[at]), *(len(row) for row in rows[:FIRST_ROWS]), 0))
        if (position < len(head[at]) and not is_blank(head[at][position])) or _examples(rows, position)
    ]  # fmt: skip
    headings = [tidy(head[at][place]) if place < len(head[at]) else "" for place in places]
    columns = tuple(
        FoundColumn(heading or unnamed(place), None, "", _examples(rows, place))
        for place, heading in zip(places, headings, strict=True)
    )
    return FoundTable(sheet, at + 1, columns, _texts(rows, places))


def found_of(sheets: Sequence[tuple[Sheet, Sequence[Row]]], kind: str | None) -> Found:
    """What ``sheets`` (examined, with their first rows) hold when they could not be read as ``kind``."""
    nearest = kind or next((sheet.nearest for sheet, _ in sheets if sheet.nearest), None)
    tables: list[FoundTable] = []
    lacking: tuple[str, ...] = ()
    for sheet, head in sheets:
        layout = sheet.layouts.get(nearest or "") or (
            sheet.nearest_layout if sheet.nearest_layout and sheet.nearest_layout.kind == nearest else None
        )
        if layout is not None:
            tables.append(found_table(sheet.name, head, layout))
            lacking = lacking or missing(layout)
        else:
            tables += [table for table in (found_unknown(sheet.name, head),) if table is not None]
    return Found(nearest, lacking, tuple(tables))


def _examples(rows: Sequence[Row], position: int) -> tuple[str, ...]:
    cells = (tidy(row[position])[:LONGEST_CELL] for row in rows if position < len(row) and not is_blank(row[position]))
    return tuple(dict.fromkeys(cells))[:EXAMPLES]


def _texts(rows: Sequence[Row], places: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(tidy(row[place])[:LONGEST_CELL] if place < len(row) else "" for place in places)
        for row in rows[:FIRST_ROWS]
    )
