"""TCVN3, also called ABC: the third form of TCVN 5712:1993, used by the fonts .VnTime, .VnArial and their like.

Every Vietnamese letter has one byte of 0xA1 to 0xFE, but of the capitals only seven have one (Ă Â Ê Ô Ơ Ư Đ). A
capital with a tone has none: it was written with the byte of its small letter in a font whose name ends in H
(".VnTimeH") and which shows small letters as capitals. The bytes do not say which font it was. So

- :func:`encode` writes "Á" as "á", which loses its height,
- :func:`decode` gives small letters, and :func:`raise_capitals` makes capitals of those that stand in a word or line
  whose other letters are all capitals ("PHƯờNG Mộ LAO"). A text typed wholly in an H font with the shift key up is
  small letters in every respect, and stays so.

Bytes that the standard leaves free are read as windows-1252, as Windows does.
"""

import re

from etl.values.encodings.letters import split

_BYTES = (
    "A1Ă A2Â A3Ê A4Ô A5Ơ A6Ư A7Đ A8ă A9â AAê ABô ACơ ADư AEđ B5à B6ả B7ã B8á B9ạ BBằ BCẳ BDẵ BEắ C6ặ C7ầ C8ẩ C9ẫ CAấ "
    "CBậ CCè CEẻ CFẽ D0é D1ẹ D2ề D3ể D4ễ D5ế D6ệ D7ì D8ỉ DCĩ DDí DEị DFò E1ỏ E2õ E3ó E4ọ E5ồ E6ổ E7ỗ E8ố E9ộ EAờ EBở "
    "ECỡ EDớ EEợ EFù F1ủ F2ũ F3ú F4ụ F5ừ F6ử F7ữ F8ứ F9ự FAỳ FBỷ FCỹ FDý FEỵ"
)
LETTERS = {int(entry[:2], 16): entry[2] for entry in _BYTES.split()}
"""Byte -> letter."""

DECODING = tuple(LETTERS.get(code) or bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256))
"""Byte -> text."""

_ENCODING = {letter: code for code, letter in enumerate(DECODING) if not split(letter)[1]}
_ENCODING |= {letter.upper(): code for code, letter in LETTERS.items() if split(letter)[1]}
_ENCODING |= {letter: code for code, letter in LETTERS.items()}


def decode(data: bytes) -> str:
    """``data`` as text in NFC; every byte has a meaning, so nothing is refused."""
    return "".join(map(DECODING.__getitem__, data))


def encode(text: str) -> bytes:
    """``text`` (NFC) in TCVN3; a capital with a tone becomes its small letter. UnicodeEncodeError for other letters."""
    found = bytearray()
    for position, letter in enumerate(text):
        code = _ENCODING.get(letter)
        if code is None:
            raise UnicodeEncodeError("tcvn3", text, position, position + 1, "TCVN3 has no such letter")
        found.append(code)
    return bytes(found)


_WORD = re.compile(r"[^\W\d_]+")
_SURE_CAPITALS = 4


def raise_capitals(text: str) -> str:
    """``text`` (decoded) with the toned letters of capital words raised: "PHƯờNG Mộ LAO" gives "PHƯỜNG MỘ LAO".

    A word counts as capitals when its letters without a tone, at least two, are all capitals. One with a single such
    letter ("Mộ") follows the rest of the text, when that has capitals only, and at least ``_SURE_CAPITALS`` of them.
    """
    if text.isascii():
        return text
    sure = [letter for word in _WORD.findall(text) for letter in _sure(word)]
    all_capitals = len(sure) >= _SURE_CAPITALS and all(letter.isupper() for letter in sure)

    def raised(found: re.Match[str]) -> str:
        word = found[0]
        letters = _sure(word)
        capital = all(letter.isupper() for letter in letters) and (len(letters) >= 2 or all_capitals)
        return word.upper() if capital else word

    return _WORD.sub(raised, text)


def _sure(word: str) -> list[str]:
    """The letters of a word whose height TCVN3 keeps."""
    return [letter for letter in word if not split(letter)[1]]
