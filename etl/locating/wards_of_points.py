"""Which ward a venue belongs to: the one its source names; a point well outside it is flagged, the venue not moved."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.database.connection import Connection
from etl.locating.districts import NO_WARD, District
from etl.values.ward_names import ward_key


@dataclass(frozen=True)
class Placed:
    """For each venue: ward id (0: none), whether its point lies well outside the ward named, and how that came."""

    ward: np.ndarray
    outside: np.ndarray
    by_point: np.ndarray
    unmatched: np.ndarray


def place(conn: Connection, wards: District, given: pd.Series, lon: np.ndarray, lat: np.ndarray) -> Placed:
    """Place venues in the wards in force.

    Parameters
    ----------
    given
        Ward as the source names it, by name or code; missing where it names none.
    lon, lat
        Points in degrees (EPSG:4326), NaN where there is none. They decide where no ward is named, and where only
        another division of the district knows the name.
    """
    named = wards.named(given)
    elsewhere = _names_of_other_vintages(conn, wards)
    outdated = given.isin([name for name in given.dropna().unique() if ward_key(name) in elsewhere]).to_numpy()
    missing = given.isna().to_numpy()
    by_point = (missing | outdated) & (named == NO_WARD)
    ward = np.where(by_point, wards.at(np.where(by_point, lon, np.nan), lat), named)
    outside = wards.well_outside(lon, lat, named)
    return Placed(ward, outside, by_point & (ward != NO_WARD), ~missing & (ward == NO_WARD))


def _names_of_other_vintages(conn: Connection, wards: District) -> set[str]:
    rows = conn.execute("SELECT DISTINCT name FROM ward WHERE vintage <> %s", (wards.vintage,))
    return {ward_key(row["name"]) for row in rows}
