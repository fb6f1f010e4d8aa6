"""VNI-Windows, of the fonts VNI-Times and their like: a vowel, then a byte for its circumflex or breve and its tone.

Decoding gives each such byte its combining marks and composes; only ơ, ư, đ, the toned i and ỵ are one byte. Capitals
are 0x20 lower. A mark after a capital may be small or capital; the fonts show both alike.
"""

import unicodedata

from etl.values.encodings.letters import ACUTE, DOT, GRAVE, HOOK, TILDE, split

_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_LETTERS = {0xF4: "ơ", 0xF6: "ư", 0xF1: "đ", 0xED: "í", 0xEC: "ì", 0xE6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xEE: "ỵ"}
_MARKS = {
    0xF9: ACUTE, 0xF8: GRAVE, 0xFB: HOOK, 0xF5: TILDE, 0xEF: DOT,
    0xE2: _CIRCUMFLEX, 0xE1: _CIRCUMFLEX + ACUTE, 0xE0: _CIRCUMFLEX + GRAVE, 0xE5: _CIRCUMFLEX + HOOK,
    0xE3: _CIRCUMFLEX + TILDE, 0xE4: _CIRCUMFLEX + DOT,
    0xEA: _BREVE, 0xE9: _BREVE + ACUTE, 0xE8: _BREVE + GRAVE, 0xFA: _BREVE + HOOK, 0xFC: _BREVE + TILDE,
    0xEB: _BREVE + DOT,
}  # fmt: skip


def _meaning(code: int) -> str:
    small = code | 0x20 if code >= 0xC0 else code
    if small in _MARKS:
        return _MARKS[small]
    if small in _LETTERS:
        return _LETTERS[small] if code == small else _LETTERS[small].upper()
    return bytes([code]).decode("cp1252", "ignore") or chr(code)


DECODING = tuple(map(_meaning, range(256)))
"""Byte -> text, still decomposed; other bytes are read as windows-1252."""

_ENCODING_MARKS = {"".join(sorted(marks)): code for code, marks in _MARKS.items()}
_ENCODING_LETTERS = {DECODING[code]: code for code in range(256) if len(DECODING[code]) == 1}


def decode(data: bytes) -> str:
    """``data`` as text in NFC; every byte has a meaning, so nothing is refused."""
    return unicodedata.normalize("NFC", "".join(map(DECODING.__getitem__, data)))


def encode(text: str) -> bytes:
    """``text`` (NFC) in VNI-Windows; UnicodeEncodeError for letters that it has not."""
    found = bytearray()
    for position, letter in enumerate(text):
        codes = _codes(letter)
        if codes is None:
            raise UnicodeEncodeError("vni", text, position, position + 1, "VNI-Windows has no such letter")
        found += bytes(codes)
    return bytes(found)


def _codes(letter: str) -> list[int] | None:
    if letter in _ENCODING_LETTERS:
        return [_ENCODING_LETTERS[letter]]
    vowel, tone = split(letter)
    base, marks = vowel, tone
    if vowel.lower() not in "ơư":
        decomposed = unicodedata.normalize("NFD", vowel)
        base, marks = decomposed[0], decomposed[1:] + tone
    mark = _ENCODING_MARKS.get("".join(sorted(marks)))
    if mark is None or base not in _ENCODING_LETTERS:
        return None
    return [_ENCODING_LETTERS[base], mark - 0x20 if letter.isupper() else mark]
