"""Pieces of a Word document: paragraphs, tables as XML, page numbers. Sizes in points, places in millimetres.

Tables of thousands of rows are written as XML in one go: python-docx looks every cell up again, in quadratic time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

FACE = "Times New Roman"
TWIPS_PER_MM = 1440 / 25.4
CELL_INSET_MM = 1.0
BOX_INSET_PT = 4

# XML 1.0 has no place for these characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

CENTRED = WD_ALIGN_PARAGRAPH.CENTER
LEFT = WD_ALIGN_PARAGRAPH.LEFT
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class Cell:
    """Text of a table's cell; lines are parted by a line feed. ``span`` columns wide, framed unless it is a heading."""

    text: str
    align: str = "left"
    bold: bool = False
    span: int = 1
    size: float = 12
    is_heading: bool = False


def write(paragraph: Paragraph, text: str, size: float, *, bold: bool = False, italic: bool = False) -> Paragraph:
    """Add ``text`` to the paragraph and give it back."""
    run = paragraph.add_run(_NOT_XML.sub(" ", text))
    run.font.size = Pt(size)
    run.bold = bold
    run.italic = italic
    return paragraph


def shape(
    paragraph: Paragraph,
    align: WD_ALIGN_PARAGRAPH = LEFT,
    *,
    before: float = 0,
    after: float = 0,
    first_line_mm: float = 0,
    keep_with_next: bool = False,
) -> Paragraph:
    """Align the paragraph, set the space around it in points, and give it back."""
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    form.first_line_indent = Mm(first_line_mm)
    form.keep_with_next = keep_with_next
    form.keep_together = keep_with_next
    return paragraph


def rule(paragraph: Paragraph, width_mm: float, room_mm: float, *, after: float = 0) -> Paragraph:
    """Make the paragraph an empty line of 2 pt with a rule of ``width_mm`` centred in the ``room_mm`` that it has."""
    shape(paragraph, CENTRED, after=after)
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm((room_mm - width_mm) / 2)
    paragraph.paragraph_format.line_spacing = Pt(3)
    _border(paragraph, ("bottom",), 0)
    return paragraph


def box(paragraphs: Sequence[Paragraph], indent_mm: float) -> None:
    """Draw one frame around ``paragraphs``, ``indent_mm`` within the text's edges: those that follow one another with
    the same lines and indents share theirs.
    """
    for paragraph in paragraphs:
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(indent_mm)
        _border(paragraph, ("top", "left", "bottom", "right"), BOX_INSET_PT)


def _border(paragraph: Paragraph, sides: Sequence[str], space_pt: int) -> None:
    """Lines along ``sides`` of the paragraph, ``space_pt`` from its text."""
    borders = OxmlElement("w:pBdr")
    for side in sides:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "5"), ("space", str(space_pt)), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def page_number(paragraph: Paragraph, size: float) -> None:
    """The number of the page, as a field that Word fills in."""
    run = paragraph.add_run()
    run.font.size = Pt(size)
    for kind, text in (("begin", None), (None, " PAGE "), ("separate", None), ("text", "2"), ("end", None)):
        tag = {None: "w:instrText", "text": "w:t"}.get(kind, "w:fldChar")
        part: Any = OxmlElement(tag)
        if text is not None:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def two_columns(document: Document, rows: int, widths_mm: Sequence[float]) -> Table:
    """Append a table without lines or insets, to set two blocks side by side."""
    table: Table = document.add_table(rows=rows, cols=2)
    table.autofit = False
    properties = table._tbl.tblPr
    margins = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def add_table(
    document: Document,
    widths_mm: Sequence[float],
    header: Sequence[Sequence[Cell]],
    rows: Sequence[Sequence[Cell]],
) -> None:
    """Append a table with fixed columns; the rows of ``header`` are repeated on each page, no row is broken."""
    twips = [round(width * TWIPS_PER_MM) for width in widths_mm]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    border = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    inset = round(CELL_INSET_MM * TWIPS_PER_MM)
    body = [_row(cells, twips, is_header=True) for cells in header] + [_row(cells, twips) for cells in rows]
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        f'<w:tblInd w:w="{inset}" w:type="dxa"/>'
        f'<w:tblBorders>{border}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{inset}" w:type="dxa"/><w:right w:w="{inset}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(body)}</w:tbl>"
    )
    document.element.body.insert_element_before(table, "w:sectPr")


def _row(cells: Sequence[Cell], twips: Sequence[int], *, is_header: bool = False) -> str:
    repeated = "<w:tblHeader/>" if is_header else ""
    parts, column = [], 0
    for cell in cells:
        parts.append(_cell(cell, sum(twips[column : column + cell.span]), keep_with_next=is_header))
        column += cell.span
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(parts)}</w:tr>"


def _cell(cell: Cell, width: int, *, keep_with_next: bool) -> str:
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    sides = "".join(f'<w:{side} w:val="nil"/>' for side in ("top", "left", "right")) if cell.is_heading else ""
    borders = f"<w:tcBorders>{sides}</w:tcBorders>" if sides else ""
    half_points = round(cell.size * 2)
    form = f'{"<w:b/>" if cell.bold else ""}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(_NOT_XML.sub(" ", line))}</w:t>' for line in cell.text.split("\n")
    )
    keep = "<w:keepNext/>" if keep_with_next else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{borders}</w:tcPr><w:p><w:pPr>{keep}'
        f'<w:spacing w:before="20" w:after="20"/><w:jc w:val="{cell.align}"/></w:pPr>'
        f"<w:r><w:rPr>{form}</w:rPr>{lines}</w:r></w:p></w:tc>"
    )
