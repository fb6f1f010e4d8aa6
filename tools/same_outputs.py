"""Do two checkouts make the same of the demonstration? ``tools/README.md`` says how to ask.

``capture OUT`` runs the checkout of the current folder: it loads the demonstration and the tests' awkward files into
databases of its own and writes all that comes out as files under OUT. ``compare A B`` says where two such folders
differ; exit 1 where they do.

Only command lines, routes and helpers under ``tests/`` are used: it runs in every checkout, wherever its modules lie.
"""

import argparse
import csv
import datetime as dt
import hashlib
import importlib
import io
import itertools
import json
import os
import pkgutil
import re
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.sql import SQL, Identifier

PASSING = {"mention.phone_hash": "hashed with a salt that is drawn by chance for each database"}
"""Columns that another run of the same code fills otherwise, and why."""

TABLES = """
    SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum),
           array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (i.indkey))
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relname <> 'spatial_ref_sys'
    GROUP BY 1, 2 ORDER BY 1, 2"""
UNDONE = "31"
"""Load of scans among the awkward files that later loads wrote over."""

DAYS = ("2021-11-30", "2021-10-20")
ZOOMS = range(10, 17)
ROLES = ("culture_office", "ward_chair")
"""The first sees the whole district, the second one ward."""
ADDRESSES = {
    "district": "",
    "past": f"?day={DAYS[1]}",
    "english": "?lang=en&status=reminded,violating&category=point_of_sale",
    "text": "?q=pho&located=outside_ward",
    "ward": "?ward={ward}",
    "venue": f"?day={DAYS[0]}",
}
OFFICES = ("/quality/", "/review/", "/imports/")
ACTING = ("move-answer", "imports-changed")
"""Callbacks that write what they set are not asked: the next answers would be others."""
TILES = {
    "venues": "venues?day={day}",
    "venues-status": "venues?day={day}&status=violating,reminded",
    "venues-ward": "venues?day={day}&ward={ward}&category=point_of_sale&q=qu%C3%A1n",
    "wards": "wards?day={day}",
}
LISTED = ("pdf", "docx", "xlsx", "csv", "html")
SHOWN = 3
"""Lines of each side that ``compare`` prints of a file."""


def main() -> int:
    """Run one command; 0: captured, or the same; 1: different."""
    parser = argparse.ArgumentParser(prog="same_outputs")
    commands = parser.add_subparsers(dest="command", required=True)
    capturing = commands.add_parser("capture", help="write what the checkout of the current folder makes")
    capturing.add_argument("out", type=Path)
    capturing.add_argument("--venues", type=int, default=30_000)
    capturing.add_argument("--days", type=int, default=60)
    comparing = commands.add_parser("compare", help="say where two captures differ")
    comparing.add_argument("one", type=Path)
    comparing.add_argument("other", type=Path)
    options = parser.parse_args()
    if options.command == "compare":
        return 1 if compare(options.one, options.other) else 0
    capture(options.out, options.venues, options.days)
    return 0


def capture(out: Path, venues: int, days: int) -> None:
    """Write every output of the checkout in the current folder under ``out``, which does not exist yet."""
    sys.path.insert(0, str(Path.cwd()))
    out.mkdir(parents=True)
    run = _tests("fixtures.run")
    run.begin(in_memory=True)
    try:
        cluster = run.cluster()
        cluster.start()
        with tempfile.TemporaryDirectory() as folder:
            demo, awkward = Path(folder, "demo"), Path(folder, "awkward")
            _load(cluster, _awkward_files(awkward), awkward, out)
            _write(out / "loads" / "undone.txt", _module("etl", "undo", UNDONE, "--yes"))
            _dump(cluster.url("qr_superuser", "awkward"), out / "database" / "undone")
            _module("etl", "demo", "--venues", str(venues), "--days", str(days), "--out", str(demo))
            sources = _files(demo)
            _write(out / "demo.txt", "".join(f"{_digest(file.read_bytes())} {file.name}\n" for file in sources))
            _load(cluster, sources, demo, out)
        with psycopg.connect(os.environ["DATABASE_URL"]) as conn:
            venue, ward, ward_id = _place(conn)
            for role in ROLES:
                wards = [] if role == ROLES[0] else [ward_id]
                _tests("fixtures.accounts").sign_in(conn, role, role, wards=wards)
        _command_lines(out, venue)
        server = importlib.import_module("app").server
        for role in ROLES:
            _say(f"page: {role}")
            client = _tests("fixtures.accounts").client(server, role)
            _callbacks(client, out / "callbacks" / role, venue, ward)
            _tiles(client, out / "tiles" / role, ward)
            _exports(client, out / "exports" / role, venue, ward, _offered(out / "callbacks" / ROLES[0]))
    finally:
        run.end()


# --- Loads ------------------------------------------------------------------------------------------------------------


def _load(cluster: Any, sources: list[Path], folder: Path, out: Path) -> None:
    """The files in a database, named in the environment from here on: reports, rejected rows, all rows."""
    name = folder.name
    _say(f"{name}: load of {len(sources)} files")
    cluster.create_database(name)
    os.environ["DATABASE_URL"], os.environ["APP_DATABASE_URL"] = (
        cluster.url(who, name) for who in ("qr_owner", "qr_app")
    )
    _module("data", "migrate")
    reports = [_module("etl", "load", *map(str, sources)), _module("etl", "status"), _module("data", "check")]
    _write(out / "loads" / f"{name}.txt", "\n".join(reports).replace(str(folder), name))
    for rejects in sorted(folder.rglob("*.loi.xlsx")):
        _write_parts(out / "rejects" / name / rejects.relative_to(folder), rejects.read_bytes())
    _dump(cluster.url("qr_superuser", name), out / "database" / name)


def _awkward_files(folder: Path) -> list[Path]:
    """The tests' awkward files, each in a folder of its own, after the register that they speak of."""
    package = _tests("etl.awkward")
    cases = [
        case
        for module in pkgutil.iter_modules(package.__path__)
        if not module.name.startswith("test_")
        for case in getattr(_tests(f"etl.awkward.{module.name}"), "CASES", ())
    ]
    codes = (*_tests("etl.awkward.case").REGISTER, "0100", "0101")
    venues = [(code, f"Quán {code}", "Số 1 phố Trần Phú", "Mộ Lao", "Quán ăn", "105.784", "20.982") for code in codes]
    folder.mkdir()
    files = [_tests("etl.loading.files").register(folder / "so dia diem.csv", *venues)]
    for case in cases:
        own = folder / case.name.replace(" ", "_")
        own.mkdir()
        files.append(case.make(own))
    return files


def _dump(url: str, out: Path) -> None:
    """A CSV of each table in the order of its key, without what passes."""
    with psycopg.connect(url) as conn:
        for schema, table, columns, key in conn.execute(TABLES).fetchall():
            kept = [column for column in columns if f"{table}.{column}" not in PASSING]
            lists = [SQL(", ").join(map(Identifier, names)) for names in (kept, key or kept)]
            query = SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT csv, HEADER)")
            with conn.cursor().copy(query.format(lists[0], Identifier(schema, table), lists[1])) as rows:
                _write(out / f"{table}.csv", b"".join(map(bytes, rows)).decode())


# --- Figures, documents, the page -------------------------------------------------------------------------------------


def _place(conn: psycopg.Connection[Any]) -> tuple[str, str, int]:
    """A venue that is not scanned though it has a QR: its code, its ward's code and number."""
    found = conn.execute(
        """
        SELECT v.code, w.code, w.id FROM venue AS v JOIN ward AS w ON w.id = v.ward_id
        JOIN registration AS r ON r.venue_id = v.id
        WHERE r.qr_content <> '' AND r.ended_on IS NULL AND v.status <> 'scanning' AND v.geom IS NOT NULL
        ORDER BY v.code LIMIT 1
        """
    ).fetchone()
    if found is None:
        raise SystemExit("the demonstration is too small: every venue with a QR is scanned")
    return found


def _command_lines(out: Path, venue: str) -> None:
    """Figures of the days, and every document in every format."""
    _say("figures and documents of the command line")
    wanted = [("violators", ("--as-of", day), day, kind) for day in DAYS for kind in LISTED]
    wanted += [("poster", ("--venue", venue), venue, kind) for kind in ("pdf", "svg")]
    for day in DAYS:
        _write(out / "figures" / f"wards-{day}.csv", _module("data", "status", "--as-of", day))
        _write(out / "figures" / f"venues-{day}.csv", _module("data", "status", "--as-of", day, "--venues"))
    with tempfile.TemporaryDirectory() as folder:
        for document, arguments, name, kind in wanted:
            made = Path(folder, f"{document}-{name}.{kind}")
            _module("documents", document, *arguments, "--format", kind, "--out", str(made))
            _write_parts(out / "documents" / made.name, made.read_bytes())


def _callbacks(client: Any, out: Path, venue: str, ward: str) -> None:
    """What the map's page answers to some addresses, and the office's screens to the first."""
    for name, address in ADDRESSES.items():
        search, level = address.format(ward=ward), name if name in ("ward", "venue") else "district"
        state = {"level": level, "search": search, "venue": venue if level == "venue" else None, "place": None}
        values = {
            ("url", "search"): search,
            ("url", "pathname"): "/",
            ("scope", "data"): search,
            ("venue", "data"): state["venue"],
            ("drawer-state", "data"): state,
            ("moment", "data"): {"turn": 0},
            ("outage", "children"): None,
            ("typed", "data"): "pho",
            ("table-body", "children"): None,
            ("table", "getRowsRequest"): {"startRow": 0, "endRow": 100, "sortModel": []},
            ("map-click", "data"): {"venues": [1]},
        }
        for prefix in ("/", *OFFICES) if name == "district" else ("/",):
            for asked in _tests("access.asking").callbacks(client, prefix, values):
                if not any(acting in asked.name for acting in ACTING):
                    answer = _tests("access.asking").ask(client, asked)
                    body = (
                        json.dumps(answer.json, ensure_ascii=False, indent=1, sort_keys=True)
                        if answer.is_json
                        else answer.text
                    )
                    file = re.sub(r"\W+", "-", asked.name).strip("-")[:60] + f"-{_digest(asked.name.encode())}.json"
                    _write(out / name / file, f"{answer.status_code} {asked.name}\n{body}\n")


def _tiles(client: Any, out: Path, ward: str) -> None:
    """A line for each tile: address, status, length and digest of its content."""
    addresses = [tile for zoom in ZOOMS for tile in _tests("benchmarks.tiles").tiles_of(zoom)]
    for day, (name, asked) in itertools.product(DAYS, TILES.items()):
        layer, _, query = asked.format(day=day, ward=ward).partition("?")
        lines = []
        for z, x, y in addresses:
            answer = client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt?{query}")
            content = _points(answer.data) if layer == "venues" and answer.status_code == 200 else answer.data
            lines.append(f"{z}/{x}/{y} {answer.status_code} {len(content)} {_digest(content)}\n")
        _write(out / f"{day}-{name}.txt", "".join(lines))
    _write(out / "labels.json", client.get("/tiles/wards.geojson").text)


def _points(tile: bytes) -> bytes:
    """The venues of a tile in an order of their own: in the tile they follow the order of rows on the disc."""
    layers = _tests("callbacks.vector_tile").read_tile(tile).values()
    return "\n".join(f"{layer.name} {layer.extent} {sorted(map(repr, layer.features))}" for layer in layers).encode()


def _offered(answers: Path) -> list[str]:
    """Formats in which the page's answers offer the venues."""
    link = re.compile(r"/exports/venues\.(\w+)")
    return sorted({kind for file in answers.rglob("*.json") for kind in link.findall(file.read_text())})


def _exports(client: Any, out: Path, venue: str, ward: str, offered: list[str]) -> None:
    queries = {"all": "", "ward": f"?ward={ward}&lang=en", "past": f"?day={DAYS[1]}&status=violating,reminded"}
    wanted = {f"venues-{name}.{kind}": f"venues.{kind}{query}" for name, query in queries.items() for kind in offered}
    wanted |= {f"violators.{kind}": f"violators.{kind}?day={DAYS[0]}" for kind in LISTED}
    wanted |= {f"poster.{kind}": f"poster.{kind}?venue={venue}" for kind in ("pdf", "svg")}
    for name, address in wanted.items():
        answer = client.get(f"/exports/{address}")
        _write_parts(out / (name if answer.status_code == 200 else f"{name}.{answer.status_code}"), answer.data)


# --- What is written --------------------------------------------------------------------------------------------------


def _write_parts(path: Path, content: bytes) -> None:
    """A file; of a container (ZIP, GeoPackage) its parts or rows, for the container bears the moment of packing."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                _write_parts(path / name, parts.read(name))
    elif content.startswith(b"SQLite format 3"):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).write_bytes(content)
            _write(path, "\n".join(sqlite3.connect(file.name).iterdump()))
    else:
        try:
            _write(path, content.decode())
        except UnicodeDecodeError:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _write(path: Path, text: str) -> None:
    """Text, with what passes replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for pattern, word in _passing():
        text = pattern.sub(word, text)
    path.write_text(text, encoding="utf-8", newline="")


@cache
def _passing() -> list[tuple[re.Pattern[str], str]]:
    """Moments and days of the run, how long something took, digests of what bears such moments; what stands instead."""
    now = dt.datetime.now(dt.UTC)
    days = {now.astimezone(zone).date() for zone in (dt.UTC, ZoneInfo("Asia/Ho_Chi_Minh"))}
    days |= {day + dt.timedelta(days=1) for day in days}  # a run may see midnight
    iso, local = ("|".join(f"{day:{form}}" for day in days) for form in ("%Y-%m-%d", "%d/%m/%Y"))
    return [
        (re.compile(rf"({iso})[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?"), "«moment»"),
        (re.compile(rf"\d\d:\d\d( ngày|,|) ({local})|({local}),? \d\d:\d\d"), "«moment»"),
        (re.compile(rf"{iso}|{local}"), "«today»"),
        (re.compile(r"(?m)^  Bước \d/\d … vẫn đang làm, đã .*\n"), ""),
        (re.compile(r"\d+,\d giây"), "«seconds»"),
        (re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"), "«digest»"),
    ]


# --- Comparing --------------------------------------------------------------------------------------------------------


def compare(one: Path, other: Path) -> int:
    """How many files differ or stand on one side alone; each is printed with some of its lines."""
    names = sorted({file.relative_to(folder).as_posix() for folder in (one, other) for file in _files(folder)})
    if not names:
        raise SystemExit(f"nothing in {one} and {other}")
    different = 0
    for name in names:
        sides = one / name, other / name
        missing = [str(side) for side in sides if not side.is_file()]
        if missing or sides[0].read_bytes() != sides[1].read_bytes():
            different += 1
            print(f"{name}: " + (f"not there: {missing[0]}" if missing else _difference(*sides)))
    print(f"{len(names)} files, {different} different")
    return different


def _difference(one: Path, other: Path) -> str:
    """What to say of a file: columns that one side alone has, and lines; of a database's rows the columns of both."""
    sides = [side.read_text("utf-8", "replace").splitlines() for side in (one, other)]
    said = ""
    if one.suffix == ".csv" and "database" in one.parts and sides[0][0] != sides[1][0]:
        tables = [list(csv.reader(side)) for side in sides]
        heads = [table[0] for table in tables]
        common = [column for column in heads[0] if column in heads[1]]
        said = f"columns {sorted(set(heads[0]) ^ set(heads[1])) or 'in another order'}; the others: "
        places = [[head.index(column) for column in common] for head in heads]
        sides = [
            [",".join(row[place] for place in chosen) for row in table]
            for table, chosen in zip(tables, places, strict=True)
        ]
    lines = [Counter(side) for side in sides]
    only = [("-", lines[0] - lines[1]), ("+", lines[1] - lines[0])]
    shown = [f"  {mark} {line[:300]}" for mark, found in only for line in list(found)[:SHOWN]]
    if not shown:
        return said + ("the same lines" if sides[0] == sides[1] else "the same lines in another order")
    return "\n".join([f"{said}{only[0][1].total()} lines against {only[1][1].total()}", *shown])


# --- Small things -----------------------------------------------------------------------------------------------------


def _tests(name: str) -> Any:
    """A helper of the checkout's own tests."""
    return importlib.import_module(f"tests.{name}")


def _module(*arguments: str) -> str:
    """What ``python -m …`` prints and how it ends."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode not in (0, 2):
        raise SystemExit(f"{' '.join(command)[:200]} ended with {done.returncode}:\n{done.stdout}")
    return f"{done.stdout}exit {done.returncode}\n"


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _say(text: str) -> None:
    print(f"{dt.datetime.now():%H:%M:%S} {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
