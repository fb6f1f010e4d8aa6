"""A rendered page as printers, weather and telephones make of it, read by a decoder that did not draw it."""

import random
from collections.abc import Callable

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

PRINT_DPI = 300
PHONE_DPI = 100
"""A page that fills the screen of a telephone held at arm's length."""
MM_AN_INCH = 25.4


def page_at(document: bytes, dpi: int = PRINT_DPI, page: int = 0) -> Image.Image:
    """A page of a PDF, in grey."""
    return pypdfium2.PdfDocument(document)[page].render(scale=dpi / 72).to_pil().convert("L")


def tilted(picture: Image.Image) -> Image.Image:
    """Seen from the side, and turned by some degrees."""
    width, height = picture.size
    corners = (0.06 * width, 0.03 * height, 0, 0.98 * height, 0.95 * width, height, width, 0.05 * height)
    leaned = picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BILINEAR)
    return leaned.rotate(7, Image.Resampling.BILINEAR, expand=True, fillcolor=255)


def dirty(picture: Image.Image) -> Image.Image:
    """Spots and scratches over the whole page, always the same. None lies on a corner mark: no decoder finds a code
    without these, of whatever level."""
    stained, chance = picture.copy(), random.Random(13)
    draw = ImageDraw.Draw(stained)
    for _ in range(60):
        x, y = chance.random() * picture.width, chance.random() * picture.height
        size = picture.width * 0.006 * (0.4 + chance.random())
        draw.ellipse((x - size, y - size, x + size, y + size), fill=chance.choice((0, 255)))
    for _ in range(6):
        x, y = chance.random() * picture.width, chance.random() * picture.height
        draw.line(
            (x, y, x + picture.width * 0.3, y + picture.width * 0.1), fill=255, width=max(2, picture.width // 500)
        )
    return stained


def dim(picture: Image.Image) -> Image.Image:
    """In a dark doorway with light from one side, a little out of focus."""
    grey = ImageEnhance.Contrast(picture).enhance(0.45).filter(ImageFilter.GaussianBlur(picture.width / 1200))
    shade = np.linspace(0.35, 0.9, grey.width)[None, :]
    return Image.fromarray((np.asarray(grey) * shade).astype(np.uint8))


def scaled(share: float) -> Callable[[Image.Image], Image.Image]:
    """As a printer that does not keep the size prints it."""

    def smaller(picture: Image.Image) -> Image.Image:
        sheet = Image.new("L", picture.size, 255)
        size = (round(picture.width * share), round(picture.height * share))
        sheet.paste(picture.resize(size, Image.Resampling.BOX), ((sheet.width - size[0]) // 2, 0))
        return sheet

    return smaller


DISTURBED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "tilted": tilted,
    "dirty": dirty,
    "dim": dim,
    "at 97 %": scaled(0.97),
    "at 80 %": scaled(0.80),
}


def read(picture: Image.Image) -> list[zxingcpp.Barcode]:
    """The QR codes on the picture, from the top, row by row."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return sorted(found, key=lambda code: (code.position.top_left.y // 40, code.position.top_left.x))


def sides_mm(picture: Image.Image, code: zxingcpp.Barcode, dpi: int = PRINT_DPI) -> tuple[float, float]:
    """Width and height of the dark modules in millimetres, counted from the picture around the code found."""
    corners = [getattr(code.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
    slack = dpi // 50
    left, right = min(c.x for c in corners) - slack, max(c.x for c in corners) + slack
    top, bottom = min(c.y for c in corners) - slack, max(c.y for c in corners) + slack
    dark = np.asarray(picture)[max(0, top) : bottom, max(0, left) : right] < 128
    columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
    return tuple(float(each[-1] - each[0] + 1) / dpi * MM_AN_INCH for each in (columns, rows))  # type: ignore[return-value]
