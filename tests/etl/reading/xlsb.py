"""A real XLSB of one sheet, written part by part after [MS-XLSB]: Excel alone writes this format."""

import datetime as dt
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/>'
    '<Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/></Types>'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{listed}</Relationships>'
    )


def _record(kind: int, data: bytes = b"") -> bytes:
    """Kind in one byte or two, length in numbers of 7 bits, data."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(data)
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return head + length + data


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def _cell(column: int, value: Any) -> bytes:
    """BrtCellSt, BrtCellBool or BrtCellReal; style 1 is a day."""
    is_day = isinstance(value, dt.date)
    place = struct.pack("<II", column, 1 if is_day else 0)
    if isinstance(value, str):
        return _record(6, place + _text(value))
    if isinstance(value, bool):
        return _record(4, place + bytes([value]))
    number = (value - dt.date(1899, 12, 30)).days if is_day else value
    return _record(5, place + struct.pack("<d", number))


def xlsb(path: Path, rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int]] = ()) -> Path:
    """Rows of text, numbers, bool and days, None for an empty cell; ``merged``: first and last row, first and last
    column.
    """
    book = _record(131) + _record(143) + _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text("Sheet1"))
    book += _record(144) + _record(132)
    width = max(map(len, rows), default=1)
    sheet = _record(129) + _record(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, width - 1)) + _record(145)
    for number, cells in enumerate(rows):
        sheet += _record(0, struct.pack("<I", number) + b"\0" * 21)
        sheet += b"".join(_cell(column, value) for column, value in enumerate(cells) if value is not None)
    sheet += _record(146) + _record(177, struct.pack("<I", len(merged)))
    sheet += b"".join(_record(176, struct.pack("<4I", *area)) for area in merged) + _record(178) + _record(130)
    formats = b"".join(_record(47, struct.pack("<HH", 0, number) + b"\0" * 12) for number in (0, 14))
    styles = _record(278) + _record(617, struct.pack("<I", 2)) + formats + _record(618) + _record(279)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relations(("officeDocument", "xl/workbook.bin")))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", _relations(("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin"))
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        archive.writestr("xl/styles.bin", styles)
    return path
