"""Registrations, reminders and suspensions as the QR account, the wards and the police send them."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from data.vocabulary import APPS
from etl.demo import words
from etl.demo.ground import Ground, Ints
from etl.demo.history import NO_QR, History, day_of
from etl.demo.paper import MARK, Book, dmy, quoted, write_text
from etl.demo.venues import NEVER, Venues

APP_SHARES = (0.34, 0.17, 0.31, 0.18)  # as data.vocabulary.APPS
REMINDER_GROUPS = ((0, 6), (6, 11), (11, 17))  # wards of one workbook
LARGEST_WORKBOOK = 60_000  # reminders; above it a group comes as CSV
EXCEL_EPOCH = dt.date(1899, 12, 30)
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def qr_content(venues: Venues, ground: Ground, row: int) -> str:
    """The text that a venue's printed code holds."""
    ward = ground.names[int(venues.ward[row])]
    return f"HN-HADONG|{venues.codes[row]}|{venues.names[row]}|{venues.addresses[row]}, phường {ward}, Hà Đông, Hà Nội"


def write_registrations(venues: Venues, ground: Ground, history: History, out: Path, seed: int) -> Path:
    """The export of the QR account, one CSV with semicolons."""
    rng = np.random.default_rng((seed, 3))
    made = np.flatnonzero(history.registered < NEVER)
    renewed = np.flatnonzero(history.again < NEVER)
    rows = np.concatenate([made, renewed])
    days = np.concatenate([history.registered[made], history.again[renewed]])
    ended = np.concatenate([history.ended[made], np.full(len(renewed), NEVER)])
    order = np.argsort(days, kind="stable")
    app = rng.choice(len(APPS), size=len(rows), p=APP_SHARES)
    draw = rng.integers(0, 1 << 30, len(rows))
    columns = (rows[order], days[order], ended[order], app[order], draw[order])
    return write_text(out / "02_Tai_khoan_QR_dang_ky.csv", _registration_lines(venues, ground, columns))


def _registration_lines(venues: Venues, ground: Ground, columns: tuple[Ints, ...]) -> Iterator[str]:
    yield "BỘ THÔNG TIN VÀ TRUYỀN THÔNG - TÀI KHOẢN QR ĐỊA ĐIỂM QUẬN HÀ ĐÔNG"
    yield "DANH SÁCH ĐỊA ĐIỂM ĐÃ TẠO MÃ QR"
    yield MARK
    yield "STT;Mã địa điểm;Tên địa điểm;Phường;Ứng dụng;Mã QR;Nội dung mã QR;Ngày tạo mã;Ngày hủy mã"
    texts = {day: dmy(day_of(day)) for day in np.unique(np.concatenate(columns[1:3])).tolist() if day != NEVER}
    rows = zip(*(column.tolist() for column in columns), strict=True)
    number = 0
    for number, (row, day, ended, app, draw) in enumerate(rows, start=1):
        spellings = words.APP_WORDS[APPS[app]]
        values = [
            *(str(number), venues.codes[row], venues.names[row], ground.names[int(venues.ward[row])]),
            spellings[0] if draw % 10 < 7 else spellings[draw % len(spellings)],
            *(f"QR{10_000_000 + number}", qr_content(venues, ground, row)),
            f"{texts[day]} {7 + draw % 13:02d}:{draw % 59:02d}",
            texts.get(ended, ""),
        ]
        yield quoted(values, ";")
    for extra in range(max(1, number // 400)):  # venues that are no longer in the register
        code, qr_code = f"HD98{extra:04d}", f"QR{99_000_000 + extra}"
        yield f"{number + extra + 1};{code};Điểm quét thử {extra + 1};;NCOVI;{qr_code};;29/09/2021;"
    yield f";Tổng số: {number};;;;;;;"


def write_reminders(venues: Venues, ground: Ground, history: History, out: Path) -> Iterator[Path]:
    """The wards' lists of reminders, a workbook for every few wards; yields each file when it is complete."""
    reminders = history.reminders
    ward = venues.ward[reminders.venue]
    for number, (first, last) in enumerate(REMINDER_GROUPS, start=1):
        chosen = np.flatnonzero((ward >= first) & (ward < last))
        if not len(chosen):
            continue
        stem = f"04_Nhac_nho_nhom_{number}"
        if len(chosen) > LARGEST_WORKBOOK:
            yield write_text(out / f"{stem}.csv", _reminder_lines(venues, ground, history, chosen))
            continue
        with Book(out / f"{stem}.xlsx") as book:
            for index in dict.fromkeys(np.sort(ward[chosen]).tolist()):
                _reminder_sheet(book, venues, ground, history, chosen[ward[chosen] == index], index)
        yield out / f"{stem}.xlsx"


_REMINDER_HEADER = (
    *("STT", "Mã cơ sở", "Tên cơ sở", "Địa chỉ", "Ngày nhắc nhở", "Nội dung nhắc nhở", "Cán bộ nhắc nhở"),
    *("Hình thức", "Ngày rút nhắc nhở", "Ghi chú"),
)


def _reminder_sheet(book: Book, venues: Venues, ground: Ground, history: History, chosen: Ints, ward: int) -> None:
    name = ground.names[ward]
    page = book.sheet(name, (6, 14, 32, 36, 18, 32, 30, 22, 16, 20))
    office = (f"UBND PHƯỜNG {name.upper()}", "Tổ công tác phòng, chống dịch")
    page.heading(
        office, "SỔ THEO DÕI NHẮC NHỞ TẠO VÀ QUÉT MÃ QR", [f"Phường {name} - thực hiện văn bản 2962/UBND-VHTT"]
    )
    page.header(_REMINDER_HEADER)
    page.rows(_reminder_row(venues, history, int(one), n) for n, one in enumerate(chosen, start=1))
    page.footer(f"Tổng cộng: {len(chosen)} lượt nhắc nhở", "Hà Đông, ngày … tháng … năm 2021", "CHỦ TỊCH")


def _reminder_row(venues: Venues, history: History, index: int, number: int) -> list[Any]:
    """One reminder; its day is text, an Excel date or a bare number, as the hand that typed it had it."""
    reminders = history.reminders
    row, draw = int(reminders.venue[index]), int(reminders.draw[index])
    day = day_of(reminders.day[index])
    written: Any = (
        f"{day.day}/{day.month}/{day.year}",
        day,
        dmy(day),
        (day - EXCEL_EPOCH).days,
        f"{WEEKDAYS[day.weekday()]}, {dmy(day)}",
        day,
    )[draw % 6]
    known = words.NO_QR_WORDS if reminders.reason[index] == NO_QR else words.NOT_SCANNING_WORDS
    reason = words.UNCLEAR_REASONS[draw % 3] if draw % 331 == 0 else known[draw % len(known)]
    withdrawn = None if reminders.withdrawn[index] == NEVER else day_of(reminders.withdrawn[index])
    return [
        *(number, venues.codes[row], venues.names[row], venues.addresses[row], written, reason),
        words.GIVERS[draw // 7 % len(words.GIVERS)].format(1 + draw // 64 % 12),
        *(words.METHODS[draw // 11 % len(words.METHODS)], withdrawn, "nhắc nhầm" if withdrawn else None),
    ]


def _reminder_lines(venues: Venues, ground: Ground, history: History, chosen: Ints) -> Iterator[str]:
    yield "UBND QUẬN HÀ ĐÔNG"
    yield "SỔ THEO DÕI NHẮC NHỞ TẠO VÀ QUÉT MÃ QR"
    yield MARK
    yield quoted([*_REMINDER_HEADER, "Phường"], ",")
    for number, one in enumerate(chosen.tolist(), start=1):
        cells = _reminder_row(venues, history, one, number)
        cells[4] = dmy(day_of(history.reminders.day[one]))
        texts = ["" if cell is None else dmy(cell) if isinstance(cell, dt.date) else str(cell) for cell in cells]
        yield quoted([*texts, ground.names[int(venues.ward[history.reminders.venue[one]])]], ",")


def write_suspensions(venues: Venues, ground: Ground, history: History, out: Path) -> Path:
    """The police's list of requests to suspend business."""
    suspensions = history.suspensions
    path = out / "05_Tam_dung_hoat_dong.xlsx"
    with Book(path) as book:
        page = book.sheet("Tạm dừng", (6, 14, 34, 40, 16, 16, 18, 16, 20, 44))
        office = ("CÔNG AN QUẬN HÀ ĐÔNG", "Đội Cảnh sát quản lý hành chính")
        page.heading(office, "DANH SÁCH CƠ SỞ ĐỀ NGHỊ TẠM DỪNG HOẠT ĐỘNG", ["Do chưa tạo mã QR sau nhiều lần nhắc nhở"])
        page.header(
            (
                *("STT", "Mã địa điểm", "Tên cơ sở", "Địa chỉ", "Phường", "Ngày yêu cầu"),
                *("Tạm dừng từ ngày", "Đến ngày", "Ngày cho hoạt động lại", "Lý do tạm dừng"),
            )
        )
        page.rows(_suspension_rows(venues, ground, history))
        page.footer(f"Tổng cộng: {len(suspensions.venue)} cơ sở", "Hà Đông, ngày … tháng … năm 2021", "TRƯỞNG CÔNG AN")
    return path


def _suspension_rows(venues: Venues, ground: Ground, history: History) -> Iterator[list[Any]]:
    suspensions = history.suspensions
    for number, row in enumerate(suspensions.venue.tolist(), start=1):
        days = (
            column[number - 1]
            for column in (suspensions.requested, suspensions.starts, suspensions.ends, suspensions.lifted)
        )
        written = [None if day == NEVER else day_of(day) for day in days]
        yield [
            *(number, venues.codes[row], venues.names[row], venues.addresses[row]),
            *(ground.names[int(venues.ward[row])], *written, "Chưa tạo mã QR sau khi được nhắc nhở từ 3 lần"),
        ]
