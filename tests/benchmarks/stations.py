"""How many stations a row and a click pass: modules, functions, calls, moves from file to file, SQL statements.

Only the product's own files count. A move is a call into another file, or the return from one.
``python -m tests.benchmarks.stations`` prints them with the files that are entered most often.
"""

import datetime as dt
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

from tests.benchmarks import districts
from tests.benchmarks.results import Result, print_table
from tests.etl.loading.files import venues
from tests.etl.reading.files import workbook
from tests.fixtures import accounts, run

ROOT = Path(__file__).resolve().parents[2]
OURS = ("app.py", "callbacks/", "data/", "documents/", "etl/", "layers/")
VENUES, DAYS = 800, 30
SHOWN = 10
HEADER = ["STT", "Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Ngày nhắc nhở", "Lý do nhắc nhở", "Người nhắc"]
REMINDER = [1, "V001", "Quán 1", "Số 1 phố Trần Phú", "Mộ Lao", dt.date(2021, 9, 27), "Chưa tạo mã QR", "Tổ dân phố 5"]
ROWS: dict[str, list[list[Any]]] = {
    "one reminder": [HEADER, REMINDER],
    "one reminder under a title": [["DANH SÁCH NHẮC NHỞ"], [], HEADER, REMINDER],
}


@dataclass
class Walk:
    """What was passed on the way of one row or one click."""

    name: str
    calls: int = 0
    statements: int = 0
    functions: set[tuple[str, str]] = field(default_factory=set)
    entered: Counter[str] = field(default_factory=Counter)
    """How often each file was entered from another one, by a call or by the return from one."""
    _at: str = ""

    def hear(self, frame: FrameType, event: str, _argument: object) -> None:
        """A function begins or ends: for ``sys.setprofile``."""
        code = frame.f_code
        file = _own(code.co_filename)
        if event == "call" and file:
            self.calls += 1
            self.functions.add((file, code.co_qualname))
            self._move_to(file)
        elif event == "call":
            self.statements += code.co_name == "execute" and code.co_filename.endswith("psycopg/cursor.py")
        elif event == "return" and file:
            self._move_to(_caller(frame))

    def _move_to(self, file: str | None) -> None:
        if file and file != self._at:
            self._at = file
            self.entered[file] += 1

    def told(self) -> dict[str, Any]:
        """The figures, for another process."""
        return {
            "name": self.name,
            "figures": {
                "modules": len({file for file, _ in self.functions}),
                "functions": len(self.functions),
                "calls": self.calls,
                "moves between files": self.entered.total(),
                "SQL statements": self.statements,
            },
            "entered": self.entered.most_common(SHOWN),
        }


@cache
def _own(file: str) -> str | None:
    """The file's path in the project, None for one that is not the product's."""
    path = file.removeprefix(f"{ROOT}/")
    return path if path.startswith(OURS) else None


def _caller(frame: FrameType) -> str | None:
    caller = frame.f_back
    while caller is not None and _own(caller.f_code.co_filename) is None:
        caller = caller.f_back
    return caller and _own(caller.f_code.co_filename)


def walked(name: str, work: Callable[[], object]) -> Walk:
    """Do ``work`` and count what it passes."""
    walk = Walk(name)
    sys.setprofile(walk.hear)
    try:
        work()
    finally:
        sys.setprofile(None)
    return walk


# --- What is done: row and clicks in a process each, which remembers nothing ------------------------------------------


def _row(name: str, file: str) -> Iterator[Walk]:
    from etl.__main__ import main

    yield walked(name, lambda: main(["load", file]))


def _clicks(ward: str, venue: str) -> Iterator[Walk]:
    from app import server
    from tests.access import asking

    client = accounts.client(server)

    def ask(output: str, search: str) -> Callable[[], object]:
        state = {"level": "venue", "search": "", "venue": venue, "place": None}
        values = {("scope", "data"): search, ("drawer-state", "data"): state, ("moment", "data"): {"turn": 0}}
        asked = next(each for each in asking.callbacks(client, "/", values) if output in each.name)
        return lambda: asking.ask(client, asked)

    def tile() -> object:
        return client.get("/tiles/venues/12/3250/1804.mvt")

    ask("figures.children", "")()  # the page has been open for a while
    yield walked("filter by ward", ask("figures.children", f"?ward={ward}"))
    yield walked("a venue opened", ask("drawer-body.children", ""))
    yield walked("a tile", tile)
    yield walked("the same tile again", tile)


# --- Measuring --------------------------------------------------------------------------------------------------------


def measure() -> list[Result]:
    """Figures of one row and of clicks on a small demonstration; prints the files that are entered most often."""
    cluster = run.cluster()
    cluster.start()
    folder = run.files() / "stations"
    folder.mkdir(exist_ok=True)
    told = []
    for number, (name, rows) in enumerate(ROWS.items()):
        urls = _urls(cluster, f"stations_{number}", [venues(folder / "so.csv", 1)])
        told += _traced(urls, "row", name, str(workbook(folder / f"{number}.xlsx", rows)))
    urls = _urls(cluster, "stations_clicks", districts.sources(districts.write_files(VENUES, DAYS)))
    ward, venue = _place(urls["DATABASE_URL"])
    told += _traced(urls, "clicks", ward, venue)
    return [
        Result(1 if walk["name"] in ROWS else VENUES, f"{walk['name']}: {what}", float(figure), "")
        for walk in told
        for what, figure in walk["figures"].items()
    ]


def _urls(cluster: Any, name: str, sources: list[Path]) -> dict[str, str]:
    """The environment of a database in which the files are loaded and the run's account is signed in."""
    cluster.create_database(name)
    urls = {"DATABASE_URL": cluster.url("qr_owner", name), "APP_DATABASE_URL": cluster.url("qr_app", name)}
    _python(urls, "data", "migrate")
    _python(urls, "etl", "load", *map(str, sources))
    with psycopg.connect(urls["DATABASE_URL"]) as conn:
        accounts.sign_in(conn, accounts.ROLE, accounts.token())
    return urls


def _place(url: str) -> tuple[str, str]:
    """Codes of a venue with reminders and of its ward."""
    with psycopg.connect(url) as conn:
        found = conn.execute(
            "SELECT w.code, v.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id"
            " WHERE v.status = 'violating' ORDER BY v.code LIMIT 1"
        ).fetchone()
    assert found is not None
    return found[0], found[1]


def _traced(urls: dict[str, str], *arguments: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(_python(urls, "tests.benchmarks.stations", *arguments).splitlines()[-1])
    for walk in told:
        entered = ", ".join(f"{file} {times}" for file, times in walk["entered"])
        print(f"{walk['name']}: entered most often: {entered}", flush=True)
    return told


def _python(urls: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=os.environ | urls,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def main(arguments: list[str]) -> None:
    """Measure; with arguments do the one thing that another process wants to be traced, and print its walks."""
    if arguments:
        walks = _row(*arguments[1:]) if arguments[0] == "row" else _clicks(*arguments[1:])
        print("\n" + json.dumps([walk.told() for walk in walks]))
        return
    run.begin(in_memory=True)
    try:
        print_table(measure())
    finally:
        run.end()


if __name__ == "__main__":
    main(sys.argv[1:])
