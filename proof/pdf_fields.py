"""Empty fields of a PDF: for the signature of the office's own token, and for the number and day that clerks enter.

A template marks each place with a link ``field:<name>`` (documents/templates/fields.typ). The link becomes the field,
in the same place of the page and of the structure, so that PDF/UA-1 (a widget stands within a form, and says what it is
for) and PDF/A-2a (it is printed, has an appearance, and its font is in the file) stay true. Our own Ed25519 signature
never goes into the PDF: readers take it for a broken one.
"""

import hashlib
import io
from collections.abc import Iterator
from functools import cache
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from data.project import ROOT
from data.texts.catalogue import t

SIGNATURE = "signature"
LABELS = {
    SIGNATURE: "proof.pdf.signature",
    "number": "proof.pdf.number",
    "day": "proof.pdf.day",
    "month": "proof.pdf.month",
}
"""What each field is for, as the reader of a screen is told."""

_MARK = "field:"
_FONT = ROOT / "assets" / "fonts" / "documents" / "LiberationSerif-Regular.ttf"
_FONT_NAME, _BASE_FONT = "/Digits", "/DIGITS+LiberationSerif"
_APPEARANCE = f"{_FONT_NAME} 13 Tf 0 g"
_DIGITS = "0123456789"
_SERIF, _NONSYMBOLIC = 2, 32
_HAS_SIGNATURE_FIELD, _APPEND_ONLY = 1, 2
_PRINTED = 4
_ID_LENGTH = 16
_CENTRED = 1


class _Writer(IncrementalPdfFileWriter):
    """Appends without the clock and without lots: the library would write the hour and a random id."""

    def _update_meta(self) -> None:
        pass

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        first, second = prev.trailer["/ID"]
        return generic.ArrayObject([_bytes(first), _bytes(hashlib.sha256(_bytes(second)).digest()[:_ID_LENGTH])])


def _bytes(value: bytes | generic.TextStringObject) -> generic.ByteStringObject:
    return generic.ByteStringObject(value.original_bytes if isinstance(value, generic.TextStringObject) else value)


def with_fields(pdf: bytes) -> bytes:
    """``pdf`` with its marks made empty fields; the same file gives the same bytes, one without a mark itself."""
    writer: IncrementalPdfFileWriter = _Writer(io.BytesIO(pdf + b"\n"))  # an object begins on a line of its own
    marks = list(_marks(writer))
    if not marks:
        return pdf
    for annotation, name in marks:
        _make_field(writer, annotation.get_object(), name)
    fonts = generic.DictionaryObject({pdf_name(_FONT_NAME): _font(writer)})
    writer.root["/AcroForm"] = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Fields"): generic.ArrayObject([annotation for annotation, _ in marks]),
                pdf_name("/SigFlags"): generic.NumberObject(_HAS_SIGNATURE_FIELD | _APPEND_ONLY),
                pdf_name("/DA"): pdf_string(_APPEARANCE),
                pdf_name("/DR"): generic.DictionaryObject({pdf_name("/Font"): fonts}),
            }
        )
    )
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _marks(writer: IncrementalPdfFileWriter) -> Iterator[tuple[generic.IndirectObject, str]]:
    """The links that mark fields, with the field's name, page by page."""
    for number in range(int(writer.root["/Pages"]["/Count"])):
        page = writer.find_page_for_modification(number)[0].get_object()
        annotations = page.get("/Annots", generic.ArrayObject())
        for place in range(len(annotations)):
            target = str(annotations[place].get("/A", {}).get("/URI", ""))
            if target.startswith(_MARK):
                yield annotations.raw_get(place), target.removeprefix(_MARK)


def _make_field(writer: IncrementalPdfFileWriter, widget: generic.DictionaryObject, name: str) -> None:
    """Turn the link into a field, and what stands for it in the structure into a form."""
    left, low, right, high = (float(edge) for edge in widget["/Rect"])
    for key in ("/A", "/Border", "/Contents"):
        widget.pop(key, None)
    appearance = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(
                [generic.FloatObject(edge) for edge in (0, 0, right - left, high - low)]
            ),
        },
        stream_data=b"" if name == SIGNATURE else b"/Tx BMC EMC",
    )
    widget |= {
        pdf_name("/Subtype"): pdf_name("/Widget"),
        pdf_name("/FT"): pdf_name("/Sig" if name == SIGNATURE else "/Tx"),
        pdf_name("/T"): pdf_string(name),
        pdf_name("/TU"): pdf_string(t(LABELS[name])),
        pdf_name("/F"): generic.NumberObject(_PRINTED),
        pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(appearance)}),
    }
    if name != SIGNATURE:
        widget |= {pdf_name("/DA"): pdf_string(_APPEARANCE), pdf_name("/Q"): generic.NumberObject(_CENTRED)}
    writer.update_container(widget)
    form = _in_structure(writer.root["/StructTreeRoot"]["/ParentTree"], int(widget["/StructParent"]))
    form["/S"] = pdf_name("/Form")
    form.pop("/A", None)
    (form["/K"],) = form["/K"]  # the field, and no list of it: so it is found by what compares two versions
    writer.update_container(form)


def _in_structure(tree: Any, number: int) -> Any:
    """The element that a number of the tree of parents stands for."""
    numbers = list(tree.get("/Nums", ()))
    for place, each in zip(numbers[::2], numbers[1::2], strict=True):
        if int(place) == number:
            return each.get_object()
    for kid in tree.get("/Kids", ()):
        low, high = (int(limit) for limit in kid["/Limits"])
        if low <= number <= high:
            return _in_structure(kid, number)
    raise LookupError(number)


def _font(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    """The digits of the document's own face, embedded: what a viewer writes into a field stays in the file's fonts."""
    data, widths, box = _digits()
    file = generic.StreamObject({pdf_name("/Length1"): generic.NumberObject(len(data))}, stream_data=data)
    file.compress()
    ascent, descent = box[3], box[1]
    descriptor = {
        "/Type": pdf_name("/FontDescriptor"),
        "/FontName": pdf_name(_BASE_FONT),
        "/Flags": generic.NumberObject(_SERIF | _NONSYMBOLIC),
        "/FontBBox": generic.ArrayObject([generic.NumberObject(edge) for edge in box]),
        "/ItalicAngle": generic.NumberObject(0),
        "/Ascent": generic.NumberObject(ascent),
        "/Descent": generic.NumberObject(descent),
        "/CapHeight": generic.NumberObject(ascent),
        "/StemV": generic.NumberObject(80),
        "/FontFile2": writer.add_object(file),
    }
    font = {
        "/Type": pdf_name("/Font"),
        "/Subtype": pdf_name("/TrueType"),
        "/BaseFont": pdf_name(_BASE_FONT),
        "/Encoding": pdf_name("/WinAnsiEncoding"),
        "/FirstChar": generic.NumberObject(ord(_DIGITS[0])),
        "/LastChar": generic.NumberObject(ord(_DIGITS[-1])),
        "/Widths": generic.ArrayObject([generic.NumberObject(width) for width in widths]),
        "/FontDescriptor": writer.add_object(_dictionary(descriptor)),
    }
    return writer.add_object(_dictionary(font))


def _dictionary(values: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(name): value for name, value in values.items()})


@cache
def _digits() -> tuple[bytes, list[int], list[int]]:
    """A font of the digits alone, their widths, and the box around them; in thousandths of the letters' size."""
    with TTFont(_FONT, recalcTimestamp=False) as font:
        options = subset.Options(
            hinting=False, notdef_outline=True, name_IDs=[], drop_tables=["FFTM", "GPOS", "GSUB", "GDEF"]
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=_DIGITS)
        subsetter.subset(font)
        scale = 1000 / font["head"].unitsPerEm
        names = font.getBestCmap()
        widths = [round(font["hmtx"][names[ord(digit)]][0] * scale) for digit in _DIGITS]
        head = font["head"]
        box = [round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
        out = io.BytesIO()
        font.save(out)
    return out.getvalue(), widths, box
