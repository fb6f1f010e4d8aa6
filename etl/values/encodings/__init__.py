"""Text as Unicode, whatever it was typed in: the legacy code pages of Vietnamese, told apart, and one way of writing.

``detect`` says which encoding a file is in and how sure that is; ``converter`` turns texts of cells into Unicode;
``unify`` writes names and addresses one way.
"""

from collections.abc import Callable

from etl.values.encodings import tcvn3
from etl.values.encodings.codec import python_codec
from etl.values.encodings.detection import TITLES, Detection, as_shown, decode, decoder, detect, utf16_without_mark
from etl.values.encodings.tones import unified, unify

__all__ = [
    "TITLES",
    "Detection",
    "as_shown",
    "converter",
    "decode",
    "detect",
    "python_codec",
    "raised",
    "unified",
    "unify",
    "utf16_without_mark",
]


def converter(encoding: str) -> Callable[[str], str] | None:
    """What turns the text of a cell typed in ``encoding`` into Unicode; ``None`` when there is nothing to turn.

    A text with letters that the code page has not is Unicode already and stays as it is.
    """
    decode = decoder(encoding)
    if decode is None:
        return None

    def convert(text: str) -> str:
        if text.isascii():
            return text
        read = decode(text)
        return text if read is None else raised(encoding, read)

    return convert


def raised(encoding: str, text: str) -> str:
    """``text`` decoded from ``encoding`` with the capitals that only a font showed, see
    ``etl.values.encodings.tcvn3``."""
    return tcvn3.raise_capitals(text) if encoding == "tcvn3" else text
