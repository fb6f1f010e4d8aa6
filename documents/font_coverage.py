"""Which characters our document face can show, read from the font itself."""

import re
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont

from data.project import ROOT

FACE = ROOT / "assets" / "fonts" / "documents" / "LiberationSerif-Regular.ttf"
# Stands for a character that the face lacks: a reader sees that something was there.
MISSING = "□"
_INVISIBLE = frozenset("\u200b\n")
# Marks that turn what follows around: a name would be read backwards.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_TURNS = re.compile(f"[{''.join(sorted(_TURNING))}]")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def for_word(text: str) -> str:
    """``text`` as a Word document holds it: blanks for what XML 1.0 cannot hold, and nothing that turns a name around.

    Word has faces of its own for what ours lacks.
    """
    return _TURNS.sub("", _NOT_XML.sub(" ", text))


def displayable(text: str) -> str:
    """``text`` with composed letters, blanks for control characters, and "□" for what the face cannot show.

    A shop's name may hold Korean, Chinese or a pictograph; one such name must not keep the whole list from being made.
    """
    return "".join(_shown(letter) for letter in unicodedata.normalize("NFC", text))


def width_of(letter: str) -> float:
    """How wide a letter is, in ems; of one that the face lacks, that of a square."""
    return _widths().get(letter, 1.0)


def _shown(letter: str) -> str:
    if letter in _TURNING:
        return ""
    if letter in _INVISIBLE or letter in characters():
        return letter
    return {"Cc": " ", "Cf": ""}.get(unicodedata.category(letter), MISSING)


@cache
def _widths() -> dict[str, float]:
    with TTFont(FACE, lazy=True) as face:
        wide, em = face["hmtx"], face["head"].unitsPerEm
        return {chr(code): wide[name][0] / em for code, name in face.getBestCmap().items()}


@cache
def characters() -> frozenset[str]:
    """All characters for which the face has a glyph."""
    with TTFont(FACE, lazy=True) as face:
        return frozenset(map(chr, face.getBestCmap()))
