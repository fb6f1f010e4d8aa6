"""Guidance as anybody may read it, as it is being written, and its versions."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection
from data.reference.guidance import Sheet, sheet_of, shipped


@dataclass(frozen=True)
class PublicSheet:
    """A sheet as it is public; ``number`` 0 and no moment: as it was shipped."""

    sheet: str
    lang: str
    words: Sheet
    number: int = 0
    published_at: dt.datetime | None = None


@dataclass(frozen=True)
class Draft:
    """A sheet as it is being written; ``serial`` 0: nobody has, and it reads as what is public."""

    words: Sheet
    serial: int = 0
    changed_by: str = ""
    changed_at: dt.datetime | None = None


@dataclass(frozen=True)
class Version:
    """A sheet as it was made public."""

    number: int
    words: Sheet
    published_by: str
    published_at: dt.datetime


def mark(conn: Connection) -> str:
    """What changes whenever something that is public of it does; "": all is as it was shipped."""
    row = conn.execute(
        "SELECT string_agg(concat_ws('.', sheet, lang, extract(epoch FROM published_at)), ' ' ORDER BY sheet, lang)"
        " AS mark FROM published.guidance"
    ).fetchone()
    return (row and row["mark"]) or ""


def public_sheet(conn: Connection, sheet: str, lang: str) -> PublicSheet:
    """The sheet as anybody may read it; KeyError: there is no such sheet or language."""
    as_shipped = PublicSheet(sheet, lang, shipped(sheet, lang))
    row = conn.execute(
        "SELECT number, words, published_at FROM published.guidance WHERE sheet = %s AND lang = %s", (sheet, lang)
    ).fetchone()
    return PublicSheet(sheet, lang, sheet_of(row["words"]), row["number"], row["published_at"]) if row else as_shipped


def draft(conn: Connection, sheet: str, lang: str) -> Draft:
    """The sheet as it is being written, for whoever may write it; KeyError as above."""
    row = conn.execute(
        "SELECT words, serial, changed_by, changed_at FROM guidance_draft WHERE sheet = %s AND lang = %s", (sheet, lang)
    ).fetchone()
    return Draft(**row | {"words": sheet_of(row["words"])}) if row else Draft(public_sheet(conn, sheet, lang).words)


def versions(conn: Connection, sheet: str, lang: str) -> list[Version]:
    """What was made public, the newest first; what was shipped is none of them."""
    rows = conn.execute(
        "SELECT number, words, published_by, published_at FROM guidance_version"
        " WHERE sheet = %s AND lang = %s ORDER BY number DESC",
        (sheet, lang),
    )
    return [Version(**row | {"words": sheet_of(row["words"])}) for row in rows]
