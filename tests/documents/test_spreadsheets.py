"""What anybody has typed into a register is a formula in no file that leaves; a rejected row comes back whole."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from data.queries.exports import ExportRow
from data.queries.options import Options
from data.queries.violators import ListFacts, Violator, WardCount
from data.spreadsheets import guarded
from documents.venues import VENUES, About
from documents.violators_csv import violators_csv
from documents.violators_xlsx import violators_xlsx
from etl.recognition.columns import reject_columns
from etl.validation.rejects_file import write_rejects
from etl.validation.table import Reject
from etl.values.cell_values import tidy
from tests.etl.reading.files import csv_file, table_of

DAY = dt.date(2021, 11, 30)
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://elsewhere.vn")',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+84 912 345 678",
    "-2+3",
    "- Quán",
    "\t=1+1",
    "\tQuán",
    "\r=1+1",
    "\n@x",
    "  =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    " ＝1",
)
PLAIN = ("Quán =1+1", "Tạp hóa - cà phê", "'n Quán", "", "12-34", "Số 5+")


def violators() -> tuple[list[Violator], ListFacts]:
    rows = [
        Violator("09538", text, text, text, text, True, 3, (DAY,), f"HD{number}") for number, text in enumerate(HOSTILE)
    ]
    counts = (WardCount("09538", "=Mộ Lao", len(rows)),)
    return rows, ListFacts(DAY, 3, 7, False, len(rows), counts, DAY, DAY, DAY)


def venues(kind: str, folder: Path) -> bytes:
    about = About(DAY, "=1+1", True, dt.datetime(2021, 11, 30, tzinfo=dt.UTC), Options((), ()), "vi")
    rows = (ExportRow(text, text, text, text, text, text, "violating", 3, DAY, 105.7, 20.9) for text in HOSTILE)
    VENUES[kind](rows, about, folder / f"venues.{kind}")
    return (folder / f"venues.{kind}").read_bytes()


def rejects(folder: Path, texts: tuple[str, ...] = HOSTILE) -> Path:
    """A list of rejects with one row a text, in its name; the day at fault keeps it from being loaded."""
    table = table_of(csv_file(folder / "a.csv", "Mã,Tên,Địa chỉ,Ngày hoạt động\nHD1,Quán,Số 1,hôm qua\n"))
    names = reject_columns(table.kind)
    cells = {"code": "HD1", "address": "Số 1", "opened_on": "hôm qua"}
    made = [
        Reject("a.csv", "", row, "Tên", text, text, tuple((cells | {"name": text}).get(name, "") for name in names))
        for row, text in enumerate(texts, start=2)
    ]
    return write_rejects(table, made)


def begins_a_formula(text: str) -> bool:
    """As the most lenient of programs reads it: blanks and what is not seen are trimmed, full-width signs are signs."""
    return text.strip().strip("\u200b\ufeff \t\r\n").startswith(tuple("=+-@＝＋－＠")) or text[:1] in ("\t", "\r", "\n")


def assert_no_formula(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    cells = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert len(cells) > len(HOSTILE)
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.quotePrefix or not begins_a_formula(cell.value), cell.value


def test_no_workbook_holds_a_formula(tmp_path: Path) -> None:
    for content in (violators_xlsx(*violators()), venues("xlsx", tmp_path), rejects(tmp_path).read_bytes()):
        assert_no_formula(content)


def test_no_csv_file_holds_a_formula_nor_does_a_list_of_rejects_once_saved_as_one(tmp_path: Path) -> None:
    saved = openpyxl.load_workbook(rejects(tmp_path)).worksheets[0].iter_rows(values_only=True)
    for content in (violators_csv(*violators()), venues("csv", tmp_path)):
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(lines) > len(HOSTILE)
        cells = [cell for line in lines for cell in line]
        assert not [cell for cell in cells if begins_a_formula(cell)]
        assert {f"'{text}" for text in HOSTILE} <= set(cells)
    assert not [cell for row in saved for cell in row if isinstance(cell, str) and begins_a_formula(cell)]


@pytest.mark.parametrize("texts", [HOSTILE, PLAIN], ids=["hostile", "plain"])
def test_a_rejected_row_gives_its_cells_back(tmp_path: Path, texts: tuple[str, ...]) -> None:
    again = table_of(rejects(tmp_path, texts))
    place = reject_columns(again.kind).index("name")
    assert [reject.cells[place] for reject in again.rejects] == [tidy(text) for text in texts]
    assert [tidy(guarded(text)) for text in texts] == [tidy(text) for text in texts]
