"""The street that an address names, where a register has no column for it."""

import re

# "số 5 phố Lê Lợi, ..." before "125 Quang Trung, ..."
_NAMED = re.compile(r"(?:^|[\s,])(?:đường|phố|đ\.|ph\.)\s*([^,;()\-–]+)", re.IGNORECASE)
_AFTER_NUMBER = re.compile(r"^(?:số nhà|số|sn)?\s*\d[\w/.]*\s+([^\W\d][^,;()\-–]*)", re.IGNORECASE)
# What follows a number without being a street of its own: an alley, a block of flats, a quarter.
_NO_STREET = re.compile(
    r"(?:ngõ|ngách|hẻm|kiệt|tổ|tdp|khu|kđt|lô|tòa|toà|tầng|chung cư|phường|thôn|xóm|ki-?ốt|kiot|chợ)\b", re.IGNORECASE
)


def street_of(address: str | None) -> str | None:
    """Street as written in ``address``, without its house number and the word for street; ``None``: none is named."""
    if not address:
        return None
    found = _NAMED.search(address) or _AFTER_NUMBER.search(address)
    street = found[1].strip(" .") if found else ""
    return None if not street or _NO_STREET.match(street) else street
