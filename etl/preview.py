"""How a file was read, for a person to look at before it is checked or loaded: JSON for ``received_file.preview``."""

from typing import Any

from etl.columns import COLUMNS, KIND_TITLES, columns_of, title_of
from etl.masking import masked
from etl.table import SourceTable
from etl.values import as_text
from etl.work import Source

SHOWN_ROWS = 12
MOST_SENTENCES = 20


def preview(source: Source) -> dict[str, Any]:
    """Kind, tables with their columns and first rows, rows that cannot be read; nothing personal in it.

    Keys: ``kind``, ``kind_title``, ``sheets``, ``tables`` (each ``sheet``, ``columns`` of ``heading``, ``canonical``,
    ``title``, ``examples``, and ``rows``), ``choices`` (the canonical columns of the kind), ``rows_read``, ``rejects``,
    ``sentences``, ``doubts``, ``converted`` (texts before and after), ``encoding``.
    """
    kind = source.kind
    return {
        "kind": kind,
        "kind_title": KIND_TITLES[kind],
        "sheets": [sheet for sheet in source.sheets if sheet],
        "tables": [_table(source)] if isinstance(source, SourceTable) else [],
        "choices": [
            {"name": column.name, "title": column.title, "required": column.required}
            for column in COLUMNS.get(kind, ())
        ],
        "rows_read": source.rows_read,
        "rejects": len(source.rejects),
        "sentences": [reject.message for reject in source.rejects[:MOST_SENTENCES]],
        "encoding": getattr(source, "encoding", None),
        "converted": [list(pair) for pair in getattr(source, "converted", ())],
        "doubts": [
            {"kind": doubt.kind, "sentence": doubt.sentence, "choices": [list(pair) for pair in doubt.choices]}
            for doubt in getattr(source, "doubts", ())
        ],
    }


def _table(source: SourceTable) -> dict[str, Any]:
    names = [name for name in columns_of(source.kind) if name in source.headings]
    head = source.frame.head(SHOWN_ROWS)
    cells = {name: [masked(name, as_text(value)) for value in head[name].tolist()] for name in names}
    columns = [
        {
            "heading": source.headings[name],
            "canonical": name,
            "title": title_of(source.kind, name),
            "examples": cells[name],
        }
        for name in names
    ]
    unread: list[dict[str, Any]] = [
        {"heading": heading, "canonical": None, "title": "", "examples": []} for heading in source.unread
    ]
    rows = zip(*cells.values(), strict=True) if names else ()
    return {"sheet": "", "columns": columns + unread, "rows": [[*row, *("" for _ in unread)] for row in rows]}
