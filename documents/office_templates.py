"""An office's own layout of a letter: a Word document with named fields, ``{{ten_dia_diem}}``, filled in as plain text.

A template is data. Nothing in it runs: no template language reads it, and what Word would run or fetch by itself
(macros, field codes, embedded objects, linked files) is refused when it is uploaded, each with its own sentence.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from data.errors import TextError

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 300
FIELDS = (
    "ten_dia_diem",
    "ma_dia_diem",
    "dia_chi",
    "phuong",
    "so_lan_nhac",
    "ngay_nhac",
    "noi_dung",
    "ngay_so_lieu",
    "co_quan",
    "dai_dien",
    "ly_do",
)
REQUIRED = ("ten_dia_diem", "dia_chi")
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FILLED_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_RUNS = re.compile(r"(^|/)(vbaProject\.bin|vbaData\.xml|customUI/|activeX/|embeddings/|afchunk)", re.IGNORECASE)
_FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{\{|\}\}|\{%|%\}", re.DOTALL)
_HARMLESS_CODES = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES"))
_FETCHING = frozenset(
    (f"{W}altChunk", f"{W}object", f"{W}control", f"{W}subDoc", f"{W}attachedTemplate", f"{W}mailMerge")
)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnusableTemplate(TextError):
    """A template that cannot be used; its sentence says what is wrong with it."""


def checked(content: bytes) -> tuple[str, ...]:
    """The fields of the template, in the order of :data:`FIELDS`.

    Raises
    ------
    UnusableTemplate
        It is too large, no Word document, holds what runs or fetches, or its fields are unknown or wanting.
    """
    found: set[str] = set()
    for name, tree in _parts(content).items():
        if name.endswith(".rels"):
            _require_inside(tree)
        elif tree is not None:
            _require_still(tree)
        if FILLED_PARTS.fullmatch(name) and tree is not None:
            for paragraph in tree.iter(f"{W}p"):
                found |= _fields_of("".join(text.text or "" for text in paragraph.iter(f"{W}t")))
    unknown = sorted(found - set(FIELDS))
    if unknown:
        raise UnusableTemplate("template.unknown", fields=", ".join(unknown), known=", ".join(FIELDS))
    wanting = [name for name in REQUIRED if name not in found]
    if wanting:
        raise UnusableTemplate("template.wanting", fields=", ".join(wanting))
    return tuple(name for name in FIELDS if name in found)


def filled(content: bytes, values: Mapping[str, str]) -> bytes:
    """The template with its fields filled in, as plain text whatever it looks like; a field without a value is blank.

    Raises
    ------
    UnusableTemplate
        As :func:`checked`: it is asked again at each use.
    """
    checked(content)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in source.infolist():
            part = source.read(entry)
            if FILLED_PARTS.fullmatch(entry.filename):
                part = _with_values(part, values)
            made.writestr(zipfile.ZipInfo(entry.filename, (2021, 9, 27, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def text_of(content: bytes) -> list[str]:
    """The paragraphs of a document, for a look at it on the screen."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"), _parser())
    lines = ("".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in tree.iter(f"{W}p"))
    return [line for line in lines if line.strip()]


def _parts(content: bytes) -> dict[str, Any]:
    """Each part of the document by its name, those of XML as trees; bounded while it is unpacked."""
    if len(content) > MOST_BYTES:
        raise UnusableTemplate("template.large", most=MOST_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise UnusableTemplate("template.bomb")
            return {entry.filename: _part(entry.filename, _unpacked(archive, entry)) for entry in _known(entries)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise UnusableTemplate("template.no_document") from error


def _known(entries: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or not {"[Content_Types].xml", "word/document.xml"} <= set(names):
        raise UnusableTemplate("template.no_document")
    for name in names:
        if _RUNS.search(name):
            raise UnusableTemplate("template.runs", what=name[-60:])
    yield from entries


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What the entry says of its size is not believed."""
    with archive.open(entry) as stream:
        part = stream.read(MOST_UNPACKED + 1)
    if len(part) > MOST_UNPACKED:
        raise UnusableTemplate("template.bomb")
    return part


def _part(name: str, part: bytes) -> Any:
    if not name.endswith((".xml", ".rels")):
        return None
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnusableTemplate("template.entities", part=name)
    try:
        tree = etree.fromstring(part, _parser())
    except etree.XMLSyntaxError as error:
        raise UnusableTemplate("template.no_document") from error
    if name == "[Content_Types].xml":
        _require_document(tree)
    return tree


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _require_document(types: Any) -> None:
    """The main part is a document and no template or document with macros."""
    main = [each.get("ContentType", "") for each in types if each.get("PartName") == "/word/document.xml"]
    if main != [MAIN]:
        raise UnusableTemplate("template.no_document")
    for each in types:
        if "macro" in each.get("ContentType", "").lower() or "vba" in each.get("ContentType", "").lower():
            raise UnusableTemplate("template.runs", what=each.get("ContentType", "")[-60:])


def _require_inside(relations: Any) -> None:
    for each in relations:
        if each.get("TargetMode", "").lower() == "external":
            raise UnusableTemplate("template.outside", target=each.get("Target", "")[:80])


def _require_still(tree: Any) -> None:
    """Nothing in the part fetches or runs by itself."""
    for each in tree.iter():
        if each.tag in _FETCHING:
            raise UnusableTemplate("template.runs", what=etree.QName(each).localname)
        if each.tag == f"{W}fldSimple":
            _require_harmless(each.get(f"{W}instr", ""))
    # a code may be split over several runs
    for paragraph in tree.iter(f"{W}p"):
        codes = "".join(each.text or "" for each in paragraph.iter(f"{W}instrText"))
        if codes.strip():
            _require_harmless(codes)


def _require_harmless(code: str) -> None:
    words = [word for word in re.split(r"[\s\\*]+", code.upper()) if word]
    if any(word not in (*_HARMLESS_CODES, "MERGEFORMAT", "ARABIC") for word in words):
        raise UnusableTemplate("template.code", code=code.strip()[:60])


def _fields_of(words: str) -> set[str]:
    """Names of the fields; every other brace of a template language is refused."""
    for brace in _BRACES.findall(words):
        if not _FIELD.fullmatch(brace):
            raise UnusableTemplate("template.expression", words=brace[:60])
    return set(_FIELD.findall(words))


def _with_values(part: bytes, values: Mapping[str, str]) -> bytes:
    tree = etree.fromstring(part, _parser())
    for paragraph in tree.iter(f"{W}p"):
        texts = list(paragraph.iter(f"{W}t"))
        words = "".join(text.text or "" for text in texts)
        for match in reversed(list(_FIELD.finditer(words))):
            _replace(texts, match.start(), match.end(), values.get(match[1], ""))
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _replace(texts: list[Any], start: int, end: int, value: str) -> None:
    """Put ``value`` where the letters from ``start`` to ``end`` of all texts stand; it looks as the first of them."""
    clean, place, is_put = _NOT_XML.sub(" ", value), 0, False
    for text in texts:
        own = text.text or ""
        first, last = max(start - place, 0), min(end - place, len(own))
        if first < last:
            text.text = own[:first] + ("" if is_put else clean) + own[last:]
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            is_put = True
        place += len(own)
