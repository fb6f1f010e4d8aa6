"""A small district whose violators are awkward to print, and the same list worked out from the rule venue by venue."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from data.database.connection import Connection
from data.status import periods

FIRST = dt.date(2021, 10, 1)
LAST_SCANS = dt.date(2021, 11, 28)
DAY = dt.date(2021, 11, 30)
OWNER, PHONE = "Trần Văn Chủ Bí Mật", "0987654321"
QR_TEXT = "Địa điểm: Quán Ốc Thủy «Yết Kiêu» | 12 phố Bế Văn Đàn, Hà Đông | HD-QR-0077"


def november(day: int) -> dt.date:
    """A day of November 2021."""
    return dt.date(2021, 11, day)


@dataclass(frozen=True)
class Place:
    """A venue as the test writes it; ``reminders`` are (day, reason, given by)."""

    code: str
    name: str
    address: str = "12 Quang Trung"
    ward: str | None = "Mộ Lao"
    category: str = "grocery"
    reminders: tuple[tuple[dt.date, str, str], ...] = ()
    withdrawn: frozenset[dt.date] = frozenset()
    registered_on: dt.date | None = None
    qr_content: str | None = None
    scanned: tuple[dt.date, ...] = ()
    closed_on: dt.date | None = None
    suspended_from: dt.date | None = None


def no_qr(*days: int) -> tuple[tuple[dt.date, str, str], ...]:
    """Reminders of November for want of a QR."""
    return tuple((november(day), "no_qr", "UBND phường") for day in days)


def not_scanning(*days: int) -> tuple[tuple[dt.date, str, str], ...]:
    """Reminders of November for want of scans."""
    return tuple((november(day), "not_scanning", "UBND phường") for day in days)


LONG_ADDRESS = (
    "Số 128/15/4 ngách 27 ngõ Nguyễn Viết Xuân kéo dài, Tòa nhà hỗn hợp HH2-SUPERCALIFRAGILISTICEXPIALIDOCIOUSTOWER, "
    "tầng 12A, ô số 3, khu đô thị mới Văn Phú, gần chợ Hà Đông cũ và bến xe buýt số 02"
)

LISTED = (
    Place("HD0001", "Quán Ốc Thủy", reminders=no_qr(2, 9, 16)),
    Place("HD0002", "Phở Bưởi – Đặc biệt", LONG_ADDRESS, "Yết Kiêu", "eatery", no_qr(3, 10, 17, 24)),
    Place("HD0003", "=cmd|' /C calc'!A0", "+84 phố Lê Lợi", "Yết Kiêu", "other", no_qr(1, 2, 3)),
    Place("HD0004", "Tạp hóa Ưu & <b>Ế</b>", "5 Lê Lợi (ĐT: 0912.345.678)", None, "grocery", no_qr(4, 5, 6)),
    Place("HD0005", "Quán nướng 한국 ★", "77 Nguyễn Khuyến", "Văn Quán", "restaurant", no_qr(4, 5, 6)),
    # Two of one reason on one day count once; the registration answers no reminder about scans.
    Place(
        "HD0006", "Cà phê Đỗ Quyên", "", "Văn Quán", "cafe",
        (*not_scanning(12, 19), (november(19), "not_scanning", "Công an"), *not_scanning(26)),
        registered_on=november(1), qr_content="https://qr.example/HD0006",
    ),
    # Two reasons on one day count twice.
    Place(
        "HD0007", "Công ty Cổ phần Đầu tư Thương mại Dịch vụ Kỹ thuật Xây dựng Hoàng Gia Việt Nam", "1 Tô Hiệu",
        "Hà Cầu", "office", (*no_qr(2), *not_scanning(2), *no_qr(9)),
    ),
    *(Place(f"HD1{number:03}", f"Tạp hóa Số {number}", f"{number} Phùng Hưng", "Phúc La", "grocery", no_qr(8, 15, 22))
      for number in range(40)),
)  # fmt: skip

UNLISTED = (
    Place("HD2001", "Đã nhắc hai lần", reminders=no_qr(2, 9)),
    Place("HD2002", "Có rút lại một lần", reminders=no_qr(2, 9, 16), withdrawn=frozenset({november(9)})),
    Place("HD2003", "Đã tạo mã sau lần ba", reminders=no_qr(2, 9, 16), registered_on=november(20), qr_content=QR_TEXT),
    Place(
        "HD2004", "Đang quét đều", reminders=not_scanning(2, 9, 16), registered_on=november(1),
        qr_content="https://qr.example/HD2004", scanned=(november(25), LAST_SCANS),
    ),
    Place("HD2005", "Đã đóng cửa", reminders=no_qr(2, 9, 16), closed_on=november(29)),
    Place("HD2006", "Đang tạm dừng", reminders=no_qr(2, 9, 16), suspended_from=november(20)),
    Place("HD2007", "Nhắc sau ngày lập", reminders=(*no_qr(2, 9), (dt.date(2021, 12, 1), "no_qr", "UBND phường"))),
    Place("HD2008", "Mã không ghi nội dung", registered_on=november(3)),
)  # fmt: skip


def store(url: str) -> None:
    """Write the district as events, with an owner and a telephone for each venue, and derive its periods."""
    with psycopg.connect(url, row_factory=dict_row, options="-c timezone=Asia/Ho_Chi_Minh") as conn:
        load = _load(conn)
        known = [FIRST + dt.timedelta(number) for number in range((LAST_SCANS - FIRST).days + 1)]
        with conn.cursor() as cursor:
            cursor.executemany("INSERT INTO scan_day (day, load_id) VALUES (%s, %s)", [(day, load) for day in known])
        for place in (*LISTED, *UNLISTED):
            _store(conn, place)
        periods.after_load(conn, [row["id"] for row in conn.execute("SELECT id FROM venue")], days_changed=True)


def _load(conn: Connection) -> int:
    row: Any = conn.execute(
        "INSERT INTO load (kind, file_name, file_sha256, as_of, is_demo, started_at, finished_at, rows_read,"
        " rows_accepted, rows_rejected, rows_changed)"
        " VALUES ('scans', 'quet.csv', '', %s, true, now(), now(), 0, 0, 0, 0)"
        " RETURNING id",
        (DAY,),
    ).fetchone()
    return int(row["id"])


def _store(conn: Connection, place: Place) -> None:
    row: Any = conn.execute(
        "INSERT INTO venue (code, name, address, search_text, category, ward_id, location) VALUES (%s, %s, %s, '', %s,"
        " (SELECT id FROM ward WHERE name = %s), 'none') RETURNING id, ward_id",
        (place.code, place.name, place.address, place.category, place.ward),
    ).fetchone()
    assert (row["ward_id"] is None) == (place.ward is None), f"no ward {place.ward}"
    venue = row["id"]
    conn.execute(
        "INSERT INTO venue_opening (venue_id, opened_on, closed_on) VALUES (%s, '-infinity', %s)",
        (venue, place.closed_on),
    )
    conn.execute("INSERT INTO venue_contact (venue_id, owner_name, phone) VALUES (%s, %s, %s)", (venue, OWNER, PHONE))
    for day, reason, given_by in place.reminders:
        conn.execute(
            "INSERT INTO reminder (venue_id, reminded_on, reason, given_by, withdrawn_on) VALUES (%s, %s, %s, %s, %s)",
            (venue, day, reason, given_by, day if day in place.withdrawn else None),
        )
    if place.registered_on:
        conn.execute(
            "INSERT INTO registration (venue_id, registered_on, qr_code, qr_content) VALUES (%s, %s, %s, %s)",
            (venue, place.registered_on, f"QR{place.code}", place.qr_content),
        )
    for day in place.scanned:
        conn.execute("INSERT INTO scan_count (venue_id, day, scans) VALUES (%s, %s, 5)", (venue, day))
    if place.suspended_from:
        conn.execute("INSERT INTO suspension (venue_id, starts_on) VALUES (%s, %s)", (venue, place.suspended_from))


def violators_by_rule(conn: Connection, day: dt.date) -> dict[str, dict[str, Any]]:
    """Every violating venue by its code: ward, counted reminders and their days, asked of the rule venue by venue."""
    found = {}
    for venue in conn.execute("SELECT v.id, v.code, w.name AS ward FROM venue v LEFT JOIN ward w ON w.id = v.ward_id"):
        fact: Any = conn.execute("SELECT * FROM venue_status(%s, %s)", (venue["id"], day)).fetchone()
        if fact["status"] != "violating":
            continue
        standing = conn.execute("SELECT * FROM reminder_standing(%s, %s)", (venue["id"], day)).fetchall()
        found[venue["code"]] = {
            "ward": venue["ward"],
            "count": fact["counted_reminders"],
            "days": sorted(row["reminded_on"] for row in standing if row["standing"] == "counted"),
            "threshold": fact["reminder_threshold"],
            "has_qr": fact["registration_id"] is not None,
        }
    return found
