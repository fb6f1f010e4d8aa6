"""How a file was read, for the screen: what each column was taken for, its first rows, what is doubtful or missing.

Telephones and names of owners are masked: whoever checks a mapping needs their form, not them.
"""

import re
from collections.abc import Sequence
from typing import Any

from data.texts.catalogue import t
from data.texts.sentences import Sentence, as_json
from etl.doubts import Doubt, Found, FoundColumn, FoundTable
from etl.errors import UnknownKind, UnusableFile, on_screen
from etl.recognition.columns import COLUMNS, has_column, title_of
from etl.recognition.content import is_phone
from etl.recognition.found import EXAMPLES, FIRST_ROWS
from etl.validation.mapping import headings_of, layout_key
from etl.validation.table import MapFile, Reject, Source, SourceTable
from etl.values.cell_values import as_text

MOST_SENTENCES = 20
_PERSONAL = frozenset(("phone", "venue_phone", "owner_name"))
_OWNER_HEADING = re.compile(r"\b(?:chủ|họ (?:và )?tên|đại diện|người (?:phụ trách|liên hệ))\b", re.IGNORECASE)
_PHONE_WITHIN = re.compile(r"(?<!\d)(?:\+?84|0)?[\s.\-]?[235789](?:[\s.\-]?\d){7,9}(?!\d)")
_MAP_COLUMNS = {
    "wards": {"code": "ward_code", "name": "ward_name", "vintage": "vintage"},
    "streets": {"name": "street", "oneway": "oneway", "foot_only": "foot_only"},
}
"""Kind of map -> columns of its frame, with the keys of their titles."""
_MOST_PHONES = 0.5
"""Share of a column's cells that are telephones from which all of it is masked, whatever its heading."""


def preview(what: Source | UnusableFile) -> dict[str, Any]:
    """What the screen shows of a file that was read, or that could not be: JSON-able, nothing personal in it.

    Keys: ``kind``, ``kind_title``, ``sheets``, ``layout_key``, ``tables`` (each ``sheet``, ``header_row``, ``columns``
    of ``heading``, ``canonical``, ``title``, ``how``, ``examples``, and ``rows``), ``choices`` (see ``choices``),
    ``missing`` (titles), ``rows_read``, ``rejects``, ``sentences``, ``encoding``, ``converted`` (pairs of
    before and after), ``doubts``, ``is_table`` (a person may say what it is), ``error``.
    """
    table = what if isinstance(what, SourceTable) else None
    found = features(what) if isinstance(what, MapFile) else what.found
    found = found or Found(table.kind if table else None, (), ())
    kind = found.kind
    return {
        "kind": kind,
        "kind_title": t(f"kind.{kind}") if kind else "",
        "sheets": [part.sheet for part in found.tables if part.sheet],
        "layout_key": "" if isinstance(what, MapFile) else layout_key(headings_of(what)),
        "tables": [_table(part, kind) for part in found.tables],
        "choices": choices(kind),
        "missing": [as_json(title_of(kind, name)) for name in found.missing if kind and has_column(kind, name)],
        "rows_read": 0 if isinstance(what, UnusableFile) else what.rows_read,
        "rejects": len(table.rejects) if table else 0,
        "sentences": [_reject(reject) for reject in table.rejects[:MOST_SENTENCES]] if table else [],
        "encoding": getattr(what, "encoding", None),
        "converted": [list(pair) for pair in getattr(what, "converted", None) or ()],
        "doubts": [] if isinstance(what, MapFile) else [_doubt(doubt) for doubt in what.doubts],
        "is_table": not isinstance(what, UnusableFile) or isinstance(what, UnknownKind) or bool(found.tables),
        "error": _masked(str(what)) if isinstance(what, UnusableFile) else None,
    }


def features(file: MapFile) -> Found:
    """What a map says of its wards or streets, as a table; its columns are not to be chosen."""
    head = file.frame.head(FIRST_ROWS)
    titles = _MAP_COLUMNS[file.kind]
    rows = tuple(zip(*([_told(value) for value in head[name].tolist()] for name in titles), strict=True))
    columns = tuple(
        FoundColumn(
            Sentence(f"column.{title}"),
            None,
            "",
            tuple(dict.fromkeys(row[place] for row in rows if row[place]))[:EXAMPLES],
        )
        for place, title in enumerate(titles.values())
    )
    return Found(file.kind, (), (FoundTable("", 1, columns, rows),))


def _told(value: Any) -> str:
    return ("x" if value else "") if isinstance(value, bool | int) else as_text(value)


def choices(kind: str | None) -> list[dict[str, Any]]:
    """The canonical columns that a person may choose for a file of ``kind``; of no kind there are none."""
    return [
        {"name": column.name, "title": column.title, "required": column.required}
        for column in COLUMNS.get(kind or "", ())
    ]


def _table(part: FoundTable, kind: str | None) -> dict[str, Any]:
    hidden = [_is_personal(part, place) for place in range(len(part.columns))]
    return {
        "sheet": part.sheet,
        "header_row": part.header_row,
        "columns": [
            {
                "heading": column.heading,
                "told": as_json(column.heading),
                "canonical": column.canonical,
                "title": title_of(kind, column.canonical) if kind and column.canonical else "",
                "how": t(f"recognised.{column.how}") if column.how else "",
                "examples": [_cell(text, hide) for text in column.examples],
            }
            for column, hide in zip(part.columns, hidden, strict=True)
        ],
        "rows": [[_cell(text, hide) for text, hide in zip(row, hidden, strict=True)] for row in part.rows],
    }


def _is_personal(part: FoundTable, place: int) -> bool:
    """Whether a column is of telephones or of people: by what it was taken for, by its heading, by its cells."""
    column = part.columns[place]
    if column.canonical in _PERSONAL or _OWNER_HEADING.search(column.heading):
        return True
    cells = [row[place] for row in part.rows if row[place]]
    return bool(cells) and sum(map(is_phone, cells)) > _MOST_PHONES * len(cells)


def _cell(text: str, hide: bool) -> str:
    """A cell as it is shown; of a hidden one only its first and last signs."""
    if not hide:
        return _masked(text)
    return f"{text[:1]}•••{text[-2:]}" if len(text) > 4 else "•••" if text else ""


def _masked(text: str) -> str:
    """``text`` without the telephones in it."""
    return _PHONE_WITHIN.sub(_mask_phone, text)


def _mask_phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match[0])
    return "•••" if 9 <= digits <= 12 and is_phone(match[0]) else match[0]


def _reject(reject: Reject) -> Any:
    return as_json(on_screen(reject.message.changed(_masked)))


def _doubt(doubt: Doubt) -> dict[str, Any]:
    pairs: Sequence[tuple[str, str]] = doubt.choices
    return {
        "kind": doubt.kind,
        "sentence": as_json(on_screen(doubt.sentence)),
        "choices": [[value, as_json(label)] for value, label in pairs],
    }
