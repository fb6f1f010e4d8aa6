"""The register of venues: a workbook for every few wards, each in its clerk's manner; CSV when it is large."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from etl.demo import words
from etl.demo.ground import Floats, Ground, Ints, to_vn2000
from etl.demo.history import day_of
from etl.demo.paper import MARK, Book, Page, dmy, quoted, write_text
from etl.demo.venues import NEVER, Venues, trades

GROUPS = ((0, 4), (4, 8), (8, 11), (11, 14), (14, 17))  # wards of one workbook
LARGEST_WORKBOOK = 100_000  # venues in all; above it the register comes as CSV
_DISTRICT = ("UBND QUẬN HÀ ĐÔNG", "Phòng Văn hóa và Thông tin")


class Register:
    """What the register says of each venue, faults included."""

    def __init__(self, ground: Ground, venues: Venues, categories: dict[str, list[str]], seed: int) -> None:
        self.ground, self.venues = ground, venues
        rng = np.random.default_rng((seed, 2))
        self._first, self._second = self._points(rng)
        self._style = rng.integers(0, 100, len(venues)).tolist()
        self._words = [categories[trade.code] for trade in trades()]

    def _points(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """First and second coordinate as the register has them (longitude, latitude where nothing is wrong)."""
        first, second = self.venues.lon.round(6), self.venues.lat.round(6)
        fault = self.venues.fault
        metres = np.flatnonzero(fault == "metres")
        x, y = to_vn2000(first[metres], second[metres])
        first[metres], second[metres] = np.round(x, 1), np.round(y, 1)
        swapped = fault == "swapped"
        first[swapped], second[swapped] = second[swapped], first[swapped].copy()
        outside = np.flatnonzero(fault == "outside")
        first[outside] = (first[outside] + rng.choice((-0.12, 0.09), size=len(outside))).round(6)
        elsewhere = np.flatnonzero(fault == "elsewhere")
        other = (self.venues.ward[elsewhere] + len(self.ground.codes) // 2) % len(self.ground.codes)
        at = np.searchsorted(self.venues.ward, other).clip(0, len(first) - 1)
        first[elsewhere], second[elsewhere] = self.venues.lon[at].round(6), self.venues.lat[at].round(6)
        missing = fault == "no_point"
        first[missing] = second[missing] = np.nan
        return first, second

    def ward_name(self, index: int) -> str:
        """The ward of a venue as the clerk wrote it."""
        ward = int(self.venues.ward[index])
        fault, style = self.venues.fault[index], self._style[index]
        if fault == "misspelt_ward":
            return words.MISSPELT[self.ground.codes[ward]]
        if fault == "unknown_ward":
            return words.UNKNOWN_WARDS[style % len(words.UNKNOWN_WARDS)]
        name = self.ground.names[ward]
        return f"P. {name}" if style < 12 else f"Phường {name}" if style < 24 else name

    def address(self, index: int) -> str:
        """The address of a venue; every other clerk who has no coordinates has no address either."""
        unknown = self.venues.fault[index] == "no_point" and self._style[index] % 2 == 0
        return "" if unknown else self.venues.addresses[index]

    def category(self, index: int) -> str:
        """The category of a venue in a clerk's words: mostly its name, at times a synonym."""
        known = self._words[int(self.venues.trade[index])]
        style = self._style[index]
        return known[0] if style < 70 or len(known) == 1 else known[1 + style % (len(known) - 1)]

    def days(self, index: int) -> list[dt.date | None]:
        """Opened, closed, opened again."""
        columns = (self.venues.opened, self.venues.closed, self.venues.reopened)
        return [None if column[index] == NEVER else day_of(column[index]) for column in columns]

    def point(self, index: int) -> tuple[float | None, float | None]:
        """First and second coordinate; ``None`` where the register has no point."""
        first, second = float(self._first[index]), float(self._second[index])
        return (None, None) if np.isnan(first) else (first, second)

    def in_one_cell(self, index: int) -> str | None:
        """The point as "20.97, 105.77", the way a telephone gives it."""
        first, second = self.point(index)
        return None if first is None else f"{second}, {first}"


def write_register(register: Register, out: Path) -> Iterator[Path]:
    """Write the register into ``out``; yields each file when it is complete."""
    venues = register.venues
    for number, (first, last) in enumerate(GROUPS):
        rows = np.flatnonzero((venues.ward >= first) & (venues.ward < last))
        stem = f"01_So_dia_diem_nhom_{number + 1}"
        if len(venues) > LARGEST_WORKBOOK:
            yield write_text(out / f"{stem}.csv", _csv(register, rows))
        elif number % 2 == 0:
            yield _book_of_wards(register, rows, out / f"{stem}.xlsx")
        else:
            yield _book_of_groups(register, rows, out / f"{stem}.xlsx")


def _book_of_wards(register: Register, rows: Ints, path: Path) -> Path:
    """A sheet for every ward, none of which repeats the ward in a column; the header has two rows."""
    venues, ground = register.venues, register.ground
    with Book(path) as book:
        for ward in dict.fromkeys(venues.ward[rows].tolist()) or [0]:
            name = ground.names[ward]
            own = rows[venues.ward[rows] == ward].tolist()
            page = book.sheet(f"P. {name}", (6, 14, 34, 38, 24, 22, 14, 13, 13, 13, 13, 13))
            office = (f"UBND PHƯỜNG {name.upper()}", "Ban Chỉ đạo phòng, chống dịch COVID-19")
            page.heading(office, "DANH SÁCH CƠ SỞ PHẢI TẠO MÃ QR ĐỊA ĐIỂM", [f"Phường {name}, quận Hà Đông"])
            page.header_of_two(
                (
                    *("STT", "Mã địa điểm", "Tên cơ sở", "Địa chỉ", "Loại hình kinh doanh", "Họ tên chủ cơ sở"),
                    *("Số điện thoại", "Ngày hoạt động", "Ngày đóng cửa", "Ngày mở lại"),
                ),
                "Tọa độ",
                ("Kinh độ", "Vĩ độ"),
            )
            page.rows(_row_of_ward(register, index, position) for position, index in enumerate(own, start=1))
            _close(page, len(own), f"TM. UBND PHƯỜNG {name.upper()}")
    return path


def _row_of_ward(register: Register, index: int, position: int) -> list[Any]:
    venues = register.venues
    return [
        *(position, venues.codes[index], venues.names[index], register.address(index), register.category(index)),
        *(venues.owners[index], venues.phones[index], *register.days(index), *register.point(index)),
    ]


def _book_of_groups(register: Register, rows: Ints, path: Path) -> Path:
    """One sheet for several wards with a row above each, days as text, the point in one cell; a row without a name."""
    venues, ground = register.venues, register.ground
    with Book(path) as book:
        page = book.sheet("Danh sách", (6, 14, 34, 44, 18, 24, 22, 14, 14, 14, 14, 24))
        page.heading(_DISTRICT, "DANH SÁCH ĐỊA ĐIỂM KINH DOANH, CƠ QUAN, ĐƠN VỊ", ["Kèm theo văn bản 2962/UBND-VHTT"])
        page.header(
            (
                *("TT", "Mã cơ sở", "Tên địa điểm", "Địa chỉ cơ sở", "Phường", "Ngành nghề", "Người đại diện", "SĐT"),
                *("Hoạt động từ ngày", "Đóng cửa từ ngày", "Mở lại từ ngày", "Toạ độ GPS"),
            )
        )
        for number, ward in enumerate(dict.fromkeys(venues.ward[rows].tolist())):
            own = rows[venues.ward[rows] == ward].tolist()
            page.group(f"{('I', 'II', 'III', 'IV', 'V')[number]}. Phường {ground.names[ward]} ({len(own)} cơ sở)")
            page.rows(_row_of_group(register, index, position) for position, index in enumerate(own, start=1))
        if len(rows) > 1_000:
            # A line that a clerk began and did not finish: no name.
            page.rows([["", f"HD9{int(rows[0]):06d}", "", "đang xác minh", "", "", "", "", "", "", "", ""]])
        _close(page, len(rows), "NGƯỜI LẬP BIỂU")
    return path


def _row_of_group(register: Register, index: int, position: int) -> list[Any]:
    venues = register.venues
    days = [dmy(day) if day else None for day in register.days(index)]
    return [
        *(position, venues.codes[index], venues.names[index].upper() if index % 9 == 0 else venues.names[index]),
        *(
            ", ".join(filter(None, (register.address(index), "Hà Đông"))),
            register.ward_name(index),
            register.category(index),
        ),
        *(venues.owners[index], venues.phones[index], *days, register.in_one_cell(index)),
    ]


def _close(page: Page, count: int, signer: str) -> None:
    page.footer(f"Tổng cộng: {count} cơ sở", "Hà Đông, ngày 25 tháng 9 năm 2021", signer)


def _csv(register: Register, rows: Ints) -> Iterator[str]:
    """The same register as a program exports it: title lines, then commas."""
    yield "UBND QUẬN HÀ ĐÔNG"
    yield "DANH SÁCH ĐỊA ĐIỂM PHẢI TẠO MÃ QR"
    yield MARK
    yield (
        "STT,Mã địa điểm,Tên địa điểm,Địa chỉ,Phường,Loại hình,Chủ cơ sở,Điện thoại,"
        "Ngày hoạt động,Ngày đóng cửa,Ngày mở lại,Kinh độ,Vĩ độ"
    )
    venues = register.venues
    for position, index in enumerate(rows.tolist(), start=1):
        first, second = register.point(index)
        values = [
            *(str(position), venues.codes[index], venues.names[index], register.address(index)),
            *(register.ward_name(index), register.category(index), venues.owners[index], venues.phones[index]),
            *(dmy(day) if day else "" for day in register.days(index)),
            *("" if value is None else str(value) for value in (first, second)),
        ]
        yield quoted(values, ",")
    yield f",Tổng cộng: {len(rows)},,,,,,,,,,,"
