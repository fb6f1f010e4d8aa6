"""The legacy code pages as codecs of Python, so that a CSV is decoded as it streams: "tcvn3", "vni",
"windows-1258-nfc".
"""

import codecs
import unicodedata
from collections.abc import Callable
from typing import Any

from etl.values.encodings import tcvn3, vni, windows1258

LEGACY: dict[str, Any] = {"tcvn3": tcvn3, "vni": vni, "windows-1258": windows1258}
"""Name of an encoding -> its module, with ``DECODING``, ``decode`` and ``encode``."""

_CODECS = {"tcvn3": "tcvn3", "vni": "vni", "windows_1258_nfc": "windows-1258"}


def python_codec(encoding: str) -> str:
    """The name under which Python decodes ``encoding`` to composed text."""
    return "windows-1258-nfc" if encoding == "windows-1258" else encoding


def _decoder(meanings: tuple[str, ...]) -> type[codecs.IncrementalDecoder]:
    class Decoder(codecs.IncrementalDecoder):
        """Holds back the last letter of a piece: its marks may come with the next."""

        def __init__(self, errors: str = "strict") -> None:
            super().__init__(errors)
            self._held = ""

        def decode(self, data: Any, final: bool = False) -> str:
            text = self._held + codecs.charmap_decode(bytes(data), self.errors, table)[0]
            cut = len(text)
            if not final:
                while cut and unicodedata.combining(text[cut - 1]):
                    cut -= 1
                cut -= cut > 0 and text[cut - 1].isalpha()
            self._held = text[cut:]
            return unicodedata.normalize("NFC", text[:cut])

        def reset(self) -> None:
            self._held = ""

    table: Any = dict(enumerate(meanings))
    return Decoder


def _find(name: str) -> codecs.CodecInfo | None:
    encoding = _CODECS.get(name.replace("-", "_"))
    if encoding is None:
        return None
    module = LEGACY[encoding]

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        del errors
        return module.encode(text), len(text)

    def decode(data: Any, errors: str = "strict") -> tuple[str, int]:
        del errors
        return module.decode(bytes(data)), len(data)

    decoder = _decoder(module.DECODING)
    reader = type("Reader", (_Stream,), {"decode": staticmethod(decode)})
    made: Callable[..., codecs.CodecInfo] = codecs.CodecInfo
    return made(name=name, encode=encode, decode=decode, incrementaldecoder=decoder, streamreader=reader)


class _Stream(codecs.StreamReader):
    """Reading whole; pieces go through the incremental decoder."""


codecs.register(_find)
