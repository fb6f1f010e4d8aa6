"""How many venues, in each status, with a QR, with scans: one count that every figure of the page is summed from.

A *cube* holds the venues of one day, counted by ward, category, status and how well they are located, before the
filters on just these are applied. So one question to the database answers the figures, the legend (which ignores the
filter on status, as the list of wards ignores that on wards, ...), the colours of the wards and what has no place on
the map, and all of them add up to the same total.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from data.access.caller import current_scope
from data.database.connection import Connection
from data.queries.filters import NO_WARD, POINT_OF_SALE, Filters, venues_sql
from data.queries.remembered import Remembered
from data.vocabulary import COMPLIANT

WEEK = dt.timedelta(days=7)

_CUBE = """
    SELECT COALESCE(m.ward_code, %(none)s) AS ward, m.category, m.status,
           m.geom IS NOT NULL AS has_point, m.outside_ward,
           count(*) AS venues,
           count(*) FILTER (WHERE m.has_qr) AS with_qr,
           count(*) FILTER (WHERE m.has_scans) AS with_scans
    FROM ({venues}) AS m
    GROUP BY 1, 2, 3, 4, 5
"""

LOCATION_FILTERS = ("no_ward", "no_point", "outside_ward")
MOST_CELLS = 200_000
"""Kept by a process: some 40 MB, enough for each ward's cubes of several days beside the district's."""
CELLS_OF_A_KEY = 20
"""What a cube weighs besides its cells: a search that finds nothing has none, and is kept, too."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Venues that share ward (code or "none"), category, status and location; how many have a QR, how many scans."""

    ward: str
    category: str
    status: str
    has_point: bool
    outside_ward: bool
    venues: int
    with_qr: int
    with_scans: int

    def is_located_as(self, located: str) -> bool:
        """Whether the cell's venues are what the filter ``located`` asks for."""
        return {
            "no_point": not self.has_point,
            "no_ward": self.ward == NO_WARD,
            "outside_ward": self.outside_ward,
        }[located]


@dataclass(frozen=True)
class Totals:
    """Figures of one day: venues in all, with a QR, with scans in the window, without a point, and by status."""

    venues: int
    with_qr: int
    with_scans: int
    no_point: int
    by_status: Counter[str]

    @property
    def compliant(self) -> int:
        """Venues that comply."""
        return sum(self.by_status[status] for status in COMPLIANT)


@dataclass(frozen=True)
class Figures:
    """Totals of ``day`` and of a week before; ``before`` is None when nothing is known of that day."""

    day: dt.date
    now: Totals
    week_before: dt.date
    before: Totals | None


@dataclass(frozen=True)
class Cube:
    """The cells of one day, and which categories are points of sale."""

    cells: tuple[Cell, ...]
    points_of_sale: frozenset[str]

    def select(self, filters: Filters, ignoring: str = "") -> list[Cell]:
        """Cells that the filters on status, ward, category and location let through, but for the one ignored.

        ``ignoring`` is a field of :class:`Filters`: "statuses", "wards", "categories" or "located".
        """
        asked = filters.without(ignoring) if ignoring else filters
        categories = asked.categories | (self.points_of_sale if POINT_OF_SALE in asked.categories else frozenset())
        return [
            cell
            for cell in self.cells
            if (not asked.statuses or cell.status in asked.statuses)
            and (not asked.wards or cell.ward in asked.wards)
            and (not categories or cell.category in categories)
            and (not asked.located or cell.is_located_as(asked.located))
        ]


class CubeMemory:
    """The newest cubes of this process. A cube holds for one version of the data, so none is ever out of date.

    Choosing statuses, wards or categories asks the database nothing. What the caller may see is part of the key: each
    ward has cubes of its own, so that what is bounded is the number of cells, of which a ward has few.
    """

    def __init__(self, most_cells: int = MOST_CELLS) -> None:
        self._cubes = Remembered[Cube](most_cells, lambda cube: CELLS_OF_A_KEY + len(cube.cells))

    def cube(self, conn: Connection, filters: Filters, version: int) -> Cube:
        """The cube of ``filters`` (see :func:`cube`); ``version`` is ``clock.version`` as ``conn`` sees it.

        Raises
        ------
        data.queries.remembered.BeingMade
            Somebody else has it counted: ``conn`` is to be given back before they are waited for.
        """
        database = conn.info.dsn, conn.info.dbname
        key = (database, current_scope(), version, filters.day, filters.query, filters.area)
        return self._cubes.get_or_tell(key, lambda: cube(conn, filters))


def cube(conn: Connection, filters: Filters) -> Cube:
    """Count the venues of ``filters.day`` that the search and the area let through.

    Parameters
    ----------
    conn : connection with rows as dicts
    filters : day, query and area are asked of the database; the rest is left to :meth:`Cube.select`
    """
    venues, parameters = venues_sql(filters.without("statuses", "wards", "categories", "located"))
    rows = conn.execute(_CUBE.format(venues=venues), parameters | {"none": NO_WARD}).fetchall()
    groups = conn.execute("SELECT code FROM category WHERE is_point_of_sale").fetchall()
    return Cube(tuple(Cell(**row) for row in rows), frozenset(row["code"] for row in groups))


def totals(cells: Iterable[Cell]) -> Totals:
    """The sums over ``cells``."""
    by_status: Counter[str] = Counter()
    venues = with_qr = with_scans = no_point = 0
    for cell in cells:
        by_status[cell.status] += cell.venues
        venues += cell.venues
        with_qr += cell.with_qr
        with_scans += cell.with_scans
        no_point += 0 if cell.has_point else cell.venues
    return Totals(venues, with_qr, with_scans, no_point, by_status)


def figures(filters: Filters, now: Cube, before: Cube | None) -> Figures:
    """Figures of ``filters`` beside those of a week before.

    Parameters
    ----------
    now, before : the cubes of ``filters.day`` and of a week before; None: nothing is known of that day
    """
    return Figures(
        filters.day,
        totals(now.select(filters)),
        filters.day - WEEK,
        None if before is None else totals(before.select(filters)),
    )


def week_before(filters: Filters, first_day: dt.date | None) -> Filters | None:
    """The same filters a week before; None when that lies before ``first_day``, the first day that is known."""
    earlier = filters.day - WEEK
    return None if first_day is None or earlier < first_day else replace(filters, day=earlier)


def count_by(cells: Iterable[Cell], field: str) -> Counter[str]:
    """Venues by "ward", "category" or "status"."""
    counts: Counter[str] = Counter()
    for cell in cells:
        counts[getattr(cell, field)] += cell.venues
    return counts


def location_counts(cube_now: Cube, filters: Filters) -> dict[str, int]:
    """How many venues each value of the filter ``located`` would leave, under all other filters."""
    cells = cube_now.select(filters, ignoring="located")
    return {name: sum(cell.venues for cell in cells if cell.is_located_as(name)) for name in LOCATION_FILTERS}


def ward_figures(cube_now: Cube, filters: Filters) -> dict[str, dict[str, int]]:
    """What colours the wards: total, compliant and violating venues by ward code.

    The filters on ward and status are ignored: a share among the venues of one status would say nothing.
    """
    by_ward: dict[str, dict[str, int]] = {}
    for cell in cube_now.select(filters.without("statuses"), ignoring="wards"):
        ward = by_ward.setdefault(cell.ward, {"total": 0, "compliant": 0, "violating": 0})
        ward["total"] += cell.venues
        ward["compliant"] += cell.venues if cell.status in COMPLIANT else 0
        ward["violating"] += cell.venues if cell.status == "violating" else 0
    return by_ward


def without_point(cube_now: Cube, filters: Filters) -> dict[str, int]:
    """Venues by ward code that all filters let through and that have no point: they are counted in their ward.

    With those without a ward and without a point, and those drawn, they are all venues of the table.
    """
    cells = [cell for cell in cube_now.select(filters) if not cell.has_point and cell.ward != NO_WARD]
    return dict(count_by(cells, "ward"))
