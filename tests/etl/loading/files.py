"""Files as clerks send them, the loading of one in this process, and what a database holds, as one number."""

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from data.database.connection import loader_connection
from etl.loading.load import Options, Outcome, load
from etl.validation.read import read

REGISTER = ("Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Loại hình", "Kinh độ", "Vĩ độ")
REGISTRATIONS = ("Mã địa điểm", "Ngày tạo mã QR", "Mã QR", "Ứng dụng")
SCANS = ("Mã địa điểm", "Ngày", "Số lượt quét")
TOTALS = ("Mã địa điểm", "Tổng lượt quét")
REMINDERS = ("Mã địa điểm", "Ngày nhắc nhở", "Lý do nhắc nhở", "Người nhắc nhở")
SUSPENSIONS = ("Mã địa điểm", "Ngày bắt đầu tạm dừng", "Ngày kết thúc tạm dừng", "Lý do tạm dừng")

# A point inside each of three wards (statistics office, the figures beside the shipped outlines).
MO_LAO = ("105.784", "20.982")
LA_KHE = ("105.759", "20.970")
DONG_MAI = ("105.740", "20.922")

_TABLES = (
    "load", "ward", "venue", "venue_contact", "venue_opening", "registration", "scan_count", "scan_day", "scan_reach",
    "reminder", "suspension", "status_period", "clock", "refused_file",
)  # fmt: skip


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Path:
    """A CSV (UTF-8, semicolons) with ``title`` above its header."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter=";", lineterminator="\n")
        writer.writerows([[title]] if title else [])
        writer.writerows((header, *rows))
    return path


def register(path: Path, *rows: Sequence[object], header: Sequence[str] = REGISTER) -> Path:
    """A register of venues."""
    return write_csv(path, header, rows, "DANH SÁCH ĐỊA ĐIỂM")


def venues(path: Path, number: int) -> Path:
    """A register of ``number`` plain venues V001, V002, … in Mộ Lao, each a little east of the one before."""
    rows = [
        (f"V{i:03d}", f"Quán {i}", f"Số {i} phố Trần Phú", "Mộ Lao", "Quán ăn", f"{105.784 + i * 1e-6:.6f}", MO_LAO[1])
        for i in range(1, number + 1)
    ]
    return register(path, *rows)


def days_of_either_order(path: Path) -> Path:
    """Scans of V001 whose days can be read both ways, and lie close together only when the month comes first."""
    return write_csv(path, SCANS, [("V001", f"10/0{day}/2021", 5) for day in range(1, 7)])


def load_file(path: Path, **options: Any) -> Outcome:
    """Read and load one file in this process."""
    return load(read(path), Options(**options), lambda _step, _text: None)


def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    """Rows of a query on the database that the settings point to, as tuples."""
    with loader_connection() as conn:
        return [tuple(row.values()) for row in conn.execute(query, values).fetchall()]  # type: ignore[arg-type]


def one(query: str, *values: object) -> Any:
    """The one value of a query."""
    [[value]] = rows(query, *values)
    return value


def checksum(url: str) -> str:
    """One number for all rows of all tables, whatever their order on disk."""
    digest = hashlib.sha256()
    with psycopg.connect(url) as conn:
        for table in _TABLES:
            query = f"SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {table} AS t"  # noqa: S608
            digest.update(f"{table} {conn.execute(query).fetchone()}".encode())  # type: ignore[arg-type]
    return digest.hexdigest()
