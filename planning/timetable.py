"""When a team is where: the hours, metres and minutes of one half-day in a given order."""

from collections.abc import Sequence
from dataclasses import dataclass

from planning.distances import DistancesOf, Metres
from planning.places import Shift, Stop, Team, travel_seconds


@dataclass(frozen=True)
class Leg:
    """The way to a stop and the visit there.

    Attributes
    ----------
    arrives, begins, leaves
        Seconds after midnight; between arriving and beginning the team waits for the place to open.
    metres, seconds
        Of the way from the stop before, or from the team's start.
    is_late
        The visit begins too late to end before the place closes.
    """

    stop: int
    arrives: int
    begins: int
    leaves: int
    metres: int
    seconds: int
    is_late: bool


@dataclass(frozen=True)
class Route:
    """A half-day of a team in order. ``back`` is when it is at its start again, in seconds after midnight; ``metres``
    and ``seconds`` (on the way) count the way back, too. ``is_over``: it comes back after its shift has ended.
    """

    team: int
    shift: int
    legs: tuple[Leg, ...]
    metres: int
    seconds: int
    back: int
    is_over: bool

    @property
    def stops(self) -> tuple[int, ...]:
        """Ids of the stops in order."""
        return tuple(leg.stop for leg in self.legs)


def timetable(team: Team, shift: Shift, stops: Sequence[Stop], distances_of: DistancesOf) -> Route:
    """The half-day in the order of ``stops`` (each located), the team leaving as its shift begins.

    An order by hand may be impossible: its visits are then late, or it is over its shift; nothing is left out.
    """
    points = [shift.at or team.start, *(stop.point for stop in stops), team.start]
    return along(team, shift, stops, distances_of(points, team.travel))


def along(team: Team, shift: Shift, stops: Sequence[Stop], metres: Metres) -> Route:
    """As :func:`timetable`; ``metres`` from where the shift begins (0) by the stops in order (1, 2, …) to the team's
    start (last).
    """
    now, ends = shift.seconds
    legs = []
    for place, stop in enumerate(stops):
        way = float(metres[place, place + 1])
        seconds = travel_seconds(way, team.travel)
        opens, latest = stop.window
        arrives = now + seconds
        begins = max(arrives, opens)
        now = begins + stop.minutes * 60
        legs.append(Leg(stop.id, arrives, begins, now, round(way), seconds, is_late=begins > latest))
    home = float(metres[len(stops), len(stops) + 1]) if stops else 0.0
    back = now + travel_seconds(home, team.travel)
    return Route(
        team=team.id,
        shift=shift.number,
        legs=tuple(legs),
        metres=sum(leg.metres for leg in legs) + round(home),
        seconds=sum(leg.seconds for leg in legs) + travel_seconds(home, team.travel),
        back=back,
        is_over=back > ends,
    )
