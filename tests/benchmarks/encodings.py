"""How often the encoding of a text is mistaken, and how often it must be asked, by the number of lines."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from etl.values.encodings import detect, tcvn3, vni, windows1258
from tests.benchmarks import texts
from tests.benchmarks.results import Result, at_most

LINES = (1, 2, 5, 20, 200)
MOST_WRONG = 0.002
"""Share of texts of which a wrong encoding is taken without asking."""
MOST_ASKED = {1: 0.25, 2: 0.1, 5: 0.01, 20: 0.0, 200: 0.0}
"""Share of texts of so many lines that a person is asked about."""

_ENCODERS = {
    "utf-8": str.encode,
    "windows-1258": windows1258.encode,
    "tcvn3": tcvn3.encode,
    "vni": vni.encode,
    "windows-1252": lambda text: text.encode("cp1252"),
}
_VIETNAMESE = (texts.table, texts.prose, texts.names)


@dataclass(frozen=True)
class Sample:
    """A text, the encodings that are right for it (one, unless the bytes are the same in several) and its length."""

    text: str
    right: frozenset[str]
    data: bytes
    lines: int

    @property
    def cells(self) -> list[str]:
        """The same as cells of a workbook: the bytes as Windows shows them."""
        shown = self.data.decode("utf-8" if "utf-8" in self.right else "cp1252", "replace")
        return shown.splitlines()


def samples(lines: int, repeats: int, seed: int = 2962) -> Iterator[Sample]:
    """Texts of ``lines`` lines in every encoding, ``repeats`` of each make."""
    rng = random.Random(seed + lines)
    for _ in range(repeats):
        for make in _VIETNAMESE:
            text = make(rng, lines)
            for name in ("utf-8", "windows-1258", "tcvn3", "vni"):
                yield _sample(text, name, lines)
        yield _sample(texts.foreign(texts.ENGLISH, rng, lines), "utf-8", lines)
        yield _sample(texts.foreign(texts.FRENCH, rng, lines), "windows-1252", lines)


def _sample(text: str, name: str, lines: int) -> Sample:
    data = _ENCODERS[name](text)
    return Sample(text, frozenset(other for other in _ENCODERS if _reads(data, other, text, name)), data, lines)


def _reads(data: bytes, other: str, text: str, name: str) -> bool:
    if other == name:
        return True
    decoded = {"windows-1258": windows1258.decode, "tcvn3": tcvn3.decode, "vni": vni.decode}
    try:
        return (decoded[other](data) if other in decoded else data.decode(other)) == text
    except UnicodeDecodeError:
        return False


@dataclass(frozen=True)
class Rates:
    """Shares of the texts of one length: taken wrongly without asking, asked about, and how many there were."""

    wrong: float
    asked: float
    texts: int


def rates(lines: int, repeats: int) -> tuple[Rates, Rates]:
    """Of bytes (a text file) and of cells (a workbook)."""
    found: Counter[tuple[str, str]] = Counter()
    for sample in samples(lines, repeats):
        seen = detect(sample.data)
        found["bytes", _verdict(seen.name, seen.is_sure, sample.right)] += 1
        right = sample.right | ({"unicode"} if sample.right & {"utf-8", "windows-1252"} else frozenset())
        if "windows-1258" in right and _reads(sample.data, "windows-1252", sample.text, ""):
            right |= {"unicode"}
        seen = detect(sample.cells)
        found["cells", _verdict(seen.name, seen.is_sure, right)] += 1
    return _rates(found, "bytes"), _rates(found, "cells")


def _verdict(name: str, is_sure: bool, right: frozenset[str]) -> str:
    return "asked" if not is_sure else "right" if name in right else "wrong"


def _rates(found: Counter[tuple[str, str]], which: str) -> Rates:
    count = {verdict: found[which, verdict] for verdict in ("right", "wrong", "asked")}
    total = sum(count.values())
    return Rates(count["wrong"] / total, count["asked"] / total, total)


def peer(lines: int, repeats: int) -> float:
    """Share of the same texts that charset-normalizer alone reads otherwise than they were written."""
    wrong = [
        str(from_bytes(sample.data).best() or "").replace("\r\n", "\n") != sample.text
        for sample in samples(lines, repeats)
    ]
    return sum(wrong) / len(wrong)


def measure(repeats: int = 60) -> list[Result]:
    """Figures for ``make bench``; they do not depend on the number of venues."""
    results = []
    for lines in LINES:
        for name, seen in zip(("text files", "workbooks"), rates(lines, repeats), strict=True):
            told = f"encoding of {name} of {lines} lines"
            results += [
                at_most(0, f"{told}: taken wrongly", 100 * seen.wrong, "%", 100 * MOST_WRONG),
                at_most(0, f"{told}: asked", 100 * seen.asked, "%", 100 * MOST_ASKED[lines]),
            ]
    results.append(Result(0, "the same text files of 5 lines, charset-normalizer alone: wrong", 100 * peer(5, 5), "%"))
    return results
