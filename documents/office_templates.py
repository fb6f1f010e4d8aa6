"""An office's own layout of a letter: a Word document with named fields, ``{{ten_dia_diem}}``, filled in as plain text.

A template is data. Nothing in it runs: no template language reads it, and what Word would run or fetch by itself
(macros, field codes, embedded objects, linked files) is refused when it is uploaded, each with its own sentence.
"""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from documents.font_coverage import for_word
from documents.word_packages import MAIN_PART, UnusableTemplate, W, own_paragraph, parts_of, tree_of, trees_of

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
MOST_FIELDS = 500
"""In one template, each as often as it stands there."""
FILLED_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_FIELD = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BRACES = re.compile(r"\{\{[^{}]*\}\}|\{%|%\}|[{}\uff5b\uff5d]")


def checked(content: bytes) -> tuple[str, ...]:
    """The fields of the template, in the order of :data:`FIELDS`.

    Raises
    ------
    UnusableTemplate
        It is too large, no Word document, holds what runs or fetches, or its fields are unknown, wanting, or where
        nothing is filled in.
    """
    found: list[str] = []
    for name, tree in trees_of(parts_of(content)).items():
        is_filled = bool(FILLED_PARTS.fullmatch(name))
        if is_filled:
            for words in map(_words, _paragraphs(tree)):
                found += _fields_of(words)
        if name.startswith("word/"):
            _require_no_other_place(tree, is_filled=is_filled)
    if len(found) > MOST_FIELDS:
        raise UnusableTemplate("template.many", most=MOST_FIELDS)
    unknown = sorted(set(found) - set(FIELDS))
    if unknown:
        raise UnusableTemplate("template.unknown", fields=", ".join(unknown)[:200], known=", ".join(FIELDS))
    wanting = [name for name in REQUIRED if name not in found]
    if wanting:
        raise UnusableTemplate("template.wanting", fields=", ".join(wanting))
    return tuple(name for name in FIELDS if name in found)


def filled(content: bytes, values: Mapping[str, str], note: str = "") -> bytes:
    """The template with its fields filled in, as plain text whatever it looks like; a field without a value is blank.

    ``note``: stands above all, as that the data are made.

    Raises
    ------
    UnusableTemplate
        As :func:`checked`: it is asked again at each use.
    """
    checked(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts_of(content).items():
            is_main = name == MAIN_PART
            written = (
                _with_values(tree_of(name, part), values, note if is_main else "")
                if FILLED_PARTS.fullmatch(name)
                else part
            )
            made.writestr(zipfile.ZipInfo(name, (2021, 9, 27, 0, 0, 0)), written, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def text_of(content: bytes) -> list[str]:
    """The paragraphs of a document, for a look at it on the screen; a box of text once, as newer versions draw it."""
    tree = tree_of(MAIN_PART, parts_of(content)[MAIN_PART])
    return [words for texts in _paragraphs(tree) if (words := _words(texts)).strip() and not _is_fallback(texts[0])]


def _is_fallback(text: Any) -> bool:
    return next(text.iterancestors("{*}Fallback"), None) is not None


def _paragraphs(tree: Any) -> Iterator[list[Any]]:
    """The texts of each paragraph, without those of the boxes of text in it."""
    texts: dict[Any, list[Any]] = {}
    for text in tree.iter(f"{W}t"):
        texts.setdefault(own_paragraph(text), []).append(text)
    return iter(texts.values())


def _words(texts: list[Any]) -> str:
    return "".join(text.text or "" for text in texts)


def _fields_of(words: str) -> list[str]:
    """Names of the fields; every other brace is refused, with what stands behind it."""
    found = []
    for brace in _BRACES.finditer(words):
        field = _FIELD.fullmatch(brace[0])
        if field is None:
            raise UnusableTemplate("template.expression", words=words[brace.start() :][:60])
        found.append(field[1].lower())
    return found


def _require_no_other_place(tree: Any, *, is_filled: bool) -> None:
    """No field stands where none is filled in: in a drawing, a comment, words that were struck out."""
    for each in tree.iter("{*}*"):
        of_its_own = [] if is_filled and each.tag == f"{W}t" else [each.text or ""]
        for words in (*each.attrib.values(), *of_its_own):
            if "{{" in words or "{%" in words:
                raise UnusableTemplate("template.place", words=words[:60])


def _with_values(tree: Any, values: Mapping[str, str], note: str) -> bytes:
    for texts in _paragraphs(tree):
        _fill(texts, values)
    # what is bound to a part elsewhere in the file would be written over from there
    for each in list(tree.iter("{*}dataBinding")):
        each.getparent().remove(each)
    if note:
        above = etree.Element(f"{W}p")
        etree.SubElement(etree.SubElement(above, f"{W}r"), f"{W}t").text = note
        tree.find(f"{W}body").insert(0, above)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _fill(texts: list[Any], values: Mapping[str, str]) -> None:
    """Put the values where the fields stand; each looks as the first letter of its field. No value is looked into."""
    words, last = _words(texts), 0
    fields = deque((found.span(), values.get(found[1].lower(), "")) for found in _FIELD.finditer(words))
    for text in texts if fields else ():
        first, last = last, last + len(text.text or "")
        pieces, place = [], first
        while fields and fields[0][0][0] < last:
            (start, end), value = fields[0]
            pieces += [words[place:start], for_word(value) if start >= first else ""]
            place = min(end, last)
            if end > last:
                break  # it goes on in the next text
            fields.popleft()
        text.text = "".join((*pieces, words[place:last]))
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
