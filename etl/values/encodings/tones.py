"""One way to write a syllable: composed (NFC), and the tone on the first vowel of an open oa, oe, uy.

Both "hoà" and "hòa" are usual; the register and the order use the older way (hòa, khỏe, thủy), so this is it.
Closed syllables (hoàn, huỳnh) and those with qu (quý) are written one way only and stay as they are.
"""

import re
import unicodedata

import numpy as np

from etl.values.encodings.letters import TONES, join, split

_PAIRS = {"oa", "oe", "uy"}
_LATE = "".join(join(vowel, tone) for vowel in "aey" for tone in TONES)
_OPEN_END = re.compile(rf"(?<![qQ])([oOuU])([{_LATE}{_LATE.upper()}])(?![^\W\d_])")


def unify(text: str) -> str:
    """``text`` composed, with its tones placed the older way: "Nhà hàng Hoà Thuỷ" gives "Nhà hàng Hòa Thủy".

    For names and addresses; a code is compared as it is written.
    """
    if text.isascii():
        return text
    return _OPEN_END.sub(_moved, unicodedata.normalize("NFC", text))


def unified(texts: np.ndarray) -> np.ndarray:
    """:func:`unify` of a column of ``str`` or ``None``."""
    found = np.empty(len(texts), dtype=object)
    found[:] = [text if text is None or text.isascii() else unify(text) for text in texts]
    return found


def _moved(found: re.Match[str]) -> str:
    first, (second, tone) = found[1], split(found[2])
    return join(first, tone) + second if (first + second).lower() in _PAIRS else found[0]
