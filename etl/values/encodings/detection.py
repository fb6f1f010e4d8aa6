"""Which encoding a file is in, by what its bytes, or the texts of its cells, would say in each.

UTF-8 and UTF-16 prove themselves. The 8-bit code pages do not: every byte means something in all of them. Each word
with such bytes is read in each code page and weighed: is it a Vietnamese syllable, how common are its letters, or does
it look French or German as windows-1252 has it? The weights add up to a probability per code page; readings that come
to the same text are one. It is the file that is judged, never a cell or a word.

The same code pages stand *within* cells of workbooks and of UTF-8 files: Excel keeps what was typed in a font such as
.VnTime as if it were windows-1252 ("Ph­êng Mé Lao"). There the texts as they are compete too.

charset-normalizer knows neither TCVN3 nor VNI and takes them for other code pages; it serves here to name what is none
of ours, so that the clerk learns what the file is.
"""

import codecs
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from charset_normalizer import from_bytes

from data.texts.sentences import Sentence
from etl.values.encodings.codec import LEGACY
from etl.values.encodings.syllables import VIETNAMESE, are_syllables, is_syllable, log_share
from etl.values.encodings.windows1258 import DECODING as WINDOWS_1258

SURE, SURE_OF_FEW, FEW_WORDS = 0.99, 0.999, 5
"""Certainty from which an encoding is taken without asking; the second where fewer words than the third tell."""

WESTERN = "windows-1252"
UNICODE = "unicode"
TWICE = "utf-8-twice"
"""UTF-8 that was read as windows-1252 and written again: "HÃ  Ä\x90Ã´ng"."""

TITLES = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    UNICODE: Sentence("encoding.unicode"),
    "tcvn3": Sentence("encoding.tcvn3"),
    "vni": Sentence("encoding.vni"),
    "windows-1258": "Windows-1258",
    WESTERN: Sentence("encoding.western"),
    TWICE: Sentence("encoding.twice"),
}
"""What a person may choose from, and reads."""

MOST_WORDS = 4_000
_PRIORS = {"windows-1258": 0.3, "tcvn3": 0.35, "vni": 0.2, WESTERN: 0.15}
_CELL_PRIORS = {UNICODE: 0.6, "tcvn3": 0.2, "vni": 0.15, "windows-1258": 0.025, TWICE: 0.025}
_VALID, _INVALID = math.log(0.97), math.log(0.03)
_ANY_LETTER = math.log(1 / 100)
_IMPOSSIBLE = -14.0
# Words of one file resemble each other, so each proves less than if it were alone.
_DEPENDENCE = 0.7
_LEAST_GOOD = 0.5


@dataclass(frozen=True)
class Detection:
    """``name`` as in ``TITLES`` ("" when it is none of them), ``certainty`` 0 to 1, the next likeliest, and the number
    of words that told. ``foreign`` names the code page of a text that is none of ours, where it can be told.
    """

    name: str
    certainty: float
    runner_up: str = ""
    words: int = 0
    foreign: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the encoding may be taken without asking."""
        return bool(self.name) and self.certainty >= (SURE if self.words >= FEW_WORDS else SURE_OF_FEW)


def detect(content: bytes | Sequence[str]) -> Detection:
    """The encoding of ``content``: the bytes of a text file (or a part that ends with a line), or texts of cells.

    For cells the name is "unicode" when they are as they should be, else the code page that they were typed in.
    """
    if isinstance(content, bytes):
        return _of_bytes(content)
    return _of_cells(content)


def utf16_without_mark(start: bytes) -> str | None:
    """UTF-16 without a byte order mark: in a table most separators and digits have a NUL on one side, and only
    there.
    """
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half and odd > half * 0.3 and even < half * 0.02:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.3 and odd < half * 0.02 else None


def is_damaged_utf8(data: bytes) -> bool:
    """Whether most of the bytes beyond ASCII are UTF-8 while some are not: a file cut, or mended by a wrong program."""
    marked = sum(byte >= 0x80 for byte in data)
    good = len(data.decode("utf-8", "ignore").encode()) - (len(data) - marked)
    return marked > 0 and good * 2 >= marked


def _of_bytes(data: bytes) -> Detection:
    if data.startswith(codecs.BOM_UTF8):
        return Detection("utf-8", 1.0)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Detection("utf-16", 1.0)
    if guess := utf16_without_mark(data[:4096]):
        return Detection(guess, 1.0)
    if data.isascii() or _is_utf8(data):
        return Detection("utf-8", 1.0)
    words = _words(data.decode("latin-1"), _BYTE_WORD)
    if is_damaged_utf8(data):
        return Detection("", 0.0, "utf-8", words.total())
    found = _decided(words, _PRIORS)
    if found.name:
        return found
    best = from_bytes(data[:65_536]).best()
    return Detection("", 0.0, found.runner_up, found.words, best.encoding if best else "")


def _is_utf8(data: bytes) -> bool:
    # A part of a file may end within a letter.
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _of_cells(texts: Iterable[str]) -> Detection:
    words: Counter[str] = Counter()
    for text in texts:
        if not text.isascii():
            words += _words(text, _CELL_WORD)
            if words.total() > MOST_WORDS:
                break
    if not words or is_proven(words):
        return Detection(UNICODE, 1.0, words=words.total())
    found = _decided(words, _CELL_PRIORS)
    return found if found.name else Detection(UNICODE, 1.0, found.runner_up, found.words)


def is_proven(words: Collection[str]) -> bool:
    """Whether words of cells are Unicode beyond doubt: one has a letter that Windows shows of no byte (ạ, ế, but not à,
    ơ or đ), and all others are Vietnamese as they stand, which the same words in a code page hardly ever are.
    """
    rest = [word.strip(_SIGNS) for word in words if _UNICODE_ONLY.isdisjoint(word)]
    return len(rest) < len(words) and are_syllables([word for word in rest if not word.isascii()])


_BYTE_WORD = re.compile("[A-Za-z\x80-\xff]+")
_CELL_WORD = re.compile(r"[A-Za-z\x80-\U0010ffff]+")


def _words(text: str, pattern: re.Pattern[str]) -> Counter[str]:
    """Words with letters beyond ASCII, as windows-1252 or Unicode shows them, and how often each stands there."""
    counted = Counter(word for word in pattern.findall(text) if not word.isascii())
    return Counter(dict(counted.most_common(MOST_WORDS)))


def _decided(words: Counter[str], priors: dict[str, float]) -> Detection:
    weights: dict[str, float] = {}
    readings: dict[str, tuple[str | None, ...]] = {}
    goods: dict[str, float] = {}
    total = 0
    for name, prior in priors.items():
        read = _READINGS[name]
        readings[name] = tuple(read(word) for word in words)
        scores = [_score(name, text) for text in readings[name]]
        # A word seen a thousand times proves little more than one seen ten times.
        times = [1 + math.log(count) for count in words.values()]
        weights[name] = math.log(prior) + _DEPENDENCE * sum(s * n for (s, _), n in zip(scores, times, strict=True))
        telling = [(good, n) for (_, good), n in zip(scores, times, strict=True) if good is not None]
        total = max(total, len(telling))
        goods[name] = sum(n for good, n in telling if good) / max(1e-9, sum(n for _, n in telling))
    if not total:
        return Detection(next(iter(priors)), 1.0)
    merged: dict[tuple[str | None, ...], list[str]] = {}
    for name in sorted(priors, key=lambda name: -weights[name]):
        merged.setdefault(readings[name], []).append(name)
    top = max(weights.values())
    shares = {names[0]: sum(math.exp(weights[name] - top) for name in names) for names in merged.values()}
    ranked = sorted(shares, key=lambda name: -shares[name])
    best, runner_up = ranked[0], ranked[1] if len(ranked) > 1 else ""
    if goods[best] < _LEAST_GOOD:
        return Detection("", 0.0, best, total)
    return Detection(best, shares[best] / sum(shares.values()), runner_up, total)


def _score(name: str, text: str | None) -> tuple[float, bool | None]:
    """Logarithm of the probability of a word in a reading, and whether it makes sense there (``None``: no letters
    beyond ASCII in it, such as "m²").
    """
    if text is None:
        return _IMPOSSIBLE, False
    return _score_text(text, name in (WESTERN, UNICODE), name != WESTERN)


@lru_cache(maxsize=50_000)
def _score_text(text: str, western: bool, vietnamese: bool) -> tuple[float, bool | None]:
    word = text.strip(_NO_LETTERS)
    if word.isascii():
        return _ANY_LETTER * (len(text) - len(word)), None
    scores = [_INVALID + _ANY_LETTER * sum(not letter.isascii() for letter in text) * 1.2]
    if vietnamese:
        parts = _SEPARATOR.split(word)
        if all(is_syllable(part) or part.isascii() for part in parts):
            scores.append(_VALID + sum(map(log_share, parts)))
    if western and (found := _western(word)) is not None:
        scores.append(_VALID + found)
    return max(scores), len(scores) > 1


_NO_LETTERS = "".join(chr(code) for code in range(0x80, 0x100) if not chr(code).isalpha() and chr(code) != "\xad") + (
    "–—‘’“”„…•€™‹›†‡"
)
_SEPARATOR = re.compile("[–—‘’“”…•\xa0]+")
_WESTERN_SHARES = {
    "é": 0.4, "è": 0.1, "à": 0.1, "ê": 0.05, "ç": 0.05, "ü": 0.05, "ö": 0.05, "ä": 0.05, "ô": 0.03, "û": 0.01,
    "î": 0.015, "ï": 0.01, "â": 0.015, "ë": 0.01, "ù": 0.01, "ñ": 0.02, "ó": 0.02, "í": 0.02, "á": 0.02, "ú": 0.01,
    "ß": 0.01, "œ": 0.005,
}  # fmt: skip


def _western(word: str) -> float | None:
    """Logarithm of the share of a Western word's marked letters; ``None`` when it cannot be one."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return None
    marked = [letter for letter in word.lower() if not letter.isascii()]
    if any(letter not in _WESTERN_SHARES for letter in marked) or len(marked) > max(1, len(word) // 3):
        return None
    # VNI writes its marks after the vowel and đ first, which hardly a Western word does.
    unlikely = len(_LIKE_VNI.findall(word.lower()))
    return sum(math.log(_WESTERN_SHARES[letter]) for letter in marked) - 2.5 * unlikely


_LIKE_VNI = re.compile("^ñ|[aeouy][âäáàåãùøûõïêéèúüë]")

# What a program shows of a byte, by the code page of the Windows that the text was typed on.
_CODES = {chr(code): code for code in range(256)}
_CODES |= {
    bytes([code]).decode("cp1252"): code for code in range(0x80, 0x100) if bytes([code]).decode("cp1252", "ignore")
}
_CODES |= {letter: code for code, letter in enumerate(WINDOWS_1258) if code >= 0xC0}
_CODES["\u03bc"] = 0xB5


_SIGNS = "".join(
    sign for sign in _NO_LETTERS if not any(module.DECODING[_CODES[sign]].isalpha() for module in LEGACY.values())
)
"""Signs that are a letter in none of the code pages."""
_UNICODE_ONLY = frozenset(letter for letter in VIETNAMESE + VIETNAMESE.upper() if letter not in _CODES)
"""Letters of Vietnamese that Windows shows of no byte, in either of its code pages."""


def as_bytes(text: str) -> bytes | None:
    """The bytes that Windows shows as ``text`` in its Western or Vietnamese code page; ``None`` when there are none."""
    codes = [_CODES.get(letter) for letter in text]
    return None if None in codes else bytes(code for code in codes if code is not None)


def _reading(decode: Callable[[bytes], str]) -> Callable[[str], str | None]:
    def read(word: str) -> str | None:
        data = as_bytes(word)
        try:
            return None if data is None else decode(data)
        except UnicodeDecodeError:
            return None

    return read


def _compose(word: str) -> str:
    return unicodedata.normalize("NFC", word)


_READINGS: dict[str, Callable[[str], str | None]] = {
    **{name: _reading(module.decode) for name, module in LEGACY.items()},
    WESTERN: _reading(lambda data: data.decode("cp1252", "replace")),
    UNICODE: _compose,
    TWICE: _reading(lambda data: data.decode("utf-8")),
}


def decoder(name: str) -> Callable[[str], str | None] | None:
    """What turns a text of a cell that was typed in ``name`` into Unicode; ``None`` for Unicode itself."""
    return None if name in (UNICODE, WESTERN) or name not in _READINGS else _READINGS[name]


def decode(name: str, text: str) -> str:
    """``text``, which shows the bytes of a file (:func:`as_shown`), as the code page ``name`` reads them."""
    return _READINGS[name](text) or text


def as_shown(data: bytes) -> str:
    """What a program of Western Windows shows of ``data``: windows-1252, and Latin-1 where that has nothing."""
    return "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in data)
