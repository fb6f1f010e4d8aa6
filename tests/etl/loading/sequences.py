"""Random sequences of files as offices send them: overlapping, corrected under the same name, with unknown codes, of
venues by code and of venues by name and address, counts of days and running totals.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from data.project import ROOT
from tests.etl.loading import street_files
from tests.etl.loading.files import DONG_MAI, LA_KHE, MO_LAO, REGISTRATIONS, REMINDERS, SCANS, SUSPENSIONS, write_csv

LENGTH = 10
FIRST_DAY = dt.date(2021, 10, 1)
CODES = [f"V{number}" for number in range(1, 9)]
STRANGERS = ["X9"]
TOTALS = ("Mã địa điểm", "Tổng lượt quét")
SHIPPED = ROOT / "data" / "reference" / "wards.geojson"
REGISTER = ("Mã địa điểm", "Tên địa điểm", "Phường", "Điện thoại", "Ngày hoạt động", "Ngày đóng cửa")
POINTS = (*REGISTER, "Kinh độ", "Vĩ độ")


@dataclass(frozen=True)
class File:
    """A file to be written: its name, its kind's header and its rows, and whether it is loaded with --replace."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    replace: bool = False

    def write(self, folder: Path) -> Path:
        """Write it into ``folder``; returns its path."""
        if self.name.startswith("duong"):
            return street_files.write(street_files.streets(size=int(self.title)), folder / self.name)
        if self.name.endswith(".geojson"):
            return _outlines(folder / self.name, self.title)
        return write_csv(folder / self.name, self.header, self.rows, self.title)


def _day(number: int) -> str:
    return f"{FIRST_DAY + dt.timedelta(days=number):%d/%m/%Y}"


def _outlines(path: Path, moved: str) -> Path:
    """The shipped outlines as official ones; or, with a name of a division, a new division of the district."""
    collection = json.loads(SHIPPED.read_text("utf-8"))
    for feature in collection["features"]:
        known = feature["properties"]
        feature["properties"] = {"code": known["code"], "name": known["name"]} | (
            {"vintage": moved, "valid_from": "2021-09-01"} if moved else {}
        )
    path.write_text(json.dumps(collection), "utf-8")
    return path


days = st.integers(0, 9)
codes = st.sampled_from(CODES)
any_code = st.sampled_from([*CODES, *CODES, *STRANGERS])
_maybe_day = st.one_of(st.just(""), days.map(_day))


def _rows(row: st.SearchStrategy[Any], most: int = 6) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(row, min_size=1, max_size=most, unique_by=lambda values: values[:2]).map(tuple)


def _file(
    names: list[str], header: tuple[str, ...], row: st.SearchStrategy[Any], title: Callable[[int], str] = lambda _: ""
) -> st.SearchStrategy[File]:
    replace = st.sampled_from([False, False, False, True])
    return st.builds(
        lambda name, rows, number, replace: File(name, header, rows, title(number), replace),
        st.sampled_from(names), _rows(row), days, replace,
    )  # fmt: skip


_venue = (
    codes,
    st.sampled_from(["Quán Hoa", "Quán Lá", "Quán Cây"]),
    st.sampled_from(["Mộ Lao", "La Khê", ""]),
    st.sampled_from(["", "0912345678", "0987654321"]),
    st.sampled_from(["", "01/01/2018", _day(2)]),
    st.sampled_from(["", "", _day(6)]),
)
# Venues that files describe, each by what is enough to find it and by less; one that no register has.
PLACES = (
    ("V7", "Phở Thìn Bờ Hồ", "Số 12 phố Trần Phú", "Mộ Lao", "0912000111"),
    ("V8", "Bia hơi Hải Xồm", "Số 99 phố Quang Trung", "La Khê", "0987000222"),
    ("", "Cắt tóc Thanh Bình", "Số 7 ngõ 4 phố Lê Lợi", "Nguyễn Trãi", ""),
)
REGISTER_OF_PLACES = ("Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại", "Ngày hoạt động")
DESCRIBED = ("Mã tài khoản", "Tên địa điểm", "Địa chỉ", "Phường", "Điện thoại")
_places = _file(
    ["so-pho.csv", "so-pho-moi.csv"],
    REGISTER_OF_PLACES,
    st.builds(lambda place, opened: (*place, opened), st.sampled_from(PLACES[:2]), st.sampled_from(["", _day(2)])),
)
_descriptions = st.one_of(
    st.sampled_from([("", *place[1:]) for place in PLACES]),
    st.sampled_from([(f"A{number}", *place[1:]) for number, place in enumerate(PLACES)]),
    st.sampled_from([(f"A{number}", place[1], "", "", "") for number, place in enumerate(PLACES)]),
    st.sampled_from([(f"A{number}", "", "", "", "") for number in range(len(PLACES))]),
)


def _described(names: list[str], header: tuple[str, ...], *cells: st.SearchStrategy[str]) -> st.SearchStrategy[File]:
    row = st.builds(lambda place, values: (*place, *values), _descriptions, st.tuples(*cells))
    return _file(names, (*DESCRIBED, *header[1:]), row)


_registers = _file(["so.csv", "so-moi.csv"], REGISTER, st.tuples(*_venue))
_points = st.sampled_from([MO_LAO, LA_KHE, DONG_MAI, ("105.7841234567891", "20.9821234567891"), ("", "")])
_registers_with_points = _file(
    ["so.csv", "so-diem.csv"], POINTS, st.builds(lambda row, point: row + point, st.tuples(*_venue), _points)
)
_registrations = _file(
    ["dk.csv", "dk-moi.csv"],
    (*REGISTRATIONS, "Ngày kết thúc"),
    st.tuples(any_code, days.map(_day), st.sampled_from(["", "Q1", "Q2"]), st.sampled_from(["VNeID", "NCOVI"]),
              st.sampled_from(["", _day(12)])),
)  # fmt: skip
_scans = _file(
    ["quet.csv", "quet-moi.csv"],
    SCANS,
    st.tuples(any_code, days.map(_day), st.sampled_from(["0", "1", "5"])),
    lambda number: f"LƯỢT QUÉT Từ ngày {_day(number)} đến ngày {_day(number + 3)}" if number % 2 else "",
)
_reminders = _file(
    ["nhac.csv", "nhac-moi.csv"],
    (*REMINDERS, "Ngày rút"),
    st.tuples(any_code, days.map(_day), st.sampled_from(["Chưa tạo mã QR", "Chưa quét mã QR"]), st.just("Tổ 1"),
              st.sampled_from(["", "", _day(12)])),
)  # fmt: skip
_suspensions = _file(
    ["dung.csv"],
    SUSPENSIONS,
    st.tuples(any_code, days.map(_day), st.sampled_from(["", _day(11)]), st.just("Chưa có QR")),
)
_totals = _file(
    ["luy-ke.csv", "luy-ke-moi.csv"],
    TOTALS,
    st.tuples(any_code, st.sampled_from(["0", "5", "9"])),
    lambda number: f"TỔNG LƯỢT QUÉT Tính đến 24h00 ngày {_day(number)}",
)
_described_events = st.one_of(
    _described(["dk.csv", "dk-ten.csv"], REGISTRATIONS, days.map(_day), st.sampled_from(["", "Q1"]), st.just("VNeID")),
    _described(["quet.csv", "quet-ten.csv"], SCANS, days.map(_day), st.sampled_from(["0", "1", "5"])),
    _described(["nhac-ten.csv"], REMINDERS, days.map(_day), st.just("Chưa tạo mã QR"), st.just("Tổ 1")),
    _described(["luy-ke-ten.csv"], (*TOTALS, "Ngày xuất"), st.sampled_from(["5", "9"]), days.map(_day)),
)
_wards = st.builds(lambda division: File("phuong.geojson", (), (), division), st.sampled_from(["", "2021b"]))
_anything = st.one_of(
    _registers, _registers_with_points, _registrations, _scans, _scans, _reminders, _reminders, _suspensions, _wards,
    _places, _places, _totals, _totals, _described_events, _described_events, _described_events,
)  # fmt: skip
_mixed = st.builds(
    lambda first, second, others: [first, second, *others],
    _registers_with_points,
    _places,
    st.lists(_anything, min_size=LENGTH - 2, max_size=LENGTH - 2),
)
_by_description = st.lists(
    st.one_of(
        _registers_with_points, _registers, _places, _places, _totals, _scans, _described_events, _described_events,
        _described_events, _described_events,
    ),
    min_size=LENGTH // 2, max_size=LENGTH,
)  # fmt: skip
sequences = st.one_of(_mixed, _by_description)
"""Ten files: two registers, the second of the venues that files describe, then eight of any kind; or up to ten that
rather describe venues than name them, where registers come as late as they like."""

V7, V8 = PLACES[:2]
MERGED_PLACES = [
    File("so-pho-moi.csv", REGISTER_OF_PLACES, ((*V7, _day(2)), (*V8, _day(2)))),
    File("so-moi.csv", REGISTER, (("V7", "Quán Cây", "La Khê", "0987654321", "01/01/2018", _day(6)),)),
    File("quet.csv", (*DESCRIBED, *SCANS[1:]), (("", *V8[1:], _day(3), "5"),)),
]
"""The place that a description means is merged into one whose register is corrected in between."""
COMPLETED_DESCRIPTION = [
    File("so-pho.csv", REGISTER_OF_PLACES, ((*V7, _day(2)),)),
    File("quet-ten.csv", (*DESCRIBED, *SCANS[1:]), (("A0", V7[1], "", "", "", _day(6), "5"),)),
    File("dk-ten.csv", (*DESCRIBED, *REGISTRATIONS[1:]), (("A0", *V7[1:], _day(4), "Q1", "VNeID"),)),
    File("so.csv", REGISTER, (("V1", "Quán Cây", "Mộ Lao", "0912345678", _day(2), ""),)),
]
"""A number that one file names only is described by the next, while rows of the first wait."""
REGISTER_COMES_LATE = [
    File("dk-ten.csv", (*DESCRIBED, *REGISTRATIONS[1:]), (("", *V8[1:], _day(7), "", "VNeID"),)),
    File("quet.csv", (*DESCRIBED, *SCANS[1:]), (("A1", *V8[1:], _day(7), "0"), ("", *V8[1:], _day(7), "0"))),
    File("nhac-ten.csv", (*DESCRIBED, *REMINDERS[1:]), (("", *PLACES[2][1:], _day(2), "Chưa tạo mã QR", "Tổ 1"),)),
    File("so-pho.csv", REGISTER_OF_PLACES, ((*V8, _day(2)),), replace=True),
]
"""Rows wait for their venue, two of one file for the same; files do not speak of every column of their table."""
STREETS_REPLACED = [
    File("duong.geojson", (), (), "3"),
    File("so.csv", REGISTER, (("V1", "Quán Cây", "Mộ Lao", "0912345678", _day(2), ""),)),
    File("duong-moi.geojson", (), (), "2"),
    File("phuong.geojson", (), (), ""),
    File("duong.geojson", (), (), "3"),
]
"""Networks of streets (the title is the size), each in the place of the one before."""
