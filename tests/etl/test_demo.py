"""The demonstration: the same for the same seed, believable on the ground and in time, marked in every file."""

import csv
import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import psycopg
import pytest
from python_calamine import CalamineWorkbook

from data.texts.folding import fold
from data.vocabulary import STATUSES
from etl.demo import UnusableDemo, generate, make_venues
from etl.demo.ground import Ground, to_metres
from etl.demo.history import NO_QR, WINDOW_DAYS, History, day_number, simulate
from etl.demo.register_files import GROUPS, Register
from etl.demo.scan_files import outage, weeks
from etl.demo.venues import NEVER, ORDER_DAY, Venues, trades
from tools.shipped_wards.tessellate import WARDS_FILE

UNTIL = dt.date(2021, 11, 30)
MARK = "du lieu minh hoa"


def digests(files: list[Path]) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def text_of(file: Path) -> str:
    raw = file.read_bytes()
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def sheets_of(file: Path) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_path(str(file))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return generate(1500, 40, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground()


@pytest.fixture(scope="module")
def venues(ground: Ground) -> Venues:
    return make_venues(ground, 6000, UNTIL, np.random.default_rng(7))


@pytest.fixture(scope="module")
def history(ground: Ground, venues: Venues) -> History:
    known = {UNTIL - dt.timedelta(days=back) for back in range(60)}
    return simulate(venues, ground.codes, known, UNTIL, np.random.default_rng(8), lambda _day: None)


def test_same_seed_same_bytes_another_seed_others(tmp_path: Path) -> None:
    first = digests(generate(300, 20, tmp_path / "a"))
    assert digests(generate(300, 20, tmp_path / "b")) == first
    other = digests(generate(300, 20, tmp_path / "c", seed=1))
    assert other.keys() == first.keys()
    assert not set(other.values()) & set(first.values())


def test_every_file_and_every_sheet_says_that_it_is_a_demonstration(files: list[Path]) -> None:
    for file in files:
        if file.suffix == ".xlsx":
            for name, rows in sheets_of(file).items():
                assert any(MARK in fold(str(cell)) for row in rows[:12] for cell in row), (file.name, name)
        else:
            assert MARK in fold("\n".join(text_of(file).splitlines()[:8])), file.name


def test_the_register_lists_each_venue_once(files: list[Path]) -> None:
    codes = [
        cell
        for file in files
        if file.name.startswith("01_")
        for rows in sheets_of(file).values()
        for row in rows
        for cell in row
        if isinstance(cell, str) and cell.startswith("HD0")
    ]
    assert sorted(codes) == [f"HD{number:06d}" for number in range(1, 1501)]


def test_venues_stand_in_their_wards(ground: Ground, venues: Venues) -> None:
    points = to_metres(np.column_stack([venues.lon, venues.lat]))
    assert (ground.ward_at(points[:, 0], points[:, 1]) == venues.ward).mean() > 0.998
    share = np.bincount(venues.ward, minlength=17) / len(venues)
    assert share.min() > 0.01, "no ward is empty"
    assert GROUPS[-1][1] == len(ground.codes)


def test_house_numbers_grow_along_a_street(ground: Ground) -> None:
    places = ground.places
    street = ground.streets.index("Đường Quang Trung")
    metres = places.metres[places.street == street]
    assert metres.max() > 2000
    venues = make_venues(ground, 4000, UNTIL, np.random.default_rng(3))
    west_to_east = sorted(
        (lon, int(address.removeprefix("Số ").split(" ")[0].rstrip("ABC")))
        for lon, address in zip(venues.lon, venues.addresses, strict=True)
        if address.endswith(" Quang Trung") and "ngõ" not in address and "ngách" not in address and "," not in address
    )
    lon, number = np.array(west_to_east).T
    assert len(number) > 40
    assert abs(np.corrcoef(lon, number)[0, 1]) > 0.95


def test_categories_are_those_that_ship_and_in_believable_shares(venues: Venues) -> None:
    with (WARDS_FILE.parent / "categories.csv").open(encoding="utf-8", newline="") as lines:
        shipped = {row["code"] for row in csv.DictReader(lines)}
    codes = [trade.code for trade in trades()]
    assert set(codes) == shipped
    share = dict(zip(codes, np.bincount(venues.trade, minlength=len(codes)) / len(venues), strict=True))
    assert 0.12 < share["grocery"] < 0.28
    assert share["mall"] < 0.01
    assert not any("{" in name for name in venues.names)


def test_faults_of_the_register_come_in_their_shares(ground: Ground, venues: Venues) -> None:
    words = {code: ["x"] for code in (trade.code for trade in trades())}
    register = Register(ground, venues, words, seed=1)
    points = [register.point(index) for index in range(len(venues))]
    missing = np.mean([first is None for first, _ in points])
    assert 0.005 < missing < 0.016
    given = np.array([point for point in points if point[0] is not None])
    assert 0.001 < (given[:, 0] < 30).mean() < 0.008, "swapped"
    assert 0.001 < (given[:, 0] > 10_000).mean() < 0.009, "metres"
    unmatched = [register.ward_name(index) for index in np.flatnonzero(np.char.endswith(venues.fault, "_ward"))]
    names = {fold(name) for name in ground.names}
    assert unmatched
    assert not {fold(name) for name in unmatched} & names


def test_scans_follow_a_code_and_closed_venues_do_nothing(venues: Venues, history: History) -> None:
    for day, (rows, counts) in history.scans.items():
        in_force = (history.registered[rows] <= day) & ((day < history.ended[rows]) | (day >= history.again[rows]))
        assert in_force.all()
        closed = (venues.closed[rows] <= day) & (day < venues.reopened[rows])
        assert not closed.any()
        assert (counts >= 0).all()
    reminders = history.reminders
    shut = (venues.closed[reminders.venue] <= reminders.day) & (reminders.day < venues.reopened[reminders.venue])
    assert not shut.any()


def test_wards_remind_the_venues_that_lack(history: History) -> None:
    reminders = history.reminders
    registered = history.registered[reminders.venue]
    no_qr = reminders.reason == NO_QR
    without = (registered > reminders.day) | (history.ended[reminders.venue] <= reminders.day)
    assert without[no_qr].all()
    assert (registered <= reminders.day - WINDOW_DAYS)[~no_qr].all()
    for venue, day in zip(reminders.venue[~no_qr][:200].tolist(), reminders.day[~no_qr][:200].tolist(), strict=True):
        window = [history.scans[d] for d in range(day - WINDOW_DAYS + 1, day) if d in history.scans]
        assert not any(counts[rows == venue].sum() for rows, counts in window)


def test_wards_differ_and_registrations_come_in_waves(ground: Ground, venues: Venues, history: History) -> None:
    made = history.registered < NEVER
    share = [made[venues.ward == ward].mean() for ward in range(17)]
    assert max(share) - min(share) > 0.15
    assert ground.names[int(np.argmin(share))] in ("Biên Giang", "Đồng Mai")
    per_week = np.bincount((history.registered[made] - day_number(ORDER_DAY)) // 7, minlength=9)
    rises = np.diff(per_week[:9])
    assert (rises > 0).any()
    assert (rises < 0).any()


def test_an_outage_in_the_third_whole_week_and_two_stretches_said(files: list[Path]) -> None:
    days = [UNTIL - dt.timedelta(days=back) for back in reversed(range(40))]
    missing = outage(days)
    assert missing is not None
    week = next(week for week in weeks(days) if missing in week)
    file = next(file for file in files if f"{week[0]:%d%m%Y}" in file.name)
    said = (
        "\n".join(str(cell) for rows in sheets_of(file).values() for row in rows for cell in row)
        if file.suffix == ".xlsx"
        else text_of(file)
    )
    assert said.count("Từ ngày") == 2
    assert f"{missing:%d/%m/%Y}" not in said


def test_files_are_awkward_in_the_ways_that_clerks_are(files: list[Path]) -> None:
    raw = {file.name: file.read_bytes() for file in files}
    assert any(content[:2] == b"\xff\xfe" for content in raw.values()), "UTF-16"
    assert any(content[:3] == b"\xef\xbb\xbf" for content in raw.values()), "UTF-8 with a mark"
    assert any(";Ngày tạo mã;" in text_of(file) for file in files if file.suffix == ".csv")
    days = [
        row[4] for file in files if file.name.startswith("04_") for rows in sheets_of(file).values() for row in rows[8:]
    ]
    kinds = {type(day) for day in days}
    assert {str, float, dt.date} <= kinds or {str, int, dt.date} <= kinds, kinds


def test_large_registers_and_weeks_come_as_csv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("register_files", "scan_files", "event_files"):
        monkeypatch.setattr(f"etl.demo.{module}.LARGEST_WORKBOOK", 10)
    made = generate(200, 30, tmp_path)
    assert {file.suffix for file in made if not file.name.startswith("05_")} == {".csv", ".txt"}
    header = text_of(made[0]).splitlines()[3]
    assert header.split(",")[1] == "Mã địa điểm"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"venues": 0, "days": 5}, "Số địa điểm"),
        ({"venues": 5, "days": 0}, "Số ngày"),
        ({"venues": 5, "days": 5, "seed": -1}, "Hạt giống"),
        ({"venues": 5, "days": 5, "until": dt.date(2021, 9, 28)}, "Ngày cuối"),
    ],
)
def test_impossible_arguments_are_told(arguments: dict, word: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableDemo, match=word):
        generate(out=tmp_path / "none", **arguments)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("venues", "days"), [(1, 1), (20, 3), (120, 10)])
def test_small_districts_have_all_five_kinds(venues: int, days: int, tmp_path: Path) -> None:
    made = generate(venues, days, tmp_path)
    begins = {file.name[:2] for file in made}
    assert {"01", "02", "03", "05"} <= begins
    assert venues < 20 or "04" in begins


def test_loaded_by_the_real_loader(demo_database: str, conn: psycopg.Connection) -> None:
    assert demo_database

    def ask(sql: str) -> list[dict]:
        return conn.execute(sql).fetchall()

    loads = ask("SELECT kind, is_demo, rows_read, rows_rejected FROM load")
    assert {load["kind"] for load in loads} == {"venues", "registrations", "scans", "reminders", "suspensions"}
    assert all(load["is_demo"] for load in loads)
    rejected = sum(load["rows_rejected"] for load in loads) / sum(load["rows_read"] for load in loads)
    assert 0 < rejected < 0.01
    venues = ask("SELECT count(*) AS n, count(ward_id) AS placed, count(geom) AS points FROM venue")[0]
    assert venues["n"] == 800
    assert venues["placed"] > 0.97 * 800
    assert 0.96 * 800 < venues["points"] < 800
    share = {row["status"]: row["n"] / 800 for row in ask("SELECT status, count(*) AS n FROM venue GROUP BY status")}
    assert 0.45 < share["scanning"] < 0.8
    assert 0.015 < share["violating"] < 0.06
    assert set(share) >= set(STATUSES)
