"""Location codes of many venues, for their posters: which can be printed, and why the others cannot."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.database.connection import Connection
from data.queries.filters import Filters, venues_sql
from data.queries.personal_numbers import without_personal_numbers
from data.queries.poster import LocationCode
from data.texts.folding import fold

MOST = 5_000
"""Venues of one file, and its pages."""
WHY = ("no_qr", "no_content", "too_long", "unknown")
"""Why a venue has no poster: no QR; its source does not say what it holds; no code holds so much; a code asked for that
nobody bears, or whose venue is closed or out of the caller's scope."""


@dataclass(frozen=True)
class Asked:
    """Of which venues: what ``filters`` let through on its day; of these those of ``street``, in whatever case and with
    or without diacritics, or of ``codes``."""

    filters: Filters
    street: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A venue that has no poster, and ``why``: one of ``WHY``."""

    code: str
    name: str
    why: str


@dataclass(frozen=True)
class Found:
    """The codes to be printed, by ward, street and address, and the venues left out; ``is_cut``: there are more."""

    codes: tuple[LocationCode, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=())
    is_cut: bool = False

    def counts(self) -> Mapping[str, int]:
        """How many are left out, by why."""
        return {why: sum(one.why == why for one in self.left_out) for why in WHY}


def codes_of(conn: Connection, asked: Asked, day: dt.date) -> Found:
    """The registrations in force on ``day`` of the venues asked for, ``MOST`` at most, of what the caller may see."""
    venues, parameters = venues_sql(asked.filters)
    streets = [name for name in streets_of(conn, None) if fold(name) == fold(asked.street)] if asked.street else []
    rows = conn.execute(
        f"""
        SELECT f.code AS venue_code, f.name, f.address, f.ward_name AS ward, r.id IS NOT NULL AS is_registered,
               r.qr_code, r.qr_content, r.app, r.registered_on,
               (SELECT EXISTS (SELECT FROM load WHERE is_demo AND undone_at IS NULL)) AS is_demo
        FROM ({venues}) AS f
        LEFT JOIN LATERAL registration_in_force(f.id, %(registered_by)s) AS r ON true
        WHERE (%(street)s = '' OR f.street = ANY(%(streets)s))
          AND (%(codes)s::text[] = '{{}}' OR f.code = ANY(%(codes)s))
        ORDER BY f.ward_name NULLS LAST, f.street NULLS LAST, f.address, f.code LIMIT %(most)s
        """,  # noqa: S608  # data.queries.filters' own
        parameters
        | {"registered_by": day, "street": asked.street, "streets": streets, "codes": list(asked.codes)}
        | {"most": MOST + 1},
    ).fetchall()
    is_cut, rows = len(rows) > MOST, rows[:MOST]
    codes = tuple(_code(row) for row in rows if row["qr_content"])
    return Found(codes, (*_left_out(rows), *_unknown(asked, rows, is_cut=is_cut)), is_cut)


def streets_of(conn: Connection, ward_code: str | None) -> Sequence[str]:
    """Streets on which there are venues, of a ward or of all that the caller sees."""
    rows = conn.execute(
        "SELECT DISTINCT v.street FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id"
        " WHERE v.street IS NOT NULL AND v.merged_into IS NULL AND (%s::text IS NULL OR w.code = %s) ORDER BY 1",
        (ward_code, ward_code),
    )
    return [row["street"] for row in rows]


def _code(row: dict[str, Any]) -> LocationCode:
    said = {key: value for key, value in row.items() if key != "is_registered"}
    name, address = (without_personal_numbers(said[part]) for part in ("name", "address"))
    return LocationCode(**said | {"name": name or said["venue_code"], "address": address})


def _left_out(rows: list[dict[str, Any]]) -> list[LeftOut]:
    return [
        LeftOut(
            row["venue_code"],
            without_personal_numbers(row["name"]) or row["venue_code"],
            "no_content" if row["is_registered"] else "no_qr",
        )
        for row in rows
        if not row["qr_content"]
    ]


def _unknown(asked: Asked, rows: list[dict[str, Any]], *, is_cut: bool) -> list[LeftOut]:
    """Codes asked for of which no venue was found; of a cut list nobody knows."""
    known = {row["venue_code"] for row in rows}
    return [] if is_cut else [LeftOut(code, "", "unknown") for code in asked.codes if code not in known]
