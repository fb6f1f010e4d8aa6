"""Folding of Vietnamese text for comparison; the SQL twin is ``fold()`` in ``data/sql/folding.sql``."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_COMBINING_MARKS = re.compile("[\u0300-\u036f]")
_D_WITH_STROKE = str.maketrans("Đđ", "dd")
_BETWEEN = "\x03"  # a control character that no text holds: readers take them out


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` in lower case without diacritics, each run of white space one blank: "Yết  Kiêu" gives "yet kieu"."""
    plain = _COMBINING_MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_D_WITH_STROKE)
    return " ".join(plain.lower().split())


def fold_all(texts: Sequence[str]) -> list[str]:
    """:func:`fold` of each of ``texts``; each of the few letters that they are written with is folded once."""
    together = _BETWEEN.join(texts)
    for letter in set(together):
        if not letter.isascii():
            together = together.replace(letter, " " if letter.isspace() else fold(letter))
    if not together.isascii():  # letters of other scripts are folded by what stands beside them
        return [fold(text) for text in texts]
    return [" ".join(text.split()) for text in together.lower().split(_BETWEEN)] if texts else []
