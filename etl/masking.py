"""What a person recognises a column of personal data by without reading it: for previews, which are kept and shown."""

import re

PERSONAL = ("phone", "owner_name", "venue_phone")
KEPT_DIGITS = 3
_LETTERS_AFTER_THE_FIRST = re.compile(r"(?<=\w)[^\W\d_]")
_PHONE_LIKE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")


def masked(name: str, value: str) -> str:
    """``value`` of the canonical column ``name`` ("" for one that is not read): "•••••••345", "N••••• V•• A".

    Values of other columns stay, but for what is written like a telephone number.
    """
    if name in ("phone", "venue_phone"):
        return _digits_hidden(value)
    if name == "owner_name":
        return _LETTERS_AFTER_THE_FIRST.sub("•", value)
    return _PHONE_LIKE.sub(lambda found: _digits_hidden(found[0]), value) if name == "" else value


def _digits_hidden(text: str) -> str:
    hidden = sum(sign.isdigit() for sign in text) - KEPT_DIGITS
    shown = []
    for sign in text:
        shown.append("•" if sign.isdigit() and hidden > 0 else sign)
        hidden -= sign.isdigit()
    return "".join(shown)
