"""The list of violators as a Word document, for an office that sets its number, signs it and sends it on.

What it says stands in ``templates/violators.docx.xml``, as text that can be read and compared. docxtpl would have it in
a file of Word's that cannot, loses headings of tables with loops in them, and runs code from a template unless told
not to. python-docx alone looks each cell of a table up again: thousands of rows take it minutes.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from data.queries.violators import ListFacts, Violator
from documents import official, wording
from documents.templating import fill

FACE = "Times New Roman"

# XML 1.0 has no place for these characters.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def violators_docx(rows: Sequence[Violator], facts: ListFacts) -> bytes:
    """A4 portrait in Times New Roman; one table a ward with its header repeated, page numbers from page 2."""
    document = docx.Document()
    _set_page(document, facts)
    filled = fill("violators.docx.xml", facts=facts, sections=wording.sections(rows))
    header, footer, body = parse_xml(_NOT_XML.sub(" ", filled))
    section = document.sections[0]
    _replace(section.header, header)
    if facts.is_demo:
        for part in (section.first_page_footer, section.footer):
            _replace(part, footer)
    for element in list(body):
        document.element.body.insert_element_before(element, "w:sectPr")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _replace(part: Any, paragraphs: Iterable[Any]) -> None:
    """The header or footer holds these ``paragraphs`` and no others."""
    part.is_linked_to_previous = False
    part._element[:] = deepcopy(list(paragraphs))


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
    properties = document.core_properties
    properties.title = wording.title_of(facts)
    properties.author, properties.language, properties.comments = wording.issuer(facts).name, "vi-VN", ""
    properties.created = properties.modified = dt.datetime.combine(facts.made_on, dt.time())
