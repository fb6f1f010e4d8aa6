"""How well venues are located by their addresses: points are hidden, located again, and compared.

The demonstration's addresses were made along the real streets with numbers that grow evenly, so this flatters the
result: it is an upper bound for a real register, and what it can show is that the classes mean what they say.
"""

import psycopg
from psycopg.rows import dict_row

from data.database.connection import Connection
from etl.locating import relocate
from tests.benchmarks.results import Result, seconds_of

HIDDEN_OF_100 = (20, 80)
QUANTILES = (0.5, 0.9, 0.99)
_HIDE = """
    CREATE TEMP TABLE hidden ON COMMIT DROP AS
    SELECT id, geom FROM venue
    WHERE location = 'given' AND NOT outside_ward AND ward_id IS NOT NULL AND mod(abs(hashint4(id)), 100) < %s
"""
_COMPARED = """
    SELECT v.location, count(*) AS venues,
           percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY ST_Distance(v.geom::geography, h.geom::geography))
               FILTER (WHERE v.geom IS NOT NULL) AS metres
    FROM hidden AS h JOIN venue AS v USING (id)
    GROUP BY v.location ORDER BY array_position('{exact,interpolated,street,ward,none}', v.location)
"""


def measure(venues: int, url: str) -> list[Result]:
    """Metres off by class, and how long locating took, for two shares of venues without coordinates."""
    results = []
    with psycopg.connect(url, row_factory=dict_row) as conn:
        for share in HIDDEN_OF_100:
            results += _measure(conn, venues, share)
            conn.rollback()
    return results


def _measure(conn: Connection, venues: int, share: int) -> list[Result]:
    conn.execute(_HIDE, (share,))
    conn.execute("UPDATE venue AS v SET geom = NULL, location = 'none' FROM hidden AS h WHERE h.id = v.id")
    seconds = seconds_of(lambda: relocate(conn))
    rows = conn.execute(_COMPARED, (list(QUANTILES),)).fetchall()
    hidden = sum(row["venues"] for row in rows)
    results = [Result(venues, f"{hidden:,} venues without coordinates located", seconds, "s")]
    for row in rows:
        of_class = f"{share} % without coordinates: {row['location']}"
        results.append(Result(venues, f"{of_class}, share of them", row["venues"] / hidden * 100, "%"))
        for quantile, metres in zip(QUANTILES, row["metres"] or (), strict=False):
            results.append(Result(venues, f"{of_class}, {quantile:.0%} at most so far off", metres, "m"))
    return results
