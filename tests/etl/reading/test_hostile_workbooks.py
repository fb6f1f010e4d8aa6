"""Workbooks of a few hundred bytes that would have a parser take all memory, or an expression all time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from data.project import ROOT
from etl.errors import TooLarge
from etl.readers import delimited
from etl.readers.container import fingerprint
from etl.readers.delimited import DelimitedSheet
from etl.validation.read import read

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = '<row r="{row}"><c r="{column}{row}" t="inlineStr"><is><t>x</t></is></c></row>'
SHEET = "worksheets/sheet1.xml"
JUDGE = """
import sys, contextlib, pathlib
from etl.errors import UnusableFile
from etl.readers.container import shape_of
with contextlib.suppress(UnusableFile):
    shape_of(pathlib.Path(sys.argv[1]))
"""


def workbook(path: Path, cell: str, sheet: str = SHEET) -> Path:
    """A workbook with a cell in the first and in the last corner of its only sheet, whose part is ``sheet``."""
    corners = cell.format(row=1, column="A") + cell.format(row=1048576, column="XFD")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", CONTENT_TYPES)
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="{sheet}"/></Relationships>',
        )
        packed.writestr(f"xl/{sheet}", f'<worksheet xmlns="{MAIN}"><sheetData>{corners}</sheetData></worksheet>')
    return path


@pytest.mark.parametrize(
    ("cell", "sheet"),
    [
        (CELL, SHEET),
        (CELL.replace('"', "'"), SHEET),
        (CELL.replace("=", " = "), SHEET),
        (CELL.replace('<row r="{row}">', "<row>"), SHEET),
        (CELL, "foo/sheet1.xml"),
        (CELL, "Worksheets/sheet1.xml"),
    ],
)
def test_a_sheet_that_spans_everything_is_refused_however_it_is_written(tmp_path: Path, cell: str, sheet: str) -> None:
    with pytest.raises(TooLarge):
        read(workbook(tmp_path / "so.xlsx", cell, sheet))


def test_columns_in_small_letters_count(tmp_path: Path) -> None:
    path = workbook(tmp_path / "so.xlsx", CELL.replace("{column}", "xfd"))
    with pytest.raises(TooLarge):
        read(path)


@pytest.mark.parametrize("text", ["<row ", '<c t="s" ', ' t="s" r', "r = "])
def test_no_text_takes_longer_than_its_length(tmp_path: Path, text: str) -> None:
    """A megabyte, of which a quadratic search would make hours."""
    path = tmp_path / "so.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", CONTENT_TYPES)
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", text * (1_000_000 // len(text)))
    subprocess.run([sys.executable, "-c", JUDGE, path], check=True, timeout=60, cwd=ROOT)


def test_a_wide_text_is_read_in_smaller_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of as many rows as of a narrow one would hold a hundred million cells."""
    monkeypatch.setattr(delimited, "CELLS_AT_ONCE", 100_000)
    path = tmp_path / "rong.csv"
    path.write_text("\n".join([",".join(["x"] * 94)] * 2_500), "utf-8")
    pieces = [len(piece) for piece in DelimitedSheet(path, fingerprint(path)).pieces(0, 94, ())]
    assert pieces == [1_000, 1_000, 500]
