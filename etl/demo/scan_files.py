"""Scans per venue and day: a file a week, as the monitoring account exports them in the form asked for."""

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from etl.demo.history import History, day_number
from etl.demo.paper import MARK, Book, dmy, quoted, write_text
from etl.demo.venues import Venues

LARGEST_WORKBOOK = 100_000  # venues; above it no week comes as a workbook
OUTAGE_NOTE = "Ngày {} hệ thống gián đoạn, không có số liệu"


def weeks(days: list[dt.date]) -> list[list[dt.date]]:
    """``days`` by calendar week, Monday first."""
    return [list(week) for _, week in groupby(days, key=lambda day: day.isocalendar()[:2])]


def outage(days: list[dt.date]) -> dt.date | None:
    """The Thursday of the third whole week, of which the export knows nothing; ``None`` in a short history."""
    whole = [week for week in weeks(days) if len(week) == 7]
    return whole[2][3] if len(whole) > 3 else None


def write_scans(venues: Venues, history: History, days: list[dt.date], out: Path) -> Iterator[Path]:
    """Write a file for every week of ``days``; yields each file when it is complete."""
    missing = outage(days)
    all_weeks = weeks(days)
    wide = len(all_weeks) // 2 if len(venues) <= LARGEST_WORKBOOK and len(all_weeks) > 2 else -1
    for number, week in enumerate(all_weeks):
        stem = f"03_Luot_quet_tuan_{number + 1:02d}_{week[0]:%d%m%Y}"
        if number == wide:
            yield _wide(venues, history, week, missing, out / f"{stem}.xlsx")
            continue
        separator = "\t" if number % 2 else ","
        encoding = "utf-16" if number == 1 else "utf-8-sig" if number % 3 else "utf-8"
        suffix = ".txt" if separator == "\t" else ".csv"
        yield write_text(out / f"{stem}{suffix}", _long(venues, history, week, missing, separator), encoding)


def _covers(week: list[dt.date], missing: dt.date | None) -> list[str]:
    """Title lines that say which days a file covers, two stretches in the week of the outage."""
    if missing not in week:
        return [f"Từ ngày {dmy(week[0])} đến ngày {dmy(week[-1])}"]
    before = [day for day in week if day < missing]
    after = [day for day in week if day > missing]
    lines = [f"Từ ngày {dmy(part[0])} đến ngày {dmy(part[-1])}" for part in (before, after) if part]
    return [*lines, OUTAGE_NOTE.format(f"{missing:%d/%m}")]


def _long(
    venues: Venues, history: History, week: list[dt.date], missing: dt.date | None, separator: str
) -> Iterator[str]:
    yield "TÀI KHOẢN GIÁM SÁT QR ĐỊA ĐIỂM - QUẬN HÀ ĐÔNG"
    yield "BÁO CÁO LƯỢT QUÉT THEO ĐỊA ĐIỂM"
    yield from (quoted([line], separator) for line in _covers(week, missing))
    yield quoted([MARK], separator)
    yield separator.join(("Mã địa điểm", "Ngày quét", "Số lượt quét"))
    codes, total = venues.codes, 0
    for day in week:
        if day == missing:
            continue
        rows, counts = history.scans[day_number(day)]
        middle = f"{separator}{dmy(day)}{separator}"
        total += int(counts.sum())
        for row, count in zip(rows.tolist(), counts.tolist(), strict=True):
            yield f"{codes[row]}{middle}{count}"
    # What the account keeps of a venue that was deleted, and a correction booked as a negative count.
    yield f"HD99{week[0]:%d%m}{separator}{dmy(week[0])}{separator}3"
    if len(codes) > 1_000:
        yield f"{codes[len(codes) // 2]}{separator}{dmy(week[-1])}{separator}-2"
    yield separator.join(("Tổng cộng", "", str(total)))


def _wide(venues: Venues, history: History, week: list[dt.date], missing: dt.date | None, path: Path) -> Path:
    """A workbook with a column for each day and a total, blanks where nobody scanned."""
    known = [day for day in week if day != missing]
    table = np.zeros((len(venues), len(known)), dtype=np.int64)
    for column, day in enumerate(known):
        rows, counts = history.scans[day_number(day)]
        table[rows, column] = counts
    with Book(path) as book:
        page = book.sheet("Lượt quét", (6, 14, 36, *(9 for _ in known), 11))
        office = ("UBND QUẬN HÀ ĐÔNG", "Phòng Văn hóa và Thông tin")
        page.heading(office, "TỔNG HỢP LƯỢT QUÉT MÃ QR THEO NGÀY", _covers(week, missing))
        page.header(("STT", "Mã địa điểm", "Tên địa điểm", *(f"{day:%d/%m}" for day in known), "Tổng"))
        page.rows(_wide_rows(venues, table))
        page.footer(f"Tổng cộng: {table.sum()} lượt", f"Hà Đông, ngày {week[-1]:%d tháng %m năm %Y}", "NGƯỜI LẬP BIỂU")
    return path


def _wide_rows(venues: Venues, table: Any) -> Iterator[list[Any]]:
    scanned = np.flatnonzero(table.sum(1))
    for position, row in enumerate(scanned.tolist(), start=1):
        counts = table[row].tolist()
        yield [position, venues.codes[row], venues.names[row], *(count or None for count in counts), sum(counts)]
