"""The poster of a venue's location code: A4, the code at least 150 mm wide, readable when scratched.

The order asks for printed location codes of at least 15 × 15 cm, names the four apps, and has people without a
smartphone scanned by the code on their citizen or health-insurance card (2962/UBND-VHTT, 27/9/2021).
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal
from xml.sax.saxutils import escape

import segno
from PIL import Image

from data.errors import QrContentTooLong
from data.queries.poster import LocationCode
from data.reference.issuing import has_district
from data.texts.catalogue import day
from documents import wording
from documents.typesetting import PNG_PPI, breakable, typeset

# 150 mm are asked for; printers that "fit to page" shrink by up to 3 %.
SIDE_MM = 155
# ISO/IEC 18004:2015, 6.3.8: a margin of four modules on each side.
QUIET_MODULES = 4
# With the larger modules of smaller versions the quiet zone would leave no room for a long name and address.
SMALLEST_VERSION = 5
# ISO/IEC 18004:2015, table 8: H restores about 30 % of the code, Q 25 %, M 15 %. A poster at a door is scratched, wet
# and taped over, and at 155 mm even the densest code has modules of 0.87 mm: so H, and less only where H cannot hold
# the content (more than 1,273 bytes).
ERROR_LEVELS = ("h", "q", "m")
# On a letter that nobody scratches; with fewer modules it is read when printed small.
PAPER_LEVELS = ("m",)

TITLE = "QUÉT MÃ QR TẠI ĐÂY"
INVITATION = "Mọi người đến địa điểm này đều quét mã khi vào."
APPS = "Bluezone, NCOVI, Khai báo y tế Việt Nam, VNeID"
VISITOR = (
    "Khách tự quét",
    (
        f"Mở một trong bốn ứng dụng: {APPS}.",
        "Chọn «Quét mã QR», đưa máy ảnh vào mã ở trên.",
        "Xem đúng tên địa điểm rồi xác nhận.",
    ),
)
KEEPER = (
    "Người của địa điểm quét giúp",
    (
        "Mở ứng dụng, chọn «Kiểm tra mã QR».",
        "Quét mã cá nhân trên điện thoại hoặc trên giấy của khách.",
    ),
)
WITHOUT_PHONE = (
    "Không có điện thoại thông minh",
    ("Đưa mã QR trên thẻ căn cước công dân hoặc thẻ bảo hiểm y tế để người của địa điểm quét.",),
)
ADVICE = (
    "Treo cạnh lối vào, mép trên cao khoảng 1,3 m, không bị chói; không dán lên cửa kéo, cửa lùa. In đúng cỡ 100 %, "
    "không cắt xén; vạch bên phải in ra phải dài đúng 100 mm."
)
BAR_MM = 100
LONGEST_LABEL = 30
LONGEST_NAME, LONGEST_ADDRESS = 200, 280
"""Characters, of the widest letters, that the smallest size fits on the one page; a register may hold 2,000."""


@dataclass(frozen=True)
class Symbol:
    """A QR code: modules a side, its error level, and its dark runs as (row, column, length)."""

    modules: int
    error: str
    runs: tuple[tuple[int, int, int], ...]


def symbol(
    content: str, venue: str = "", *, levels: Sequence[str] = ERROR_LEVELS, smallest: int | None = SMALLEST_VERSION
) -> Symbol:
    """The QR code that holds ``content``, at the first error level that can, of version ``smallest`` or more.

    Text beyond ASCII is stored as UTF-8 and says so (ECI 26): without it the standard lets a reader take the bytes
    for ISO 8859-1, and Vietnamese would come out garbled.

    Raises
    ------
    QrContentTooLong
        No QR code holds so much; ``venue`` is named in the sentence.
    """
    beyond_ascii = not content.isascii()
    for error in levels:
        try:
            code = _make(content, error, beyond_ascii, None)
            if smallest and int(code.version) < smallest:
                code = _make(content, error, beyond_ascii, smallest)
        except segno.DataOverflowError:
            continue
        return Symbol(len(code.matrix), error.upper(), tuple(_runs(code.matrix)))
    raise QrContentTooLong(venue)


def _make(content: str, error: str, beyond_ascii: bool, version: int | None) -> segno.QRCode:
    return segno.make_qr(
        content,
        error=error,
        version=version,
        encoding="utf-8" if beyond_ascii else None,
        eci=beyond_ascii,
        boost_error=False,
    )


def _runs(matrix: tuple[bytearray, ...]) -> list[tuple[int, int, int]]:
    """Dark modules side by side as (row, column, length)."""
    found = []
    for row, cells in enumerate(matrix):
        column = 0
        for is_dark, group in groupby(cells):
            length = len(list(group))
            if is_dark:
                found.append((row, column, length))
            column += length
    return found


def svg(drawn: Symbol) -> str:
    """The code in its quiet zone as one path, a unit a module; for where a template sets many of them."""
    side = drawn.modules + 2 * QUIET_MODULES
    path = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h{length}v1h-{length}z" for row, column, length in drawn.runs
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{path}"/></svg>'


def poster(code: LocationCode, made_on: dt.date, fmt: Literal["pdf", "svg", "png"], label: str = "") -> bytes:
    """The poster as PDF (fonts embedded), as SVG (210 × 297 mm, text as outlines, nothing from elsewhere) or as PNG (A4
    at 200 dots an inch).

    ``label`` names the entrance or floor at which it hangs.

    Raises
    ------
    QrContentTooLong
    """
    page = typeset("poster.typ", sheet([(code, label)], made_on), made_on, fmt)
    if fmt == "svg":
        return _in_millimetres(page.decode("utf-8"), code).encode("utf-8")
    return _with_density(page) if fmt == "png" else page


def sheet(posters: Sequence[tuple[LocationCode, str]], made_on: dt.date) -> dict[str, Any]:
    """What the template reads: posters with their labels, one a page."""
    return {
        "title": TITLE,
        "author": wording.issuer_or_blank("culture_centre", made_on).name,
        "invitation": INVITATION,
        "side_mm": SIDE_MM,
        "quiet_modules": QUIET_MODULES,
        "boxes": (VISITOR, KEEPER, WITHOUT_PHONE),
        "advice": ADVICE,
        "bar_mm": BAR_MM,
        "posters": [_page(code, label, made_on, has_runs=len(posters) == 1) for code, label in posters],
    }


def _page(code: LocationCode, label: str, made_on: dt.date, *, has_runs: bool) -> dict[str, Any]:
    drawn = symbol(code.qr_content, code.name)
    ward = f"phường {code.ward}, " if code.ward else ""
    town = "quận Hà Đông" if has_district(made_on) else "Hà Nội"
    address = _cut(code.address, LONGEST_ADDRESS)
    return {
        "alt": f"Mã QR của địa điểm {code.name}",
        "svg": svg(drawn),
        "runs": drawn.runs if has_runs else [],
        "modules": drawn.modules,
        "name": breakable(_cut(code.name, LONGEST_NAME)),
        "label": breakable(label),
        "address": breakable(f"{address}, {ward}{town}" if address else f"{ward}{town}"),
        "demo": wording.DEMO if code.is_demo else None,
        "source": f"Mã địa điểm {code.venue_code}. Mã QR tạo ngày {day(code.registered_on)}, in ngày {day(made_on)}. "
        "Theo Công văn số 2962/UBND-VHTT ngày 27/9/2021: từ 15 × 15 cm.",
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _with_density(page: bytes) -> bytes:
    """Typst's PNG does not say how large a dot is: programs would print it in whatever size fits the paper."""
    out = io.BytesIO()
    Image.open(io.BytesIO(page)).convert("L").save(out, "PNG", dpi=(PNG_PPI, PNG_PPI), optimize=True)
    return out.getvalue()


def _in_millimetres(svg: str, code: LocationCode) -> str:
    """Typst gives the page's size in points; printers and drawing programs keep millimetres exactly."""
    opening = re.match(r"<svg [^>]*>", svg)
    if opening is None:
        raise ValueError("Typst's SVG does not begin with its root element")
    sized = re.sub(r'\bwidth="[^"]*"', 'width="210mm"', opening[0], count=1)
    sized = re.sub(r'\bheight="[^"]*"', 'height="297mm"', sized, count=1)
    title = f"<title>{escape(f'Mã QR của địa điểm {code.name} ({code.venue_code})')}</title>"
    return sized.replace("<svg ", '<svg role="img" xml:lang="vi" ', 1) + title + svg[opening.end() :]
