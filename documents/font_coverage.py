"""Which characters our document face can show, read from the font itself (OpenType 1.9, table ``cmap``)."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

from data.project import ROOT

FACE = ROOT / "assets" / "fonts" / "documents" / "LiberationSerif-Regular.ttf"
# Stands for a character that the face lacks: a reader sees that something was there.
MISSING = "□"
_INVISIBLE = frozenset("\u200b\n")


def displayable(text: str) -> str:
    """``text`` with composed letters, blanks for control characters, and "□" for what the face cannot show.

    A shop's name may hold Korean, Chinese or a pictograph; one such name must not keep the whole list from being made.
    """
    return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", text))


def _shown(letter: str) -> str:
    if letter in _INVISIBLE or letter in characters():
        return letter
    return {"Cc": " ", "Cf": ""}.get(unicodedata.category(letter), MISSING)


@cache
def characters(face: Path = FACE) -> frozenset[str]:
    """All characters of the basic plane for which the face has a glyph."""
    font = face.read_bytes()
    tables = struct.unpack_from(">H", font, 4)[0]
    cmap = next(
        offset
        for tag, _, offset, _ in (struct.unpack_from(">4sIII", font, 12 + 16 * index) for index in range(tables))
        if tag == b"cmap"
    )
    encodings = struct.unpack_from(">H", font, cmap + 2)[0]
    for index in range(encodings):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * index)
        if (platform, encoding) == (3, 1):  # Windows, Unicode basic plane: always in format 4
            return frozenset(_segments(font, cmap + offset))
    raise ValueError(f"{face.name} has no Unicode table of characters")


def _segments(font: bytes, at: int) -> list[str]:
    """Characters of a format 4 subtable: parallel arrays of last codes, first codes, deltas and glyph offsets."""
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    last = struct.unpack_from(f">{count}H", font, at + 14)
    first = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
    delta = struct.unpack_from(f">{count}h", font, at + 16 + 4 * count)
    place = at + 16 + 6 * count
    offsets = struct.unpack_from(f">{count}H", font, place)
    found = []
    for index in range(count):
        for code in range(first[index], min(last[index], 0xFFFE) + 1):
            if offsets[index]:
                spot = place + 2 * index + offsets[index] + 2 * (code - first[index])
                glyph = struct.unpack_from(">H", font, spot)[0]
            else:
                glyph = (code + delta[index]) & 0xFFFF
            if glyph:
                found.append(chr(code))
    return found
