"""The offices' own layouts of letters: their versions, and which is used."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection


@dataclass(frozen=True)
class Template:
    """A version of a kind's layout; its file lies in the store under ``sha256``."""

    kind: str
    number: int
    sha256: str
    file_name: str
    fields: tuple[str, ...]
    uploaded_by: str
    uploaded_at: dt.datetime
    is_used: bool


def templates(conn: Connection) -> list[Template]:
    """All versions, by kind, the newest first."""
    rows = conn.execute(
        """
        SELECT d.kind, d.number, d.sha256, d.file_name, d.fields, d.uploaded_by, d.uploaded_at,
               u.number IS NOT DISTINCT FROM d.number AS is_used
        FROM document_template AS d LEFT JOIN template_use AS u ON u.kind = d.kind
        ORDER BY d.kind, d.number DESC
        """
    )
    return [Template(**row | {"fields": tuple(row["fields"])}) for row in rows]


def choices(conn: Connection) -> dict[str, tuple[str, dt.datetime]]:
    """By kind, who chose what is used of it, and when; a kind for which nobody ever has is left out."""
    rows = conn.execute("SELECT kind, changed_by, changed_at FROM template_use")
    return {row["kind"]: (row["changed_by"], row["changed_at"]) for row in rows}


def template_in_use(conn: Connection, kind: str) -> Template | None:
    """The office's layout of the kind; None: the product's own is used."""
    return next((one for one in templates(conn) if one.kind == kind and one.is_used), None)


def kinds_of_caller(conn: Connection, kinds: tuple[str, ...]) -> list[str]:
    """Of ``kinds`` those whose layout the caller may change."""
    rows = conn.execute(
        "SELECT k.kind FROM unnest(%s::text[]) AS k (kind) WHERE template_is_theirs(k.kind)", (list(kinds),)
    )
    return [row["kind"] for row in rows]
