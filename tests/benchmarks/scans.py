"""A million rows of scans from a file into a district, with all checks, against a bare COPY of the same rows."""

import datetime as dt
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from data.cluster.server import OWNER, READER, Cluster
from data.database.connection import Connection
from data.project import ROOT
from tests.benchmarks.districts import District
from tests.benchmarks.results import Result, at_least, at_most, median, seconds_of
from tests.fixtures import run

RUNS = 5
ROWS = 1_000_000
DAYS = 40
GOAL_COPY = 0.4
GOAL_MIB = 1024
FIRST = dt.date(2021, 10, 1)


def measure(district: District, cluster: Cluster) -> list[Result]:
    """Medians of RUNS, each into a copy of the district without its scans. The file is read by a process of its own, as
    a clerk's is, so that its memory is its own; its start (imports) is taken off.
    """
    venues = district.venues
    name = f"bench_scans_{venues}"
    ours = []
    copies: dict[str, list[float]] = {"binary": [], "csv": [], "kept": []}
    start = median(seconds_of(lambda: _command("status", f"bench_{venues}", cluster)) for _ in range(RUNS))
    for _ in range(RUNS):
        cluster.create_database(name, f"bench_{venues}")
        with psycopg.connect(cluster.url(OWNER, name)) as conn:
            file, rows = _prepare(conn)
        ours.append(seconds_of(partial(_command, "load", name, cluster, str(file))) - start)
        with psycopg.connect(cluster.url(OWNER, name)) as conn:
            copies["csv"].append(_copy_of_the_file(conn, file))
            for kept in (False, True):
                copies["kept" if kept else "binary"].append(_copy_of_the_rows(conn, kept=kept))
        cluster.drop_database(name)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    load, binary, text, kept = (median(seconds) for seconds in (ours, copies["binary"], copies["csv"], copies["kept"]))
    return [
        Result(venues, "scans: rows of the file", rows, "rows"),
        Result(venues, "scans: load from the file, all checks and statuses", load, "s"),
        Result(venues, "scans: bare COPY of the rows, binary", binary, "s"),
        Result(venues, "scans: bare COPY of the file, CSV", text, "s"),
        Result(venues, "scans: COPY of the rows, binary, into our table with its keys", kept, "s"),
        at_least(venues, "scans: load / bare COPY, binary", binary / load, GOAL_COPY),
        at_least(venues, "scans: load / bare COPY, CSV", text / load, GOAL_COPY),
        Result(venues, "scans: load / COPY into our table", kept / load, "x"),
        at_most(venues, "scans: largest memory of the loader so far", memory, "MiB", GOAL_MIB),
    ]


def _prepare(conn: Connection) -> tuple[Path, int]:
    """Take the district's scans out of a copy, and write the file of a million others."""
    conn.execute("TRUNCATE scan_count, scan_day, scan_reach")
    conn.execute("DELETE FROM load WHERE kind = 'scans'")
    codes = [row[0] for row in conn.execute("SELECT code FROM venue ORDER BY md5(code) LIMIT %s", (ROWS // DAYS,))]
    days = [f"{FIRST + dt.timedelta(days=number):%d/%m/%Y}" for number in range(DAYS)]
    file = run.files() / "scans_of_a_million.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("Mã địa điểm,Ngày,Số lượt quét\n")
        for number, day in enumerate(days):
            out.writelines(f"{code},{day},{(place * 7 + number * 13) % 60}\n" for place, code in enumerate(codes))
    return file, len(codes) * DAYS


def _command(command: str, name: str, cluster: Cluster, *arguments: str) -> None:
    urls = {"DATABASE_URL": cluster.url(OWNER, name), "APP_DATABASE_URL": cluster.url(READER, name)}
    subprocess.run(
        [sys.executable, "-m", "etl", command, *arguments],
        cwd=ROOT,
        env=os.environ | urls,
        capture_output=True,
        check=True,
    )


def _copy_of_the_file(conn: Connection, file: Path) -> float:
    """COPY of the clerk's file as it is into a table of its three columns without key or index."""
    conn.execute("SET datestyle = 'ISO, DMY'")
    conn.execute("CREATE TABLE bare (code text, day date, scans integer)")
    seconds = _copy_seconds(conn, SQL("COPY bare FROM STDIN (FORMAT csv, HEADER)"), file.read_bytes())
    conn.execute("DROP TABLE bare")
    conn.commit()
    return seconds


def _copy_of_the_rows(conn: Connection, *, kept: bool) -> float:
    """COPY of the rows that our load wrote into a table of the same columns without key or index, or (``kept``) back
    into our own with its key, indexes and triggers.
    """
    with conn.cursor() as cursor, cursor.copy("COPY scan_count TO STDOUT (FORMAT binary)") as out:
        rows = b"".join(bytes(part) for part in out)
    conn.execute("TRUNCATE scan_count" if kept else "CREATE TABLE bare (LIKE scan_count)")
    conn.commit()
    table = Identifier("scan_count" if kept else "bare")
    seconds = _copy_seconds(conn, SQL("COPY {} FROM STDIN (FORMAT binary)").format(table), rows)
    conn.execute("DROP TABLE IF EXISTS bare")
    conn.commit()
    return seconds


def _copy_seconds(conn: Connection, command: Composed | SQL, data: bytes) -> float:
    def into() -> None:
        with conn.cursor() as cursor, cursor.copy(command) as copy:
            copy.write(data)
        conn.commit()

    return seconds_of(into)
