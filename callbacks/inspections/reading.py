"""What the screen of plans sends, read and bounded before anything is done with it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from data.errors import TextError
from data.queries.filters import Filters
from etl.plans.making import MOST_VISITS, PlanAsked, TeamAsked

MOST_TEAMS = 30
MOST_SHIFTS = 4
MOST_MEMBERS = 40
MOST_NAME = 60
MOST_TITLE = 120
MOST_WHY = 200
MOST_CODE = 64
MOST_DEGREES = 180
KINDS = ("inspection", "guidance")
TRAVEL = ("motorbike", "foot")
DRAWN = (0, 5, 10)


class Malformed(ValueError):
    """What was sent is not what the screen sends."""


class NotFilledIn(TextError):
    """A field lacks a value, or has one that cannot be read."""


def plan(sent: Mapping[str, Any], today: dt.date) -> PlanAsked:
    """The plan that a form asks for: ``{title, day, kind, count, drawn, filters, teams}``, ``filters`` as in addresses.

    Raises
    ------
    Malformed, NotFilledIn, UnknownFilter
    """
    count = maybe(sent, "count")
    if sent.get("kind") not in KINDS or sent.get("drawn") not in DRAWN:
        raise Malformed
    if count is None or not 1 <= count <= MOST_VISITS:
        raise NotFilledIn("inspections.wrong.count", most=MOST_VISITS)
    return PlanAsked(
        title=" ".join(_text(sent, "title").split())[:MOST_TITLE],
        day=day(sent.get("day")),
        filters=Filters.from_query_string(_text(sent, "filters"), today),
        teams=teams(sent.get("teams")),
        kind=sent["kind"],
        count=count,
        drawn_percent=sent["drawn"],
    )


def teams(sent: object) -> tuple[TeamAsked, ...]:
    """The teams: ``[{name, travel, lon, lat, shifts: [[from, to]], wards: [id] or null, members: [id]}]``."""
    if not isinstance(sent, list) or len(sent) > MOST_TEAMS or not all(isinstance(team, dict) for team in sent):
        raise Malformed
    return tuple(_team(team, number) for number, team in enumerate(sent, 1))


def members(sent: Mapping[str, Any]) -> tuple[int, tuple[int, ...], str]:
    """A team, its members to be, and why somebody leaves it: ``{team, members: [id], why}``; raises Malformed."""
    return needed(sent, "team"), _ids(sent.get("members")), _text(sent, "why")[:MOST_WHY]


def members_asked(sent: Mapping[str, str]) -> tuple[int, tuple[int, ...]]:
    """The same of an address: ``team=3&members=1,2``; raises Malformed."""
    try:
        team, *ids = (int(number) for number in f"{sent.get('team')},{sent.get('members', '')}".split(",") if number)
    except ValueError as error:
        raise Malformed from error
    if not _is_number(team):
        raise Malformed
    return team, _ids(ids)


def needed(sent: Mapping[str, Any], name: str) -> int:
    """A number that has to be there; raises Malformed."""
    value = maybe(sent, name)
    if value is None:
        raise Malformed
    return value


def maybe(sent: Mapping[str, Any], name: str) -> int | None:
    """A number, or None where nothing is said; raises Malformed."""
    value = sent.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or not _is_number(value):
        raise Malformed
    return value


def time(sent: Mapping[str, Any], name: str) -> dt.time | None:
    """A time of day, or None where nothing is said; raises Malformed."""
    value = sent.get(name) or None
    if value is None:
        return None
    try:
        return dt.time.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError) as error:
        raise Malformed from error


def code(sent: Mapping[str, Any]) -> str:
    """A venue's code; raises Malformed."""
    value = sent.get("code")
    if not isinstance(value, str) or not 0 < len(value) <= MOST_CODE or not value.isprintable():
        raise Malformed
    return value


def _team(sent: Mapping[str, Any], number: int) -> TeamAsked:
    name = " ".join(_text(sent, "name").split())[:MOST_NAME]
    if not name:
        raise NotFilledIn("inspections.wrong.name", number=number)
    shifts = sent.get("shifts")
    if sent.get("travel") not in TRAVEL:
        raise Malformed
    if not isinstance(shifts, list) or len(shifts) > MOST_SHIFTS:
        raise Malformed
    wards = sent.get("wards")
    return TeamAsked(
        name=name,
        travel=sent["travel"],
        lon=_coordinate(sent, "lon"),
        lat=_coordinate(sent, "lat"),
        shifts=tuple(_shift(shift, name) for shift in shifts),
        ward_ids=None if wards is None else _ids(wards),
        members=_ids(sent.get("members")),
    )


def _shift(sent: object, team: str) -> tuple[dt.time, dt.time]:
    if not isinstance(sent, list) or len(sent) != 2:
        raise Malformed
    try:
        begins, ends = (dt.time.fromisoformat(time) for time in sent)
    except (TypeError, ValueError) as error:
        raise NotFilledIn("inspections.wrong.hours", team=team) from error
    return begins.replace(tzinfo=None), ends.replace(tzinfo=None)


def day(sent: object) -> dt.date:
    """A day as a browser's field writes it; raises NotFilledIn."""
    try:
        return dt.date.fromisoformat(sent if isinstance(sent, str) else "")
    except ValueError as error:
        raise NotFilledIn("inspections.wrong.day") from error


def _ids(sent: object) -> tuple[int, ...]:
    if not isinstance(sent, list) or len(sent) > MOST_MEMBERS or not all(map(_is_number, sent)):
        raise Malformed
    return tuple(dict.fromkeys(sent))


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str):
        raise Malformed
    return "".join(sign for sign in value if sign.isprintable())


def _coordinate(sent: Mapping[str, Any], name: str) -> float:
    value = sent.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= MOST_DEGREES:
        raise Malformed
    return float(value)


def _is_number(value: object) -> bool:
    """Whether it is a whole number that a column of the database holds."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
