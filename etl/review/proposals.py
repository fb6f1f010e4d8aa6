"""What an accepted proposal does: a venue is made, moved or closed; and taking that back.

The decision stands in ``field_event`` (``data/sql/proposals.sql``); whoever calls holds the loader's lock and brings
the statuses in step. Closures are put again after each load by the database itself.
"""

from typing import Any, LiteralString

import numpy as np
import pandas as pd
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.field import MADE_CODE
from data.errors import OutsideDistrict
from data.status.days import today
from data.texts.folding import fold
from etl.linking import merges
from etl.loading import venue_tables
from etl.loading.kinds import TABLES
from etl.locating import apply_hand_points, move_by_hand, relocate, require_in_district
from etl.locating.districts import NO_WARD, district
from etl.locating.wards_of_points import place
from etl.values.categories import categorise
from etl.values.streets import street_of


class CannotCarryOut(Exception):
    """The district's data do not allow it; ``why`` is a word that screens have a sentence for (``field.why.``)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def carry_out(conn: Connection, proposal: dict[str, Any]) -> set[int]:
    """Do what ``proposal``, a row of ``field_event``, says; returns the venues touched, for ``periods.after_load``.

    Raises
    ------
    CannotCarryOut
    """
    conn.execute("UPDATE field_event SET carried_out_at = clock_timestamp() WHERE id = %s", (proposal["id"],))
    if proposal["kind"] == "proposal_new":
        return _make_venue(conn, proposal)
    code = _standing_code(conn, proposal)
    if proposal["kind"] == "proposal_closure":
        return _close(conn, proposal["id"], code)
    said = proposal["payload"]
    _require_in_district(conn, said)
    move_by_hand(conn, code, said["lon"], said["lat"], proposal["decided_by"])
    return apply_hand_points(conn)


def take_back(conn: Connection, proposal: dict[str, Any]) -> set[int]:
    """Undo what :func:`carry_out` did and let the proposal wait again; returns the venues touched.

    Raises
    ------
    CannotCarryOut
    """
    number, code, kind = proposal["id"], proposal["venue_code"], proposal["kind"]
    closed = _closed(conn, code)
    touched: set[int] = set()
    if kind == "proposal_new":
        _remove_venue(conn, number, code)
    elif kind == "proposal_closure":
        touched = _venues(conn, "SELECT field_reopen(%s) AS venue", number)
    else:
        _move_back(conn, proposal)
    conn.execute(
        "UPDATE field_event SET state = 'waiting', decided_at = NULL, decided_by = NULL, answer = '{}' WHERE id = %s",
        (number,),
    )
    if kind != "proposal_closure":
        return touched | apply_hand_points(conn)
    touched |= _venues(conn, "SELECT field_close() AS venue")  # another record may say so, too
    if (now := _closed(conn, code)) and now != closed:
        _note(conn, "venue.reopened", {now["id"]}, before=closed and closed["closed_on"], after=now["closed_on"])
    return touched


def _standing_code(conn: Connection, proposal: dict[str, Any]) -> str:
    """Code of the venue as it stands now, by which the decision is kept."""
    row = conn.execute(
        "UPDATE field_event AS e SET venue_code = v.code, venue_id = v.id, ward_id = v.ward_id"
        " FROM venue AS named JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)"
        " WHERE e.id = %s AND named.code = e.venue_code RETURNING v.code",
        (proposal["id"],),
    ).fetchone()
    if row is None:
        raise CannotCarryOut("gone")
    return str(row["code"])


def _close(conn: Connection, number: Any, code: str) -> set[int]:
    before = _closed(conn, code)
    touched = _venues(conn, "SELECT field_reopen(%s) AS venue", number)  # another record may have closed it later
    touched |= _venues(conn, "SELECT field_close() AS venue")
    closed = _closed(conn, code)
    if closed and closed["is_open"]:
        raise CannotCarryOut("opened_since")
    if closed and closed != before:
        _note(conn, "venue.closed", {closed["id"]}, before=before and before["closed_on"], after=closed["closed_on"])
    return touched


def _closed(conn: Connection, code: str | None) -> dict[str, Any] | None:
    """``closed_on`` of the newest stretch of a venue, and whether any ``is_open`` beyond tomorrow; with its ``id``."""
    return conn.execute(
        "SELECT v.id, (array_agg(o.closed_on::text ORDER BY o.opened_on DESC))[1] AS closed_on,"
        " bool_or(o.opened_on <= current_day() AND COALESCE(o.closed_on, 'infinity') > current_day() + 1) AS is_open"
        " FROM venue AS v JOIN venue_opening AS o ON o.venue_id = v.id WHERE v.code = %s GROUP BY v.id",
        (code,),
    ).fetchone()


def _make_venue(conn: Connection, proposal: dict[str, Any]) -> set[int]:
    """The venue of a proposal, in the ward of the officer's that it lies in or next to."""
    said = proposal["payload"]
    row = conn.execute(
        "SELECT nextval('field_venue_number') AS number, (SELECT name FROM ward WHERE id = %s) AS ward",
        (proposal["ward_id"],),
    ).fetchone()
    if row is None:
        raise AssertionError("a sequence gives one row")
    code, street = MADE_CODE.format(row["number"]), street_of(said.get("address"))
    described = _described(conn, code, street, row["ward"], said)
    venue = venue_tables.make(conn, described)
    conn.execute(
        "UPDATE field_event SET venue_code = %s, venue_id = %s, ward_id = COALESCE(%s, ward_id), answer = %s"
        " WHERE id = %s",
        (code, venue, described["ward_id"], Jsonb({"venue": code}), proposal["id"]),
    )
    _note(conn, "venue.made", {venue}, after=said["name"])
    if street:
        relocate(conn, {street})
    merges.ask_for_duplicates(conn)  # the register may have it under another name
    return {venue}


def _described(
    conn: Connection, code: str, street: str | None, ward_named: str | None, said: dict[str, Any]
) -> dict[str, Any]:
    """The venue that an officer described, for ``venue_tables.make``."""
    lon, lat = said.get("lon"), said.get("lat")
    has_point = lon is not None and lat is not None
    if has_point:
        _require_in_district(conn, said)
    placed = place(
        conn,
        district(conn, today()),
        pd.Series([ward_named], dtype=object),
        np.array([lon if has_point else np.nan], dtype=float),
        np.array([lat if has_point else np.nan], dtype=float),
    )
    (category,), _ = categorise(pd.Series([said.get("category")], dtype=object))
    address = said.get("address", "")
    search_text = fold(f"{code} {said['name']} {address}")
    return {
        "code": code,
        "name": said["name"],
        "address": address,
        "street": street,
        "search_text": search_text,
        "category": category,
        "ward_id": None if placed.ward[0] == NO_WARD else int(placed.ward[0]),
        "ward_named": ward_named,
        "lon": lon if has_point else None,
        "lat": lat if has_point else None,
        "location": "given" if has_point else "none",
        "outside_ward": bool(placed.outside[0]),
    }


def _require_in_district(conn: Connection, said: dict[str, Any]) -> None:
    try:
        require_in_district(conn, said["lon"], said["lat"])
    except OutsideDistrict as error:
        raise CannotCarryOut("outside_district") from error


def _remove_venue(conn: Connection, number: Any, code: str) -> None:
    """Remove a venue that a proposal made, unless something has been loaded, recorded or decided on it since."""
    row = conn.execute("SELECT id, load_id, merged_into, street, name FROM venue WHERE code = %s", (code,)).fetchone()
    if row is not None:
        events = SQL(" OR ").join(
            SQL("EXISTS (SELECT FROM {} AS t WHERE t.venue_id = %(venue)s)").format(Identifier(table.name))
            for table in TABLES.values()
        )
        used = conn.execute(
            SQL(
                "SELECT {} OR EXISTS (SELECT FROM link AS t WHERE t.venue_id = %(venue)s)"
                " OR EXISTS (SELECT FROM venue AS t WHERE t.merged_into = %(venue)s)"
                " OR EXISTS (SELECT FROM link_decision AS t WHERE t.venue_code = %(code)s)"
                " OR EXISTS (SELECT FROM merge_decision AS t WHERE %(code)s IN (t.duplicate_code, t.kept_code))"
                " OR EXISTS (SELECT FROM account_unit AS t WHERE t.venue_code = %(code)s)"
                " OR EXISTS (SELECT FROM field_event AS t WHERE t.venue_code = %(code)s AND t.id <> %(number)s) AS used"
            ).format(events),
            {"venue": row["id"], "code": code, "number": number},
        ).fetchone()
        if row["load_id"] or row["merged_into"] or (used and used["used"]):
            raise CannotCarryOut("in_use")
        _note(conn, "venue.removed", {row["id"]}, before=row["name"])
    conn.execute("UPDATE field_event SET venue_code = NULL, venue_id = NULL WHERE id = %s", (number,))
    conn.execute("DELETE FROM venue WHERE code = %s", (code,))
    conn.execute("DELETE FROM venue_point WHERE venue_code = %s", (code,))
    if row is not None and row["street"]:
        relocate(conn, {row["street"]})


def _move_back(conn: Connection, proposal: dict[str, Any]) -> None:
    """The point goes back to where it was before the proposal; one that has been moved since stays."""
    said = proposal["payload"]
    values = {"code": proposal["venue_code"], "lon": said["lon"], "lat": said["lat"]}
    row = conn.execute(
        "SELECT p.previous_location = 'hand' AS was_by_hand FROM venue_point AS p WHERE p.venue_code = %(code)s"
        " AND ST_DWithin(p.geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 1e-7)",
        values,
    ).fetchone()
    if row is None:
        return
    if row["was_by_hand"]:
        conn.execute("UPDATE venue_point SET geom = previous_geom WHERE venue_code = %(code)s", values)
    else:
        conn.execute("DELETE FROM venue_point WHERE venue_code = %(code)s", values)


def _note(conn: Connection, action: str, venues: set[int], *, before: Any = None, after: Any = None) -> None:
    """Put what was done into the history of ``venues``: their rows have no triggers, for loads write them."""
    field = "name" if action in ("venue.made", "venue.removed") else "closed_on"
    conn.execute(
        "SELECT audit(%s, 'venue', v.code, %s, %s) FROM venue AS v WHERE v.id = ANY(%s)",
        (
            action,
            None if before is None else Jsonb({field: before}),
            None if after is None else Jsonb({field: after}),
            sorted(venues),
        ),
    )


def _venues(conn: Connection, query: LiteralString, *values: object) -> set[int]:
    return {row["venue"] for row in conn.execute(query, values)}
