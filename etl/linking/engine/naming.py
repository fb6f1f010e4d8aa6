"""How much alike two names are: what venues are called, apart from the words of their trade.

A name is compared without diacritics, but diacritics that exclude each other are noticed: Hùng is not Hưng.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from data.texts.folding import fold
from etl.linking.engine.names import LONGEST

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]
Codes = tuple[Ints, Ints, list[str]]  # rows of both sides as numbers of one list of texts
NAME_LEVELS = (
    "missing", "different", "overlap_low", "overlap_high", "contains", "close_common", "close_rare", "same_common",
    "same_usual", "same_rare", "same_only", "contains_rare",
)  # fmt: skip
(
    MISSING, DIFFERENT, OVERLAP_LOW, OVERLAP_HIGH, CONTAINS, CLOSE_COMMON, CLOSE_RARE, SAME_COMMON, _, _, ONLY,
    CONTAINS_RARE,
) = range(len(NAME_LEVELS))  # fmt: skip
COMMON, RARE = 7.0, 12.0  # nats: how much a name of usual words says
TELLING = 8.0  # nats of the words in common, from which a shortened name still says which venue is meant
REGISTER = 5_000  # venues; in fewer, a name that stands once says nothing about how rare it is
TYPO, ALIKE = 88.0, 70.0  # rapidfuzz ratios
SHORTEST = 5  # letters of a name in which one wrong letter is a slip and no other name
# Of these trades, a ward has one of a name.
SINGLE = frozenset(("government", "police", "culture house", "health station", "primary school", "secondary school",
                    "high school", "religious"))  # fmt: skip
_WORD = re.compile(r"\w+")
_UNSEEN = 9.0  # nats, of a word that no venue of the register has
_WHOLE = 0.999  # of a sum of nats that was added up in another order


class Naming:
    """The names of two described frames made ready for comparing many pairs of their rows (by position)."""

    def __init__(
        self, left: pd.DataFrame, right: pd.DataFrame, codes: dict[str, Codes], background: dict[str, float]
    ) -> None:
        self._names = (left["name"].to_numpy(), right["name"].to_numpy())
        self._called, self._core, self._trade = codes["called"], codes["core"], codes["trade"]
        self._chain, self._branch = codes["chain"], codes["branch"]
        self.rarity = _rarity(right["core"], background)
        self._place = {token: number for number, token in enumerate(self.rarity)}
        self.tokens = tuple(self._tokens(frame["core"]) for frame in (left, right))
        self._telling = tuple(self._tokens(frame["called"]) for frame in (left, right))
        texts = self._called[2]
        self._sorted = [" ".join(sorted(text.split())) for text in texts]
        self._joined_texts = [text.replace(" ", "") for text in texts]
        self._lengths = np.array([len(text) for text in self._joined_texts])
        both = np.array([*self._joined_texts, *map(_initials, texts)], dtype=object)
        numbers = pd.factorize(both)[0]
        self._joined, self._initials = numbers[: len(texts)], numbers[len(texts) :]
        self._short = np.array([2 <= len(text) <= 5 and " " not in text for text in texts])
        self._joined_core = pd.factorize(np.array([text.replace(" ", "") for text in self._core[2]], dtype=object))[0]
        self._single = np.array([text in SINGLE for text in self._trade[2]])
        self._bearers = _Bearers(self._joined[self._called[1]], self._trade[1])

    def _tokens(self, cores: pd.Series) -> Ints:
        """Numbers of the words of each name, -1 where it has no more."""
        place = self._place
        numbers, texts = pd.factorize(cores.to_numpy(object))
        rows = np.full((len(texts), LONGEST), -1, dtype=np.int64)
        for row, core in enumerate(texts):
            for column, token in enumerate(list(dict.fromkeys(core.split()))[:LONGEST]):
                rows[row, column] = place.setdefault(token, len(place))
        for token in place:
            self.rarity.setdefault(token, _UNSEEN)
        return rows[numbers]

    def levels(self, a: Ints, b: Ints) -> Levels:
        """Levels of what the names are called by; how rare that is counts the words of the trade that both say."""
        one, other = self._called[0][a], self._called[1][b]
        weights = np.array([*self.rarity.values(), 0.0])
        said = _shared(self.tokens[0][a], self.tokens[1][b], weights)[0]
        shared, mine, theirs = _shared(self._telling[0][a], self._telling[1][b], weights)
        least, most = np.minimum(mine, theirs), np.maximum(mine, theirs)
        ratio = self._ratios(one, other, self._called[2])
        rare = np.digitize(np.maximum(said, np.where(ratio >= TYPO, least, 0.0)), [COMMON, RARE])
        same = (self._joined[one] == self._joined[other]) | (shared >= most * _WHOLE)
        same |= self._joined_core[self._core[0][a]] == self._joined_core[self._core[1][b]]
        same &= ~self._contradicted(a, b, same)
        contained = shared >= least * _WHOLE
        levels = np.select(
            [
                (one == 0) | (other == 0), same & self._only(a, b, rare), same, ratio >= TYPO,
                contained & (shared >= TELLING), (contained & (said >= COMMON / 2)) | self._abbreviated(one, other),
                shared >= most * 0.6, (shared >= most * 0.3) | (ratio >= ALIKE),
            ],
            [
                MISSING, ONLY, SAME_COMMON + rare, np.where(rare > 0, CLOSE_RARE, CLOSE_COMMON),
                CONTAINS_RARE, CONTAINS, OVERLAP_HIGH, OVERLAP_LOW,
            ],
            DIFFERENT,
        )  # fmt: skip
        return levels.astype(np.int8)

    def _only(self, a: Ints, b: Ints, rare: Ints) -> NDArray[np.bool_]:
        """Pairs whose name one venue of the register bears, or one of a ward by trade, or a chain's numbered one."""
        trades = self._trade[0][a], self._trade[1][b]
        once = self._bearers.count(self._joined[self._called[1][b]], *trades) == 1
        known = len(self._names[1]) >= REGISTER
        single = self._single[trades[0]] & self._single[trades[1]]
        numbered = np.logical_and.reduce([
            (codes[0][a] == codes[1][b]) & (codes[0][a] > 0) for codes in (self._chain, self._branch)
        ])  # fmt: skip
        return (((once & known) | single) & (rare > 0)) | numbered

    def _abbreviated(self, one: Ints, other: Ints) -> NDArray[np.bool_]:
        """Pairs of which one name is the initials of the other."""
        return (self._short[one] & (self._joined[one] == self._initials[other])) | (
            self._short[other] & (self._joined[other] == self._initials[one])
        )

    def _ratios(self, one: Ints, other: Ints, texts: list[str]) -> NDArray[np.float32]:
        """The better of rapidfuzz's ratios of the names as they stand and with their words in order; 0-100.

        One letter more, less, other or exchanged in a name that is long enough is a slip: ``TYPO`` at least.
        """
        keys, back = np.unique(one * len(texts) + other, return_inverse=True)
        left, right = keys // len(texts), keys % len(texts)
        first, second = left.tolist(), right.tolist()

        def compared(listed: list[str], scorer: Callable[..., float]) -> NDArray[np.float32]:
            pair = [listed[i] for i in first], [listed[i] for i in second]
            return process.cpdist(*pair, scorer=scorer, workers=2, dtype=np.float32)

        ratio = np.maximum(compared(texts, fuzz.ratio), compared(self._sorted, fuzz.ratio))
        long = np.minimum(self._lengths[left], self._lengths[right]) >= SHORTEST
        slip = long & (compared(self._joined_texts, OSA.distance) <= 1)
        return np.where(slip, np.maximum(ratio, TYPO), ratio)[back]

    def _contradicted(self, a: Ints, b: Ints, same: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Names that are the same without diacritics, but whose diacritics exclude each other: Hùng and Hưng."""
        rows = np.flatnonzero(same)
        mine, theirs = (names[at[rows]] for names, at in zip(self._names, (a, b), strict=True))
        found = np.zeros(len(a), dtype=bool)
        found[rows] = [
            one != other and not (one.isascii() or other.isascii()) and _exclude(one, other)
            for one, other in zip(mine, theirs, strict=True)
        ]
        return found


def _rarity(cores: pd.Series, background: dict[str, float]) -> dict[str, float]:
    """Nats that each word of the register's names says; a small register leans on the shipped shares of words."""
    counts = pd.Series([token for core in cores for token in set(core.split())], dtype=object).value_counts()
    lean = 500.0
    known = {str(token): int(count) for token, count in counts.items()}
    return {
        token: float(-np.log((known.get(token, 0) + lean * background.get(token, 1e-4)) / (len(cores) + lean)))
        for token in {**known, **background}
    }


class _Bearers:
    """How many rows of the register are called something, those of a trade that excludes the asked one left out."""

    def __init__(self, called: Ints, trade: Ints) -> None:
        self._width = int(trade.max(initial=0)) + 1
        self._all = np.bincount(called)
        keys, counts = np.unique(called * self._width + trade, return_counts=True)
        self._keys, self._counts = keys, counts

    def count(self, called: Ints, one: Ints, other: Ints) -> Ints:
        """Rows called so that have the trade ``other`` or none; all of them where either trade is unknown (0)."""
        known = (one > 0) & (other > 0)
        return np.where(known, self._of(called, other) + self._of(called, 0), self._all[called])

    def _of(self, called: Ints, trade: Ints | int) -> Ints:
        asked = called * self._width + trade
        place = np.minimum(np.searchsorted(self._keys, asked), len(self._keys) - 1)
        return np.where(self._keys[place] == asked, self._counts[place], 0)


def _initials(text: str) -> str:
    """ "mac van khoa" as "mvk"; nothing for fewer than two words."""
    words_of = text.split()
    return "".join(word[0] for word in words_of) if len(words_of) > 1 else ""


def _shared(mine: Ints, theirs: Ints, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Nats of the words that both rows of numbers have, that the one has, and that the other has."""
    equal = (mine[:, :, None] == theirs[:, None, :]) & (mine >= 0)[:, :, None]
    return (weights[mine] * equal.any(2)).sum(1), weights[mine].sum(1), weights[theirs].sum(1)


@lru_cache(maxsize=200_000)
def _marks(name: str) -> dict[str, frozenset[str]]:
    """Diacritics of each word of a name, wherever in the word they stand; words without any are left out."""
    found: dict[str, frozenset[str]] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", name.lower())):
        marks = {letter for letter in unicodedata.normalize("NFD", word) if unicodedata.combining(letter)}
        if marks:
            found[fold(word)] = frozenset(marks)
    return found


def _exclude(one: str, other: str) -> bool:
    mine, theirs = _marks(one), _marks(other)
    return any(not (mine[word] <= theirs[word] or theirs[word] <= mine[word]) for word in mine.keys() & theirs.keys())
