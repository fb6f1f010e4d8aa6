"""The filters of the page: one meaning for map, table, figures, charts, exports, and for the address bar."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

from data.errors import UnknownFilter
from data.texts.days import read_day
from data.texts.folding import fold
from data.vocabulary import STATUSES

NO_WARD = "none"
POINT_OF_SALE = "point_of_sale"
LOCATED = ("no_point", "no_ward", "outside_ward")
MAX_AREA_CORNERS = 200
MAX_QUERY_LENGTH = 100

_UNSEEN = re.compile(r"[\x00-\x1f\x7f]+")  # PostgreSQL takes no NUL, and nobody types the others
_CODE = re.compile(r"[\w.\-]{1,64}")


@dataclass(frozen=True)
class Filters:
    """What a view shows. An empty set filters nothing; ``venue`` only opens the drawer and filters nothing.

    ``area`` is a ring of (longitude, latitude) in EPSG:4326, not closed; ``wards`` holds ward codes, ``"none"`` for
    venues without a ward; ``categories`` holds category codes, ``"point_of_sale"`` for the group.
    """

    day: dt.date
    statuses: frozenset[str] = frozenset()
    wards: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    query: str = ""
    area: tuple[tuple[float, float], ...] | None = None
    located: str | None = None
    venue: str | None = None

    @classmethod
    def from_query_string(cls, query_string: str, default_day: dt.date) -> Self:
        """Filters of an address such as ``?day=2021-11-15&status=violating,reminded``; other keys are left alone.

        Raises
        ------
        UnknownFilter
            A value that cannot be read; the sentence names it.
        """
        values = {key: value[-1] for key, value in parse_qs(query_string.lstrip("?")).items()}
        return cls(
            day=_day(values.get("day"), default_day),
            statuses=_codes("status", values.get("status"), STATUSES),
            wards=_codes("ward", values.get("ward")),
            categories=_codes("category", values.get("category")),
            query=_UNSEEN.sub(" ", values.get("q", "")).strip()[:MAX_QUERY_LENGTH],
            area=_area(values.get("area")),
            located=_located(values.get("located")),
            venue=next(iter(_codes("venue", values.get("venue"))), None),
        )

    def to_query_string(self, default_day: dt.date | None = None) -> str:
        """The address's query without "?", keys in a fixed order; the day is left out when it is ``default_day``."""
        area = ";".join(f"{lon:.5f},{lat:.5f}" for lon, lat in self.area) if self.area else ""
        pairs = {
            "day": "" if self.day == default_day else self.day.isoformat(),
            "status": ",".join(sorted(self.statuses)),
            "ward": ",".join(sorted(self.wards)),
            "category": ",".join(sorted(self.categories)),
            "q": self.query,
            "area": area,
            "located": self.located or "",
            "venue": self.venue or "",
        }
        return urlencode({key: value for key, value in pairs.items() if value}, safe=",;")

    def without(self, *names: str) -> Self:
        """The same filters with the fields ``names`` as if never set."""
        empty = Filters(self.day)
        return replace(self, **{name: getattr(empty, name) for name in names})


def venues_sql(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The venues that ``filters`` let through and that have a status on ``filters.day``, to be used as a sub-select.

    Returns
    -------
    sql, parameters
        Columns: id, code, name, address, street, category, ward_id, ward_code, ward_name, ward_named, location,
        outside_ward, geom (EPSG:4326), status (text), has_qr, has_scans.
    """
    conditions, parameters = _conditions(filters)
    conditions += ["period.from_day <= %(day)s", "period.to_day >= %(day)s"]
    parameters["day"] = filters.day
    if filters.statuses:
        conditions.append("period.status = ANY(%(statuses)s::venue_status[])")
        parameters["statuses"] = sorted(filters.statuses)
    sql = f"""
        SELECT venue.id, venue.code, venue.name, venue.address, venue.street, venue.category, venue.ward_id,
               ward.code AS ward_code, ward.name AS ward_name, venue.ward_named, venue.location, venue.outside_ward,
               venue.geom, period.status::text AS status, period.has_qr, period.has_scans
        FROM venue
        JOIN status_period AS period ON period.venue_id = venue.id
        JOIN category ON category.code = venue.category
        LEFT JOIN ward ON ward.id = venue.ward_id
        WHERE {" AND ".join(conditions)}"""  # noqa: S608  # conditions are the literals below
    return sql, parameters


def ever_sql(filters: Filters) -> tuple[str, dict[str, Any]] | None:
    """Ids of the venues that ``filters`` let through on any day and in any status: what a series of days is made of.

    Returns
    -------
    sql, parameters, or None when every venue passes. Column: id.
    """
    conditions, parameters = _conditions(filters)
    if not conditions:
        return None
    sql = f"""
        SELECT venue.id
        FROM venue
        JOIN category ON category.code = venue.category
        LEFT JOIN ward ON ward.id = venue.ward_id
        WHERE {" AND ".join(conditions)}"""  # noqa: S608  # conditions are the literals below
    return sql, parameters


def _conditions(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """Conditions on ``venue``, ``category`` and ``ward``: all filters but day and status."""
    conditions: list[str] = []
    parameters: dict[str, Any] = {}

    def add(condition: str, **values: Any) -> None:
        conditions.append(condition)
        parameters.update(values)

    if filters.wards:
        add(
            "(ward.code = ANY(%(wards)s) OR (venue.ward_id IS NULL AND %(no_ward)s))",
            wards=sorted(filters.wards),
            no_ward=NO_WARD in filters.wards,
        )
    if filters.categories:
        add(
            "(venue.category = ANY(%(categories)s) OR (category.is_point_of_sale AND %(any_point_of_sale)s))",
            categories=sorted(filters.categories),
            any_point_of_sale=POINT_OF_SALE in filters.categories,
        )
    for number, word in enumerate(fold(filters.query).split()):
        add(f"venue.search_text LIKE %(word_{number})s", **{f"word_{number}": f"%{_escape_like(word)}%"})
    if filters.area:
        add(
            "venue.geom && ST_GeomFromText(%(area)s, 4326)"
            " AND ST_Intersects(venue.geom, ST_GeomFromText(%(area)s, 4326))",
            area=_polygon_text(filters.area),
        )
    if filters.located:
        add(
            {
                "no_point": "venue.geom IS NULL",
                "no_ward": "venue.ward_id IS NULL",
                "outside_ward": "venue.outside_ward",
            }[filters.located]
        )
    return conditions, parameters


def _escape_like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _polygon_text(area: Iterable[tuple[float, float]]) -> str:
    ring = [f"{lon:.6f} {lat:.6f}" for lon, lat in area]
    return f"POLYGON(({', '.join([*ring, ring[0]])}))"


def _day(value: str | None, default: dt.date) -> dt.date:
    return read_day(value, lambda text: UnknownFilter("error.filter.day", value=text[:64])) if value else default


def _codes(key: str, value: str | None, allowed: tuple[str, ...] | None = None) -> frozenset[str]:
    codes = frozenset(part for part in (value or "").split(",") if part)
    unknown = [code for code in codes if not _CODE.fullmatch(code) or (allowed and code not in allowed)]
    if unknown:
        raise UnknownFilter("error.filter.value", name=key, value=sorted(unknown)[0][:64])
    return codes


def _located(value: str | None) -> str | None:
    if value and value not in LOCATED:
        raise UnknownFilter("error.filter.value", name="located", value=value[:64])
    return value or None


def _area(value: str | None) -> tuple[tuple[float, float], ...] | None:
    if not value:
        return None
    try:
        ring = tuple((float(lon), float(lat)) for lon, lat in (corner.split(",") for corner in value.split(";")))
    except ValueError:
        ring = ()
    inside = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
    if not 3 <= len(ring) <= MAX_AREA_CORNERS or not inside:
        raise UnknownFilter("error.filter.area")
    return ring
