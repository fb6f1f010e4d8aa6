"""Reads a list of violators back out of each format, by other libraries than those that wrote it."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import docx
import html5lib
import openpyxl
import pdfplumber

CODE = re.compile(r"HD\d{4,}")
NAMESPACE = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class ReadList:
    """What a reader finds: all text with blanks made one, the rows, and the counts by ward."""

    text: str
    rows: list["ReadRow"]
    by_ward: dict[str, int]


@dataclass(frozen=True)
class ReadRow:
    """One row as it stands in the file; ``name`` holds the code where the format writes it there."""

    number: int
    code: str
    name: str
    address: str
    ward: str
    category: str
    failing: str
    reminders: int
    days: tuple[str, ...]


def squeezed(text: object) -> str:
    """``text`` with every run of white space as one blank, places to break taken out."""
    return re.sub(r"\s+", " ", str(text or "").replace("\u200b", "")).strip()


def _row(cells: list[Any], ward: str, code: str | None = None) -> ReadRow:
    number, name, address, category, failing, reminders, days = cells
    found = code or CODE.findall(str(name))[-1]
    return ReadRow(
        number=int(str(number).replace(".", "")),
        code=found,
        name=re.sub(rf"\s*\({found}\)$", "", squeezed(name)),
        address=squeezed(address),
        ward=ward,
        category=squeezed(category),
        failing=squeezed(failing),
        reminders=int(reminders),
        days=tuple(re.findall(r"\d{2}/\d{2}/\d{4}(?: \(\d+ lần\))?", squeezed(days))),
    )


def _ward_of(heading: str) -> str:
    return squeezed(heading).rsplit(":", 1)[0]


def _counts(cells: list[Any]) -> dict[str, int]:
    """Pairs of ward and count that stand side by side."""
    pairs = zip(cells[::2], cells[1::2], strict=True)
    return {squeezed(ward): int(count) for ward, count in pairs if squeezed(ward) and str(count).strip().isdigit()}


def read_pdf(document: bytes) -> ReadList:
    """Tables by their lines; a row's white space is lost at line ends, so texts are compared without blanks."""
    rows: list[ReadRow] = []
    by_ward: dict[str, int] = {}
    text = []
    ward = ""
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        for page in pdf.pages:
            text.append(page.extract_text())
            for table in page.find_tables():
                lines = table.extract()
                if len(lines[0]) == 4:
                    for cells in lines[1:-1]:
                        by_ward |= _counts(cells)
                    continue
                above = page.crop((0, max(table.bbox[1] - 24, 0), page.width, table.bbox[1] + 1)).extract_text()
                ward = _ward_of(above.splitlines()[-1]) if ":" in above else ward
                for cells in lines:
                    if cells[0] and ":" in cells[0]:
                        ward = _ward_of(cells[0])
                    elif len(cells) == 7 and (cells[0] or "").strip().isdigit():
                        rows.append(_row(cells, ward))
    return ReadList(squeezed(" ".join(text)), rows, by_ward)


def read_docx(document: bytes) -> ReadList:
    """The paragraphs and tables of the Word document, in order."""
    word = docx.Document(io.BytesIO(document))
    rows: list[ReadRow] = []
    by_ward: dict[str, int] = {}
    text = [paragraph.text for paragraph in word.paragraphs]
    for table in word.tables:
        lines = [[cell.text for cell in row.cells] for row in table.rows]
        text += [cell for line in lines for cell in line]
        if len(lines[0]) == 4:
            for cells in lines[1:-1]:
                by_ward |= _counts(cells)
        elif len(lines[0]) == 7:
            rows += [_row(cells, _ward_of(lines[0][0])) for cells in lines[2:]]
    return ReadList(squeezed(" ".join(text)), rows, by_ward)


def read_xlsx(document: bytes) -> ReadList:
    """Both sheets; the workbook holds no formula, neither in a cell nor in its XML."""
    with zipfile.ZipFile(io.BytesIO(document)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "/worksheets/" in name]
    assert sheets
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(document))
    values = [[cell.value for cell in row] for row in book["Danh sách"].iter_rows()]
    assert all(cell.data_type != "f" for row in book["Danh sách"].iter_rows() for cell in row)
    top = next(index for index, row in enumerate(values) if row[0] == "TT")
    by_ward: dict[str, int] = {}
    for row in book["Theo phường"].iter_rows(values_only=True):
        by_ward |= _counts(list(row[:2]))
    by_ward.pop("Tổng cộng")
    rows = [_plain_row(row) for row in values[top + 1 :]]
    return ReadList(squeezed(" ".join(str(row[0]) for row in values[:top] if row[0])), rows, by_ward)


def read_csv(document: bytes) -> ReadList:
    """Lines, the header, the rows; the file begins with the byte order mark that Excel looks for."""
    assert document.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(document.decode("utf-8-sig"), newline="")))
    top = next(index for index, line in enumerate(lines) if line and line[0] == "TT")
    rows = [_plain_row([cell.removeprefix("'") for cell in line]) for line in lines[top + 1 :]]
    return ReadList(squeezed(" ".join(line[0] for line in lines[:top] if line)), rows, {})


def _plain_row(row: list[Any]) -> ReadRow:
    number, code, name, address, ward, category, failing, reminders, days = row
    return _row([number, name, address, category, failing, reminders, days], ward, code)


def read_html(document: bytes) -> ReadList:
    """The page as a browser's parser sees it; any error of syntax fails."""
    tree = html5lib.HTMLParser(strict=True).parse(document, transport_encoding="utf-8")
    body = tree.find(f"{NAMESPACE}body")
    by_ward: dict[str, int] = {}
    rows: list[ReadRow] = []
    for table in body.iter(f"{NAMESPACE}table"):
        lines = [
            [" ".join(cell.itertext()) for cell in row]
            for section in table.findall(f"{NAMESPACE}tbody")
            for row in section
        ]
        if table.get("class") == "summary":
            for cells in lines:
                by_ward |= _counts(cells)
        else:
            heading = next(
                part for part in body.iter(f"{NAMESPACE}h2") if part.get("id") == table.get("aria-labelledby")
            )
            rows += [_row(cells, _ward_of("".join(heading.itertext()))) for cells in lines]
    return ReadList(squeezed(" ".join(body.itertext())), rows, by_ward)


READERS = {"pdf": read_pdf, "docx": read_docx, "xlsx": read_xlsx, "csv": read_csv, "html": read_html}
