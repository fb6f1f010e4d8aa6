"""Folding of Vietnamese text for comparison; the SQL twin is ``fold()`` in ``data/sql/folding.sql``."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_COMBINING_MARKS = re.compile("[\u0300-\u036f]")
_D_WITH_STROKE = str.maketrans("Đđ", "dd")


_BETWEEN = "\x03"  # a control character that no tidy text holds


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """``text`` in lower case without diacritics, each run of white space one blank: "Yết  Kiêu" gives "yet kieu"."""
    plain = _COMBINING_MARKS.sub("", unicodedata.normalize("NFD", text)).translate(_D_WITH_STROKE)
    return " ".join(plain.lower().split())


def fold_all(texts: Sequence[str]) -> list[str]:
    """:func:`fold` of each of ``texts``, which are tidy, in one go."""
    return [part.strip() for part in fold.__wrapped__(_BETWEEN.join(texts)).split(_BETWEEN)] if texts else []
