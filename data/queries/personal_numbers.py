"""Telephones, identity and tax numbers that a clerk wrote into a name or an address by mistake.

They are taken out of whatever leaves the office: papers and files. On the screen, texts stand as they were written, for
who works with them has to mend them.
"""

import re

# At least nine digits with little between them; in nearly every text there are none, and nothing else is looked at.
_MANY_DIGITS = re.compile(r"\d(?:[\s.\-–_·()]{0,3}\d){8}")
# Telephones (+84 or 0 and 9 or 10 digits, blanks, dots, hyphens or brackets between), identity numbers (9 or 12 digits)
# and tax numbers (10 or 13, "-001" after), each with the label in front and the bracket around it.
_LABEL = (
    r"(?:s[đd]t|[đd]t|[đd]i[eệ]n tho[aạ]i(?=\s*[:.])|hotline|zalo|tel|phone|li[eê]n h[eệ]|lh|cccd|cmnd|mst"
    r"|m[aã] s[oố] thu[eế])"
)
_PERSONAL_NUMBER = re.compile(
    rf"[\s,;/–-]*[(\[]?\s*(?:\b{_LABEL}(?![^\W\d_])[\s.:]*)*[(\[]?"
    r"(?<!\d)(?:(?:\+?84|0)(?:[\s.\-–_·()]{0,3}\d){8,11}|\d{3}(?:[\s.\-]\d{3}){2,3}|\d{9,13})"
    r"(?:-\d{3})?(?!\d)(?:\s*[)\]])?",
    re.IGNORECASE,
)


def without_personal_numbers(text: str) -> str:
    """``text`` without telephone, identity and tax numbers and without the labels in front of them.

    >>> without_personal_numbers("Phở Thìn (ĐT: 0912.345.678), 12 Quang Trung")
    'Phở Thìn, 12 Quang Trung'
    """
    if not _MANY_DIGITS.search(text):
        return text
    cleaned, found = _PERSONAL_NUMBER.subn("", text)
    return cleaned.strip(" ,;-–") if found else text
