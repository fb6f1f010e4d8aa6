"""Official papers as Word documents, which an office edits, numbers and signs (Nghị định 30/2020/NĐ-CP, Phụ lục I).

What they say stands in templates of Word's own language, as text that can be read and compared. docxtpl would have it
in a file of Word's that cannot, loses headings of tables with loops in them, and runs code from a template unless told
not to. python-docx alone looks each cell of a table up again: thousands of rows take it minutes.
"""

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents import official
from documents.font_coverage import for_word
from documents.templating import fill

FACE = "Times New Roman"
LONGEST_PROPERTY = 255
"""Letters of a file's property; python-docx refuses more."""


def paper_docx(
    paper: Mapping[str, Any],
    made_on: dt.date,
    *,
    title: str,
    author: str,
    demo: str | None = None,
    pictures: Sequence[bytes] = (),
) -> bytes:
    """A paper as an A4 document in Times New Roman.

    Parameters
    ----------
    paper : what :func:`documents.case_papers.filled` gives; a part of the kind ``picture`` bears its ``number`` in
        ``pictures``, its ``alt`` text, its ``width_mm`` and its ``caption``
    made_on : day of the file's properties, so that the same paper gives the same bytes
    demo : mark in the bottom margin of every page
    pictures : PNG files
    """
    document = new_document(title, author, made_on)
    filled = fill("paper.docx.xml", paper=paper, demo=demo)
    of_number = {part["number"]: part for part in paper["parts"] if part["kind"] == "picture"}

    def set_picture(element: Any) -> None:
        part = of_number[int(element.get("number"))]
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(io.BytesIO(pictures[part["number"]]), width=Mm(part["width_mm"]))
        shape._inline.docPr.set("descr", part["alt"])

    return set_into(document, filled, has_footer=bool(demo), set_picture=set_picture)


def new_document(title: str, author: str, made_on: dt.date) -> Document:
    """An empty A4 document with the decree's margins, in 13 pt, in Vietnamese."""
    document = docx.Document()
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
    properties.title, properties.author = (for_word(words)[:LONGEST_PROPERTY] for words in (title, author))
    properties.language, properties.comments = "vi-VN", ""
    properties.created = properties.modified = dt.datetime.combine(made_on, dt.time())
    return document


def set_into(document: Document, filled: str, *, has_footer: bool, set_picture: Any = None) -> bytes:
    """The document with header, footer and body of a filled template, as a file; ``set_picture`` sets what stands for
    a picture."""
    header, footer, body = parse_xml(for_word(filled))
    section = document.sections[0]
    _replace(section.header, header)
    if has_footer:
        for part in (section.first_page_footer, section.footer):
            _replace(part, footer)
    for element in list(body):
        if element.tag == "picture":
            set_picture(element)
        else:
            document.element.body.insert_element_before(element, "w:sectPr")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _replace(part: Any, paragraphs: Iterable[Any]) -> None:
    """The header or footer holds these ``paragraphs`` and no others."""
    part.is_linked_to_previous = False
    part._element[:] = deepcopy(list(paragraphs))
