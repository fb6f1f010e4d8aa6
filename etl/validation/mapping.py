"""What the columns of a layout are: proposed by reading, changed by a person, remembered for the next such file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.database.connection import Connection
from etl.doubts import Found
from etl.errors import UnusableFile
from etl.recognition.columns import has_column, heading_key
from etl.validation.table import SourceTable


@dataclass(frozen=True)
class Chosen:
    """A person's choice for a layout: its kind, and heading -> canonical column (``None``: not read)."""

    kind: str
    columns: dict[str, str | None]


def layout_key(headings: Sequence[str]) -> str:
    """The headings of a table as one text by which its layout is known again: folded, in order, joined by "|"."""
    return "|".join(heading_key(heading) for heading in headings)


def headings_of(what: SourceTable | UnusableFile) -> tuple[str, ...]:
    """The headings of the first table of a file, in order; () where none was found."""
    found: Found | None = what.found
    return tuple(column.heading for column in found.tables[0].columns) if found and found.tables else ()


def propose(what: SourceTable | UnusableFile) -> dict[str, str | None]:
    """Heading -> canonical column as reading took the first table of a file; ``None`` for what it does not read.

    Columns of a wide table (a day each, "lần 1", …) are left out: they are no choice of a person.
    """
    if what.found is None or not what.found.tables:
        return {}
    columns = what.found.tables[0].columns
    named = [column.canonical for column in columns]
    return {
        column.heading: column.canonical
        for column in columns
        if column.canonical is None or named.count(column.canonical) == 1
    }


def choice_for(conn: Connection, key: str) -> Chosen | None:
    """The choice made for the layout ``key``; ``None`` where none was made, or it names columns that are no more."""
    row = conn.execute("SELECT kind, columns FROM column_mapping WHERE layout_key = %s", (key,)).fetchone()
    if row is None or not all(name is None or has_column(row["kind"], name) for name in row["columns"].values()):
        return None
    return Chosen(row["kind"], dict(row["columns"]))


def write_choice(conn: Connection, key: str, kind: str, columns: Mapping[str, str | None], by: str | None) -> None:
    """Keep a person's choice for the layout ``key``; a later one replaces it. ``by``: who chose."""
    conn.execute(
        """
        INSERT INTO column_mapping (layout_key, kind, columns, decided_by)
        VALUES (%(key)s, %(kind)s, %(columns)s, %(by)s)
        ON CONFLICT (layout_key) DO UPDATE
        SET kind = excluded.kind, columns = excluded.columns, decided_by = excluded.decided_by,
            decided_at = clock_timestamp()
        """,
        {"key": key, "kind": kind, "columns": json.dumps(dict(columns), ensure_ascii=False), "by": by},
    )
