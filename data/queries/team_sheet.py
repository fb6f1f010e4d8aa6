"""What a team takes along on paper: its stops in order, what is known of each venue, and the ground around."""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from data.database.connection import Connection
from data.queries.personal_numbers import without_personal_numbers
from data.queries.plans import Plan, Stop, Team, plan
from data.status.days import data_span

_AROUND_METRES = 300


@dataclass(frozen=True)
class SheetVenue:
    """A venue of a stop as it is now. ``reasons``: parts of its priority, the greatest first; ``drawn``: by chance."""

    code: str
    name: str
    address: str
    category: str
    status: str | None
    has_qr: bool
    counted_reminders: int
    last_reminder: dt.date | None
    kind: str
    reasons: tuple[dict[str, Any], ...]
    drawn: bool


@dataclass(frozen=True)
class TeamSheet:
    """One team of a plan: members by name, its stops that have a place in a half-day, each with its venues, in order,
    and the outlines of wards around them (GeoJSON geometries with the ward's name)."""

    plan: Plan
    team: Team
    members: tuple[str, ...]
    stops: tuple[tuple[Stop, tuple[SheetVenue, ...]], ...]
    wards: tuple[tuple[str, dict[str, Any]], ...]
    is_demo: bool


def team_sheets(conn: Connection, number: int, team: int | None = None) -> list[TeamSheet]:
    """Sheets of the plan's teams that have a stop, or of the one ``team``; none: there is no such, or it may not be
    seen."""
    found = plan(conn, number)
    if found is None:
        return []
    names = {row["id"]: row["name"] for row in conn.execute("SELECT id, name FROM officers_for_teams()")}
    is_demo = data_span(conn).is_demo
    sheets = []
    for each in found.teams:
        stops = [stop for stop in found.stops if stop.team_id == each.id]
        if stops and team in (None, each.id):
            venues = _venues(conn, stops)
            with_venues = tuple((stop, tuple(_of(stop, venues))) for stop in stops)
            members = tuple(names[member] for member in each.members if member in names)
            sheets.append(TeamSheet(found, each, members, with_venues, _wards(conn, each, stops), is_demo))
    return sheets


def _of(stop: Stop, venues: dict[str, dict[str, Any]]) -> Iterator[SheetVenue]:
    for venue in stop.venues:
        row = venues.get(venue.code)
        # one whose visit was refused is nobody's to go to
        if row is not None and venue.refused is None:
            yield SheetVenue(
                **row,
                code=venue.code,
                name=without_personal_numbers(venue.name) or venue.code,
                status=venue.status,
                kind=venue.kind,
                reasons=tuple(venue.reasons),
                drawn=venue.drawn,
            )


def _venues(conn: Connection, stops: Collection[Stop]) -> dict[str, dict[str, Any]]:
    rows = conn.execute(
        """
        SELECT named.code, v.address, category.name_vi AS category, fact.registration_id IS NOT NULL AS has_qr,
               COALESCE(fact.counted_reminders, 0) AS counted_reminders,
               (SELECT max(r.reminded_on) FROM reminder AS r WHERE r.venue_id = v.id AND r.withdrawn_on IS NULL)
                   AS last_reminder
        FROM venue AS named
        JOIN venue AS v ON v.id = COALESCE(named.merged_into, named.id)
        JOIN category ON category.code = v.category
        CROSS JOIN LATERAL venue_status(v.id, current_day()) AS fact
        WHERE named.code = ANY (%s)
        """,
        ([venue.code for stop in stops for venue in stop.venues],),
    )
    return {row.pop("code"): row | {"address": without_personal_numbers(row["address"])} for row in rows}


def _wards(conn: Connection, team: Team, stops: Collection[Stop]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Outlines that lie around the team's stops and start, good to some metres."""
    points = [(team.lon, team.lat), *((s.lon, s.lat) for s in stops if s.lon is not None and s.lat is not None)]
    lons, lats = zip(*points, strict=True)
    rows = conn.execute(
        """
        SELECT w.name, ST_AsGeoJSON(ST_SimplifyPreserveTopology(w.geom, 0.00005), 6) AS geometry
        FROM ward AS w
        WHERE ward_has_venues(w.id) AND w.geom && ST_Expand(
            ST_MakeEnvelope(%s, %s, %s, %s, 4326), %s / 111320.0)
        ORDER BY w.name
        """,
        (min(lons), min(lats), max(lons), max(lats), _AROUND_METRES),
    )
    return tuple((row["name"], json.loads(row["geometry"])) for row in rows)
