"""How far it is between the stops of plans: along the streets where a network is loaded, else by straight lines."""

from collections.abc import Sequence

from data.database.connection import Connection
from data.queries.street_network import travel_matrix
from data.reference.travel import Travel
from planning.distances import DistancesOf, Metres, part, straight
from planning.places import Point


def by_streets(conn: Connection) -> DistancesOf:
    """Distances by ``conn``, each asked for once: what was found for many points serves for some of them, too."""
    known: dict[Travel, tuple[dict[Point, int], Metres]] = {}

    def distances_of(points: Sequence[Point], travel: Travel) -> Metres:
        rows, metres = known.get(travel, ({}, straight([], travel)))
        if not rows.keys() >= set(points):
            rows = {point: row for row, point in enumerate(dict.fromkeys(points))}
            found = travel_matrix(conn, list(rows), travel)
            metres = found.metres if found else straight(list(rows), travel)
            known[travel] = rows, metres
        return part(metres, [rows[point] for point in points])

    return distances_of
