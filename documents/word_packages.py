"""A Word document from outside as its parts; one that holds what runs, fetches or is not looked through is refused.

What may be in it is listed, and what is not listed is named in the refusal. Names of parts, kinds of relations and
local names of elements decide: their types and namespaces have other words for the same thing (ECMA-376, parts 1 to 4).
"""

import io
import re
import zipfile
import zlib
from typing import Any

from lxml import etree

from data.errors import TextError

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_XML = 4 * 1024 * 1024
"""Unpacked, of all parts that are XML: a letter of one page has a tenth."""
MOST_PARTS = 300
MOST_ATTRIBUTES = 200
"""Of one element: lxml looks each up among all of them."""
MAIN_PART = "word/document.xml"
TYPES_PART = "[Content_Types].xml"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_XML = (".xml", ".rels")
_DRAWN = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf")
_FONTS = (".odttf", ".ttf", ".otf")
_RUNS = re.compile(r"(^|/)(vbaProject\.bin|vbaData\.xml|customUI/|activeX/|embeddings/|afchunk)", re.IGNORECASE)
_NO_NAME = re.compile(r"^/|\\|(^|/)\.{1,2}(/|$)|//|[\x00-\x1f]")
_SYMLINK = 0o12
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LINKS = {"image": _DRAWN, "thumbnail": _DRAWN, "font": _FONTS} | dict.fromkeys(
    (
        *("officeDocument", "core-properties", "extended-properties", "custom-properties", "classificationlabels"),
        *("styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "theme", "numbering"),
        *("header", "footer", "footnotes", "endnotes", "customXml", "customXmlProps", "glossaryDocument"),
        *("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people"),
        *("diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing"),
    ),
    (".xml",),
)
"""Kinds of relations between parts, and how the name of what each leads to ends."""
_ACTIVE = frozenset(
    (
        *("altChunk", "object", "OLEObject", "control", "subDoc", "attachedTemplate", "mailMerge"),
        *("webVideoPr", "saveThroughXslt", "frameset"),
    )
)
_CODES = ("instrText", "delInstrText")
_HARMLESS_CODES = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES", "MERGEFORMAT", "ARABIC"))
_PLAIN = frozenset(("UTF-8", "US-ASCII", "ASCII"))
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


class UnusableTemplate(TextError):
    """A template that cannot be used; its sentence says what is wrong with it."""


def parts_of(content: bytes) -> dict[str, bytes]:
    """Each part of the document by its name; bounded while it is unpacked.

    Raises
    ------
    UnusableTemplate
        It is too large, or no archive with the parts of a Word document and no others.
    """
    if len(content) > MOST_BYTES:
        raise UnusableTemplate("template.large", most=MOST_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _require_known(entries)
            return {entry.filename: _unpacked(archive, entry) for entry in entries if not entry.is_dir()}
    except _BROKEN as error:
        raise UnusableTemplate("template.no_document") from error


def trees_of(parts: dict[str, bytes]) -> dict[str, Any]:
    """The parts that are XML, read, by name, when nothing in any of them runs or fetches.

    Raises
    ------
    UnusableTemplate
    """
    trees = {name: tree_of(name, part) for name, part in parts.items() if name.lower().endswith(_XML)}
    _require_document(trees[TYPES_PART], trees.get("_rels/.rels"), trees[MAIN_PART])
    for name, tree in trees.items():
        if name.lower().endswith(".rels"):
            for each in tree.iter("{*}Relationship"):
                _require_inside(each)
        else:
            _require_still(tree)
    return trees


def tree_of(name: str, part: bytes) -> Any:
    """A part of XML, read; raises UnusableTemplate where it is none, or declares what is to be put into it."""
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise UnusableTemplate("template.entities", part=name)
    try:
        tree = etree.fromstring(part, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnusableTemplate("template.no_document") from error
    # of another alphabet the bytes above would not have been seen
    about = tree.getroottree().docinfo
    if about.doctype or about.internalDTD is not None or (about.encoding or "UTF-8").upper() not in _PLAIN:
        raise UnusableTemplate("template.entities", part=name)
    return tree


def own_paragraph(element: Any) -> Any:
    """The paragraph that the element is in, not one around a box of text that it is in; None: it is in none."""
    return next(element.iterancestors(f"{W}p"), None)


def _require_known(entries: list[zipfile.ZipInfo]) -> None:
    """Of the entries as the archive lists them: names that mean one thing, kinds that are known, not too much."""
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnusableTemplate("template.bomb")
    if sum(entry.file_size for entry in entries if entry.filename.lower().endswith(_XML)) > MOST_XML:
        raise UnusableTemplate("template.bomb")
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) != len(names) or not {TYPES_PART, MAIN_PART} <= set(names):
        raise UnusableTemplate("template.no_document")
    for entry in entries:
        name = entry.filename
        if _NO_NAME.search(name) or entry.external_attr >> 28 == _SYMLINK or entry.compress_type not in _PACKED:
            raise UnusableTemplate("template.no_document")
        if _RUNS.search(name) or not (entry.is_dir() or name.lower().endswith((*_XML, *_DRAWN, *_FONTS))):
            raise UnusableTemplate("template.runs", what=name[-60:])


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What the entry says of its size is not believed: it is read that far."""
    with archive.open(entry) as stream:
        return stream.read(entry.file_size + 1)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _require_document(types: Any, relations: Any, main: Any) -> None:
    """The main part is the one that is looked through, and a document: no template, none with macros."""
    mains = [each.get("ContentType", "") for each in types if each.get("PartName") == f"/{MAIN_PART}"]
    begins = [] if relations is None else relations.iter("{*}Relationship")
    targets = [each.get("Target", "").lstrip("/") for each in begins if _kind(each) == "officeDocument"]
    if mains != [MAIN] or targets != [MAIN_PART] or main.tag != f"{W}document":
        raise UnusableTemplate("template.no_document")
    for each in types:
        said = each.get("ContentType", "").lower()
        if "macro" in said or "vba" in said:
            raise UnusableTemplate("template.runs", what=said[-60:])


def _kind(relation: Any) -> str:
    kind: str = relation.get("Type", "").rpartition("/")[2]
    return kind


def _require_inside(relation: Any) -> None:
    """It leads to a part of this document, of a kind that is looked through."""
    target, kind = relation.get("Target", ""), _kind(relation)
    if (
        relation.get("TargetMode", "Internal").lower() != "internal"
        or re.search(r":|\\|^//", target)
        or kind == "hyperlink"
    ):
        raise UnusableTemplate("template.outside", target=target[:80])
    if not target.lower().endswith(_LINKS.get(kind, ("\0",))):
        raise UnusableTemplate("template.runs", what=f"{kind} {target}"[:60])


def _require_still(tree: Any) -> None:
    """Nothing in the part fetches or runs by itself."""
    codes: dict[Any, str] = {}
    for each in tree.iter("{*}*"):
        name = etree.QName(each).localname
        if len(each.attrib) > MOST_ATTRIBUTES:
            raise UnusableTemplate("template.bomb")
        if name in _ACTIVE:
            raise UnusableTemplate("template.runs", what=name)
        if name == "fldSimple":
            for said in each.attrib.values():
                _require_harmless(said)
        # a code may be split over several runs; where another begins, this one does not go on
        elif name in _CODES or name == "fldChar":
            place = own_paragraph(each)
            codes[place] = codes.get(place, "") + ("\n" if name == "fldChar" else each.text or "")
    for code in codes.values():
        _require_harmless(code)


def _require_harmless(code: str) -> None:
    words = [word for word in re.split(r"[\s\\*]+", code.upper()) if word]
    if any(word not in _HARMLESS_CODES for word in words):
        raise UnusableTemplate("template.code", code=code.strip()[:60])
