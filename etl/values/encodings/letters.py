"""The Vietnamese alphabet taken apart: a vowel (a ă â e ê i o ô ơ u ư y) may have one of five tones."""

import unicodedata
from functools import lru_cache

GRAVE, ACUTE, TILDE, HOOK, DOT = TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def join(vowel: str, tone: str) -> str:
    """The letter of a vowel and a combining tone mark ("" for none): "ô" and the dot below give "ộ"."""
    return unicodedata.normalize("NFC", vowel + tone)


@lru_cache(maxsize=1024)
def split(letter: str) -> tuple[str, str]:
    """The opposite of :func:`join`: "ộ" gives "ô" and the dot below, "b" gives "b" and ""."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks[1:] if mark in TONES), "")
    return unicodedata.normalize("NFC", marks.replace(tone, "") if tone else marks), tone
