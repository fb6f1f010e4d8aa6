"""What routes are made of: stops with their hours and worth, teams with their half-days.

Times of day are minutes and seconds of one day in Asia/Ho_Chi_Minh; within ``planning`` they are whole seconds after
midnight.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from data.errors import TextError
from data.reference.travel import KMH, Travel

Point = tuple[float, float]
"""Longitude and latitude (EPSG:4326)."""

DAY = 24 * 3600
MOST_TEAMS = 30
MOST_MINUTES = 8 * 60


class Unplannable(TextError):
    """What was asked for cannot be planned; the sentence says why and what to change."""


@dataclass(frozen=True)
class Stop:
    """A place where one or more visits are made.

    Attributes
    ----------
    minutes
        How long the visit takes.
    prize
        What it is worth (0 or more), on any scale: only how stops compare counts.
    lon, lat
        None: not located, and so in no route.
    opens, closes
        Hours of the place; None: from, or until, whenever. It may close after midnight (``closes`` <= ``opens``).
    ward_id
        Where it lies; None: any team may enter.
    locked_to, locked_shift
        Id of the team that has to go there, and number of its shift; None: any.
    """

    id: int
    lon: float | None
    lat: float | None
    minutes: int
    prize: float
    opens: dt.time | None = None
    closes: dt.time | None = None
    ward_id: int | None = None
    locked_to: int | None = None
    locked_shift: int | None = None

    @property
    def point(self) -> Point:
        """Where it lies; raises ValueError for a stop that is not located."""
        if self.lon is None or self.lat is None:
            raise ValueError(f"stop {self.id} has no point")
        return self.lon, self.lat

    @property
    def window(self) -> tuple[int, int]:
        """First and last second at which a visit may begin: it is to end before the place closes, where it can."""
        opens = seconds_of(self.opens) if self.opens else 0
        if self.closes is None:
            return opens, DAY
        closes = seconds_of(self.closes)
        closes += DAY if closes <= opens else 0
        return opens, max(closes - self.minutes * 60, opens)


@dataclass(frozen=True)
class Shift:
    """One half-day of a team; ``number`` is its place among the team's shifts of the day, from 0.

    ``at``: where the team is as it begins, where that is not its start: a half-day that has begun already.
    """

    number: int
    begins: dt.time
    ends: dt.time
    at: Point | None = None

    @property
    def seconds(self) -> tuple[int, int]:
        """Begin and end, in seconds after midnight."""
        return seconds_of(self.begins), seconds_of(self.ends)


@dataclass(frozen=True)
class Team:
    """Who goes: from where, when, how, into which wards (None: into all). Each shift ends at the start."""

    id: int
    name: str
    lon: float
    lat: float
    shifts: tuple[Shift, ...]
    travel: Travel
    ward_ids: frozenset[int] | None = None

    @property
    def start(self) -> Point:
        """Where its shifts begin and end."""
        return self.lon, self.lat

    def may_visit(self, stop: Stop, shift: Shift) -> bool:
        """Whether the stop is the team's to visit in that shift: by its wards, and by where it is locked to."""
        return (
            (self.ward_ids is None or stop.ward_id is None or stop.ward_id in self.ward_ids)
            and stop.locked_to in (None, self.id)
            and (stop.locked_shift is None or stop.locked_to is None or stop.locked_shift == shift.number)
        )


def seconds_of(time: dt.time) -> int:
    """Seconds after midnight."""
    return time.hour * 3600 + time.minute * 60 + time.second


def time_of(seconds: int) -> dt.time:
    """The time of day, cut to minutes; what lies after the day is its last minute."""
    minutes = min(max(seconds, 0), DAY - 60) // 60
    return dt.time(minutes // 60, minutes % 60)


def travel_seconds(metres: float, travel: Travel) -> int:
    """How long ``metres`` take."""
    return round(metres * 3.6 / KMH[travel])


def require_teams(teams: Sequence[Team]) -> None:
    """Whether the teams can go out at all.

    Raises
    ------
    Unplannable
        There is none or too many, or one without hours, or with hours that end before they begin or run into each
        other.
    """
    if not teams:
        raise Unplannable("plan.refused.no_team")
    if len(teams) > MOST_TEAMS:
        raise Unplannable("plan.refused.teams", most=MOST_TEAMS)
    for team in teams:
        if not team.shifts:
            raise Unplannable("plan.refused.no_shift", team=team.name)
        ended = 0
        for shift in team.shifts:
            begins, ends = shift.seconds
            if ends <= begins:
                raise Unplannable(
                    "plan.refused.shift", team=team.name, begins=f"{shift.begins:%H:%M}", ends=f"{shift.ends:%H:%M}"
                )
            if begins < ended:
                raise Unplannable("plan.refused.overlap", team=team.name, begins=f"{shift.begins:%H:%M}")
            ended = ends


def require_stops(stops: Collection[Stop]) -> None:
    """Whether there is anywhere to go, and each visit takes between a minute and ``MOST_MINUTES``.

    Raises
    ------
    Unplannable
    """
    if not stops:
        raise Unplannable("plan.refused.no_visit")
    for stop in stops:
        if not 1 <= stop.minutes <= MOST_MINUTES:
            raise Unplannable("plan.refused.minutes", minutes=stop.minutes, most=MOST_MINUTES)
