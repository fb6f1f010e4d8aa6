"""Names of wards as clerks write them."""

import re

from data.texts.folding import fold

_PREFIX = re.compile(
    r"^(?:(?:ubnd|uy ban nhan dan)\s+)?(?:phuong|ph\.|ph(?=\s)|[pf]\.|[pf](?=\s)|xa|thi tran)?\s*:?\s*"
)
_SUFFIX = re.compile(r"\s*[,(–-].*$|[\s.;]+$")


def ward_key(name: str) -> str:
    """``name`` for comparison: folded, without "Phường", "P." or "UBND phường" before it and a district after it."""
    return _SUFFIX.sub("", _PREFIX.sub("", fold(name))).strip()
