"""The visits that an order is scored on, as columns of numbers: what was found, where, and on which working day."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Point = tuple[float, float]
Sort = Literal["household", "enterprise"]

NO_SIGN = -1_000_000
"""Stands for the working day of a sign that nobody knew: earlier than any day."""
EARTH_KM = 6371.0088
_BEGINNING = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class Outcome:
    """What one visit found. ``since``: first day of the sign of violation, None where none was known before."""

    venue: str
    day: dt.date
    ward: str
    sort: Sort
    lon: float
    lat: float
    since: dt.date | None
    found: bool
    reminders: int | None = None
    inspector: str | None = None


@dataclass(frozen=True)
class Visits:
    """Outcomes as columns, a row a venue, by code; a day is the number of working days before it."""

    venues: tuple[str, ...]
    day: Integers
    since: Integers
    found: Booleans
    ward: Integers
    wards: tuple[str, ...]
    household: Booleans
    place: Floats
    """Kilometres east and north of where every tour begins and ends."""
    reminders: Integers | None
    inspector: Integers

    def __len__(self) -> int:
        return len(self.venues)

    def part(self, rows: Integers) -> "Visits":
        """The same of these rows alone."""
        return Visits(
            tuple(self.venues[row] for row in rows),
            self.day[rows],
            self.since[rows],
            self.found[rows],
            self.ward[rows],
            self.wards,
            self.household[rows],
            self.place[rows],
            None if self.reminders is None else self.reminders[rows],
            self.inspector[rows],
        )


class WorkingDays:
    """Days without Saturdays, Sundays and ``holidays``, counted."""

    def __init__(self, holidays: Iterable[dt.date] = ()) -> None:
        self._calendar = np.busdaycalendar(holidays=[np.datetime64(day) for day in holidays])

    def has(self, day: dt.date) -> bool:
        """Is it a working day?"""
        return bool(np.is_busday(np.datetime64(day), busdaycal=self._calendar))

    def number(self, day: dt.date) -> int:
        """How many working days since 1970 lie before ``day``: a Sunday has the number of the working day after it."""
        return int(np.busday_count(np.datetime64(_BEGINNING), np.datetime64(day), busdaycal=self._calendar))


def visits_of(outcomes: Sequence[Outcome], calendar: WorkingDays, start: Point | None = None) -> Visits:
    """The columns of ``outcomes``, whose days are working days and whose venues differ.

    ``start`` (longitude, latitude) is where tours begin and end; None: the middle of the venues.
    """
    rows = sorted(outcomes, key=lambda one: one.venue)
    wards = tuple(sorted({one.ward for one in rows}))
    inspectors = sorted({one.inspector or "" for one in rows})
    points = np.array([(one.lon, one.lat) for one in rows], dtype=float).reshape(-1, 2)
    counted = all(one.reminders is not None for one in rows)
    return Visits(
        venues=tuple(one.venue for one in rows),
        day=_integers(calendar.number(one.day) for one in rows),
        since=_integers(NO_SIGN if one.since is None else calendar.number(one.since) for one in rows),
        found=np.array([one.found for one in rows], dtype=bool),
        ward=_integers(wards.index(one.ward) for one in rows),
        wards=wards,
        household=np.array([one.sort == "household" for one in rows], dtype=bool),
        place=_kilometres(points, start),
        reminders=_integers(one.reminders for one in rows) if counted else None,
        inspector=_integers(inspectors.index(one.inspector or "") for one in rows),
    )


def _kilometres(points: Floats, start: Point | None) -> Floats:
    """On a plane that touches the earth at the start; within a district it is off by less than a thousandth."""
    origin = points.mean(axis=0) if start is None else np.array(start)
    scale = np.array([np.cos(np.radians(origin[1])), 1.0])
    kilometres: Floats = np.radians(points - origin) * scale * EARTH_KM
    return kilometres


def _integers(values: Iterable[Any]) -> Integers:
    return np.array(list(values), dtype=np.int64)
