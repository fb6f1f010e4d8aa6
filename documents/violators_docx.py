"""The list of violators as a Word document, for an office that sets its number, signs it and sends it on."""

import datetime as dt
import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from data.queries.violators import ListFacts, Violator
from data.texts.catalogue import number
from documents import official, wording
from documents.word_parts import (
    CENTRED,
    FACE,
    JUSTIFIED,
    LEFT,
    Cell,
    add_table,
    box,
    page_number,
    rule,
    shape,
    two_columns,
    write,
)

# Width of the motto in bold 13 pt, so that its rule is as long as it, and of the second line of the issuing body.
MOTTO_WIDTH_MM = 55.5
BODY_RULE_MM = 24
SUBJECT_RULE_MM = 45
SUBJECT_INDENT_MM = 17.5
SIGNATURE_ROOM_MM = 26


def violators_docx(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """A4 portrait in Times New Roman; one table a ward with its header repeated, page numbers from page 2."""
    document = docx.Document()
    _set_page(document, facts)
    _letterhead(document, facts)
    _opening(document, facts)
    if facts.total:
        _summary(document, facts)
    else:
        _nobody(document, facts)
    for section in wording.sections(rows):
        shape(document.add_paragraph(), after=4)
        header = [
            [Cell(section.heading, bold=True, span=len(wording.COLUMNS), size=13, is_heading=True)],
            [Cell(name, "center", bold=True) for name in wording.COLUMNS],
        ]
        add_table(
            document,
            official.LIST_WIDTHS_MM,
            header,
            [_cells(row, place) for place, row in wording.numbered(section)],
        )
    _closing(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_page(document: Document, facts: ListFacts) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(13)
    style.paragraph_format.line_spacing, style.paragraph_format.space_after = 1.0, Pt(0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FACE)
    lang = style.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "vi-VN"})
    style.element.get_or_add_rPr().append(lang)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(official.PAGE_MM[0]), Mm(official.PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(official.MARGIN_TOP_MM), Mm(official.MARGIN_BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(official.MARGIN_LEFT_MM), Mm(official.MARGIN_RIGHT_MM)
    # A line of 13 pt in the middle of the top margin; page 1 has a header of its own, which stays empty.
    section.header_distance = section.footer_distance = Mm(8)
    section.different_first_page_header_footer = True
    page_number(shape(section.header.paragraphs[0], CENTRED), 13)
    if facts.is_demo:
        for footer in (section.first_page_footer, section.footer):
            write(shape(footer.paragraphs[0], CENTRED), wording.DEMO, 11, bold=True)
    properties = document.core_properties
    properties.title = wording.title_of(facts)
    properties.author, properties.language, properties.comments = wording.ISSUER, "vi-VN", ""
    properties.created = properties.modified = dt.datetime.combine(facts.made_on, dt.time())


def _letterhead(document: Document, facts: ListFacts) -> None:
    table = two_columns(document, 2, official.LETTERHEAD_WIDTHS_MM)
    left, right = table.rows[0].cells
    room_left, room_right = official.LETTERHEAD_WIDTHS_MM
    first = left.paragraphs[0]
    for line in wording.PARENT_BODY:
        write(shape(first if not first.runs else left.add_paragraph(), CENTRED), line, 12)
    for line in wording.ISSUING_BODY:
        write(shape(left.add_paragraph(), CENTRED), line, 12, bold=True)
    rule(left.add_paragraph(), BODY_RULE_MM, room_left)
    write(shape(right.paragraphs[0], CENTRED), wording.COUNTRY, 12, bold=True)
    write(shape(right.add_paragraph(), CENTRED), wording.MOTTO, 13, bold=True)
    rule(right.add_paragraph(), MOTTO_WIDTH_MM, room_right)
    number_cell, date_cell = table.rows[1].cells
    write(shape(number_cell.paragraphs[0], CENTRED, before=8), wording.official_number(wording.ABBREVIATION), 13)
    write(shape(date_cell.paragraphs[0], CENTRED, before=8), wording.official_date(facts.made_on), 13, italic=True)


def _opening(document: Document, facts: ListFacts) -> None:
    write(shape(document.add_paragraph(), CENTRED, before=18), wording.KIND, 14, bold=True)
    subject = write(shape(document.add_paragraph(), CENTRED, before=4), wording.subject_of(facts), 13, bold=True)
    subject.paragraph_format.left_indent = subject.paragraph_format.right_indent = Mm(SUBJECT_INDENT_MM)
    rule(document.add_paragraph(), SUBJECT_RULE_MM, official.TEXT_WIDTH_MM, after=10)
    if facts.is_demo:
        notice = [
            write(shape(document.add_paragraph(), CENTRED, keep_with_next=True), wording.DEMO, 13, bold=True),
            write(shape(document.add_paragraph(), CENTRED, after=10), wording.DEMO_NOTE, 12),
        ]
        box(notice, SUBJECT_INDENT_MM)
    for base in wording.with_stops(wording.legal_bases(facts)):
        write(_body(document), base, 13, italic=True)
    for statement in wording.statements(facts):
        write(_body(document), statement, 13)


def _body(document: Document, *, keep_with_next: bool = False) -> Paragraph:
    return shape(
        document.add_paragraph(),
        JUSTIFIED,
        after=6,
        first_line_mm=official.FIRST_LINE_MM,
        keep_with_next=keep_with_next,
    )


def _summary(document: Document, facts: ListFacts) -> None:
    heading = shape(document.add_paragraph(), LEFT, before=4, after=4, keep_with_next=True)
    write(heading, wording.SUMMARY_HEADING, 13, bold=True)
    counts = wording.summary(facts)
    half = (len(counts) + 1) // 2
    padded = [*counts, ("", None)][: 2 * half]
    rows = [
        [cell for ward, count in pair for cell in (Cell(ward), Cell("" if count is None else number(count), "right"))]
        for pair in zip(padded[:half], padded[half:], strict=True)
    ]
    total = [Cell(wording.TOTAL, bold=True, span=3), Cell(number(facts.total), "right", bold=True)]
    header = [Cell(name, "center", bold=True) for name in wording.SUMMARY_COLUMNS * 2]
    add_table(document, official.SUMMARY_WIDTHS_MM, [header], [*rows, total])


def _nobody(document: Document, facts: ListFacts) -> None:
    shape(document.add_paragraph())
    message = Cell(f"\n{wording.count_sentence(facts)}\n", "center", bold=True, size=14)
    add_table(document, (official.TEXT_WIDTH_MM,), [], [[message]])


def _cells(row: Violator, place: int) -> list[Cell]:
    return [
        Cell(number(place), "center"),
        Cell(f"{row.name} ({row.venue_code})"),
        Cell(row.address or wording.NO_ADDRESS),
        Cell(row.category),
        Cell(wording.failing(row)),
        Cell(str(row.counted_reminders), "center"),
        Cell("\n".join(wording.reminder_days(row)), "center"),
    ]


def _closing(document: Document) -> None:
    """Objection, recipients and signatory, held together: a signature never stands alone on a page."""
    shape(document.add_paragraph(), after=4, keep_with_next=True)
    objection = _body(document, keep_with_next=True)
    write(objection, f"{wording.OBJECTION_HEADING}. ", 13, bold=True)
    write(objection, wording.OBJECTION, 13)
    write(_body(document, keep_with_next=True), wording.PRIVACY_NOTE, 13)
    left, right = two_columns(document, 1, official.CLOSING_WIDTHS_MM).rows[0].cells
    write(shape(left.paragraphs[0], keep_with_next=True), "Nơi nhận:", 12, bold=True, italic=True)
    for line in wording.with_stops(wording.RECIPIENTS):
        write(shape(left.add_paragraph(), keep_with_next=True), f"- {line}", 11)
    write(shape(right.paragraphs[0], CENTRED, keep_with_next=True), wording.SIGNATORY, 13, bold=True)
    shape(right.add_paragraph()).paragraph_format.space_after = Mm(SIGNATURE_ROOM_MM)
