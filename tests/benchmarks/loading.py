"""Load of venues with all checks, side by side with a bare binary COPY and GeoPandas' to_postgis of the same rows."""

from typing import Any

import geopandas as gpd
import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import create_engine

from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import Connection
from data.settings import get_settings
from etl.loading.kinds import KINDS
from etl.loading.load import Options, load
from etl.validation.read import read
from etl.validation.table import Source
from tests.benchmarks import districts
from tests.benchmarks.districts import District
from tests.benchmarks.results import Result, at_least, median, seconds_of

RUNS = 3
WRITTEN = ("venue", "venue_contact", "venue_opening", "status_period")

GOAL_COPY = 0.4
GOAL_TO_POSTGIS = 2.0


def measure(district: District, cluster: Cluster, template: str, environment: Any) -> list[Result]:
    """Medians of RUNS; each run loads into a database of its own, new from the migrations.

    Compared is what begins with rows in memory: our load from the file as read, the COPY from its binary rows, and
    to_postgis from a GeoDataFrame. The reading of the files is reported apart.
    """
    sources: list[Source] = []
    reading = seconds_of(lambda: sources.extend(_registers(district)))
    rows = sum(source.rows_read for source in sources)
    ours, copy, into_tables, to_postgis = [], [], [], []
    for number in range(RUNS):
        name = f"bench_load_{district.venues}_{number}"
        cluster.create_database(name, template)
        environment.setenv("DATABASE_URL", cluster.url(OWNER, name))
        environment.setenv("APP_DATABASE_URL", cluster.url(READER, name))
        get_settings.cache_clear()
        ours.append(seconds_of(lambda: [load(source, Options(), lambda _step, _text: None) for source in sources]))
        copy.append(_copy_seconds(cluster.url(OWNER, name)))
        into_tables.append(_copy_into_tables_seconds(cluster, template, name))
        to_postgis.append(_to_postgis_seconds(cluster.url(OWNER, name)))
        cluster.drop_database(name)
    venues = district.venues
    return [
        Result(venues, "register read and recognised", rows / reading, "rows/s"),
        Result(venues, "load of venues, all checks", rows / median(ours), "rows/s"),
        Result(venues, "bare binary COPY", rows / median(copy), "rows/s"),
        Result(venues, "binary COPY into our tables, keys and indexes kept", rows / median(into_tables), "rows/s"),
        Result(venues, "GeoPandas to_postgis", rows / median(to_postgis), "rows/s"),
        at_least(venues, "load / COPY", median(copy) / median(ours), GOAL_COPY),
        Result(venues, "load / COPY into our tables", median(into_tables) / median(ours), "x"),
        at_least(venues, "load / to_postgis", median(to_postgis) / median(ours), GOAL_TO_POSTGIS),
    ]


def _registers(district: District) -> list[Source]:
    """The files of the register, as read; told from the others by their content alone."""
    files = [read(file) for file in districts.sources(district.files)]
    return [source for source in files if source.kind == "venues" and source.kind in KINDS]


def _copy_seconds(url: str) -> float:
    """COPY of the venues' binary rows into a table of the same columns without indexes or constraints."""
    with psycopg.connect(url) as conn:
        rows = _rows_of(conn, "venue")
        conn.execute("CREATE TABLE bare (LIKE venue)")
        return seconds_of(lambda: _copy_in(conn, {"bare": rows}))


def _copy_into_tables_seconds(cluster: Cluster, template: str, loaded: str) -> float:
    """COPY of what our load wrote into the same tables of an empty database: what keys and indexes alone cost."""
    name = f"{loaded}_copied"
    cluster.create_database(name, template)
    with psycopg.connect(cluster.url(OWNER, loaded)) as source, psycopg.connect(cluster.url(OWNER, name)) as conn:
        tables = {table: _rows_of(source, table) for table in WRITTEN}
        conn.execute("TRUNCATE load CASCADE")
        _copy_in(conn, {"load": _rows_of(source, "load"), "ward": _rows_of(source, "ward")})
        seconds = seconds_of(lambda: _copy_in(conn, tables))
    cluster.drop_database(name)
    return seconds


def _rows_of(conn: Connection, table: str) -> bytes:
    with (
        conn.cursor() as cursor,
        cursor.copy(SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))) as out,
    ):
        return b"".join(bytes(part) for part in out)


def _copy_in(conn: Connection, tables: dict[str, bytes]) -> None:
    for table, content in tables.items():
        query = SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(table))
        with conn.cursor() as cursor, cursor.copy(query) as into:
            into.write(content)
    conn.commit()


def _to_postgis_seconds(url: str) -> float:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    columns = "code, name, address, street, search_text, category, ward_id, ward_named, location, outside_ward, geom"
    frame = gpd.read_postgis(f"SELECT {columns} FROM venue", engine, geom_col="geom")  # noqa: S608
    seconds = seconds_of(lambda: frame.to_postgis("by_geopandas", engine, index=False, chunksize=50_000))
    engine.dispose()
    return seconds
