"""Windows-1258, the code page of Vietnamese Windows: vowels in one byte, most tones as a combining byte after them.

Python has the table ("cp1258"); what it lacks is composing after decoding and taking apart before encoding.
"""

import unicodedata

from etl.values.encodings.letters import split

DECODING = tuple(bytes([code]).decode("cp1258", "ignore") or chr(code) for code in range(256))
"""Byte -> text, still decomposed."""


def decode(data: bytes) -> str:
    """``data`` as text in NFC; bytes that the code page leaves free are read as Latin-1, so nothing is refused."""
    return unicodedata.normalize("NFC", "".join(map(DECODING.__getitem__, data)))


def encode(text: str) -> bytes:
    """``text`` (NFC) in windows-1258, tones apart where it has no letter with the tone (ộ, but not é)."""
    plain = "".join(letter if letter in DECODING else "".join(split(letter)) for letter in text)
    return plain.encode("cp1258")
