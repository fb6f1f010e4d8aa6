"""How a file was read, for a person to look at before it is checked or loaded: JSON for ``received_file.preview``."""

from typing import Any

from etl.columns import KIND_TITLES, columns_of, title_of
from etl.masking import masked
from etl.table import SourceTable
from etl.values import as_text
from etl.work import Source

SHOWN_ROWS = 12
SHOWN_REJECTS = 5


def of(source: Source) -> dict[str, Any]:
    """Kind, sheets, columns with the headings they were read from, first rows, and what was mended or left out.

    ``columns``: [{name, title, heading}], those the file has; ``rows``: their first values as text; ``unread``:
    headings of which nothing is known. Outlines have names and codes only. Personal values are masked: this is kept.
    """
    shown: dict[str, Any] = {
        "kind": source.kind,
        "kind_title": KIND_TITLES[source.kind],
        "sheets": list(source.sheets),
        "rows_read": source.rows_read,
        "is_demo": source.is_demo,
        "remarks": dict(source.remarks),
        "covered_days": [[first.isoformat(), last.isoformat()] for first, last in source.covered_days],
        "rejected": len(source.rejects),
        "rejects": [reject.message for reject in source.rejects[:SHOWN_REJECTS]],
    }
    if isinstance(source, SourceTable):
        names = [name for name in columns_of(source.kind) if name in source.headings]
        headings, unread = source.headings, list(source.unread)
        titles = {name: title_of(source.kind, name) for name in names}
    else:
        names, headings, unread = ["code", "name", "vintage"], {}, []
        titles = {"code": "Mã phường", "name": "Tên phường", "vintage": "Đợt phân chia"}
    head = source.frame.head(SHOWN_ROWS)
    columns = [[masked(name, as_text(value)) for value in head[name].tolist()] for name in names]
    return shown | {
        "columns": [{"name": name, "title": titles[name], "heading": headings.get(name)} for name in names],
        "rows": [list(row) for row in zip(*columns, strict=True)],
        "unread": unread,
    }
