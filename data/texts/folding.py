"""Folding of Vietnamese text for comparison; the SQL twin is ``fold()`` in ``data/sql/folding.sql``."""

import re
import unicodedata

_COMBINING_MARKS = re.compile("[\u0300-\u036f]")
_D_WITH_STROKE = str.maketrans("Đđ", "dd")


def fold(text: str) -> str:
    """``text`` in lower case without diacritics, each run of white space one blank: "Yết  Kiêu" gives "yet kieu"."""
    plain = _COMBINING_MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_D_WITH_STROKE)
    return " ".join(plain.lower().split())
