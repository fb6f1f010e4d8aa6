"""What speaks for and against two descriptions being one venue: a level for each part of each pair.

House or lot, chain of alleys, floor, kiosk and building that clearly differ *forbid* an automatic link, whatever the
names say: two karaoke bars of one name at 13 and 6 of a street are two venues.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from data.folding import fold
from etl.linking import words
from etl.linking.names import LONGEST

Ints = NDArray[np.int64]
Levels = NDArray[np.int8]
MISSING, DIFFERENT, SIMILAR, SAME = range(4)
VERDICTS = ("missing", "different", "similar", "same")
# A name that shares nothing forbids as well: shops follow each other at one address.
# So do trades that exclude each other: a spa and a café of one name are two venues.
FORBIDDING = ("name", "trade", "house", "alleys", "lot", "floor", "unit", "building", "group", "branch")
NAME_LEVELS = (
    "missing", "different", "overlap_low", "overlap_high", "contains", "close_common", "close_rare", "same_common",
    "same_usual", "same_rare", "same_only", "contains_rare",
)  # fmt: skip
DISTANCE_LEVELS = ("missing", "far", "around", "close", "near")
DISTANCES = (800.0, 200.0, 50.0)  # metres between far, around, close, near
# Beside the combined parts, these are weighed one by one.
LEVELS: dict[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    "address": tuple(f"{number}/{street}" for number in VERDICTS for street in VERDICTS),
    "quarter": VERDICTS,
    "ward": VERDICTS,
    "phone": VERDICTS,
    "category": VERDICTS,
    "type": VERDICTS,
    "trade": VERDICTS,
    "branch": VERDICTS,
    "distance": DISTANCE_LEVELS,
}
COMMON, RARE = 7.0, 12.0  # nats: how much a name of usual words says
TELLING = 8.0  # nats of the words in common, from which a shortened name still says which venue is meant
# Of these, a ward has one of a name.
SINGLE = frozenset(("government", "police", "culture house", "health station", "primary school", "secondary school",
                    "high school", "religious"))  # fmt: skip
REGISTER = 5_000  # venues; in fewer, a name that stands once says nothing about how rare it is
TYPO, ALIKE = 88.0, 70.0  # rapidfuzz ratios
SHORTEST = 5  # letters of a name in which one wrong letter is a slip and no other name
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Evidence:
    """Levels of pairs: indices into ``LEVELS`` by part, verdicts by the finer parts, and which pairs are forbidden."""

    levels: dict[str, Levels]
    verdicts: dict[str, Levels]
    forbidden: NDArray[np.bool_]


class Comparison:
    """Two described frames made ready for comparing many pairs of their rows (by position)."""

    def __init__(self, left: pd.DataFrame, right: pd.DataFrame, background: dict[str, float]) -> None:
        self.left, self.right = left, right
        self._codes: dict[str, tuple[Ints, Ints, list[str]]] = {}
        for part in ("house", "alleys", "lot", "floor", "unit", "building", "group", "branch", "street", "quarter",
                     "ward_key", "phone_hash", "category", "type", "trade", "core", "called"):  # fmt: skip
            self._codes[part] = _codes(left[part], right[part])
        self._codes["street, quarter"] = _codes(left["street"], right["quarter"])
        self._codes["quarter, street"] = _codes(left["quarter"], right["street"])
        self.rarity = _rarity(right["core"], background)
        self._place = {token: number for number, token in enumerate(self.rarity)}
        self.tokens = tuple(self._tokens(frame["core"]) for frame in (left, right))
        self.called = tuple(self._tokens(frame["called"]) for frame in (left, right))
        called = self._codes["called"]
        self._sorted = [" ".join(sorted(text.split())) for text in called[2]]
        joined = [text.replace(" ", "") for text in called[2]]
        self._lengths = np.array([len(text) for text in joined])
        self._joined_texts = joined
        cores = self._codes["core"]
        self._joined_core = pd.factorize(np.array([text.replace(" ", "") for text in cores[2]], dtype=object))[0]
        abbreviated = [_initials(text) for text in called[2]]
        numbers = pd.factorize(np.array([*joined, *abbreviated], dtype=object))[0]
        self._joined, self._abbreviated = numbers[: len(joined)], numbers[len(joined) :]
        self._initials = np.array([2 <= len(text) <= 5 and " " not in text for text in called[2]])
        self._single = np.array([text in SINGLE for text in self._codes["trade"][2]])
        self._bearers = _Bearers(self._joined[called[1]], self._codes["trade"][1])

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

    def compare(self, a: Ints, b: Ints) -> Evidence:
        """Evidence for the pairs ``(left[a[i]], right[b[i]])``."""
        found: dict[str, Levels] = {
            "house": self._verdict("house", a, b, _house),
            "alleys": self._verdict("alleys", a, b, _alleys),
            "lot": self._verdict("lot", a, b, _lot),
            "floor": self._verdict("floor", a, b, None),
            "unit": self._verdict("unit", a, b, _lot),
            "building": self._verdict("building", a, b, None),
            "group": self._verdict("group", a, b, None),
            "branch": self._verdict("branch", a, b, None),
            "street": self._verdict("street", a, b, _street),
            "quarter": self._verdict("quarter", a, b, _quarter),
            "ward": self._verdict("ward_key", a, b, _ward),
            "phone": self._verdict("phone_hash", a, b, None),
            "category": self._verdict("category", a, b, None),
            "type": self._verdict("type", a, b, None),
            "trade": self._verdict("trade", a, b, _trade),
        }
        self._slashes(found, a, b)
        self._crossed(found, a, b)
        self._borders(found, a, b)
        names = self._names(a, b)
        left, right, _ = self._codes["alleys"]
        number = _number(found, (left[a] == 0) != (right[b] == 0))
        levels = {part: found[part] for part in ("quarter", "ward", "phone", "category", "type", "trade", "branch")}
        levels["name"] = names
        levels["address"] = (number * 4 + found["street"]).astype(np.int8)
        levels["distance"] = self._distance(a, b)
        found["name"] = np.array([MISSING, DIFFERENT, DIFFERENT] + [SIMILAR] * 4 + [SAME] * 4 + [SIMILAR], dtype=np.int8)[names]
        found["distance"] = np.array([MISSING, DIFFERENT, DIFFERENT, SIMILAR, SAME], dtype=np.int8)[levels["distance"]]
        forbidden = np.logical_or.reduce([found[part] == DIFFERENT for part in FORBIDDING])
        return Evidence(levels, found, forbidden)

    def _verdict(self, part: str, a: Ints, b: Ints, judge: Callable[[str, str], int] | None) -> Levels:
        left, right, texts = self._codes[part]
        one, other = left[a], right[b]
        verdict = np.where(one == other, SAME, DIFFERENT).astype(np.int8)
        verdict[(one == 0) | (other == 0)] = MISSING
        open_pairs = np.flatnonzero(verdict == DIFFERENT)
        if judge is not None and len(open_pairs):
            keys, back = np.unique(one[open_pairs] * len(texts) + other[open_pairs], return_inverse=True)
            judged = [judge(texts[key // len(texts)], texts[key % len(texts)]) for key in keys.tolist()]
            verdict[open_pairs] = np.array(judged, dtype=np.int8)[back]
        return verdict

    def _slashes(self, found: dict[str, Levels], a: Ints, b: Ints) -> None:
        """Where "12/4" stands for a house and an alley in either order, the figures are compared as a set."""
        slashed = self.left["slashed"].to_numpy()[a] | self.right["slashed"].to_numpy()[b]
        rows = np.flatnonzero(slashed & ((found["house"] == DIFFERENT) | (found["alleys"] != SAME)))
        if not len(rows):
            return
        sides = []
        for frame, at in ((self.left, a[rows]), (self.right, b[rows])):
            sides.append([
                sorted((house, *alleys.split("/")))
                for house, alleys in zip(frame["house"].to_numpy()[at], frame["alleys"].to_numpy()[at], strict=True)
            ])  # fmt: skip
        equal = np.array([one == other for one, other in zip(*sides, strict=True)])
        found["house"][rows[equal]] = SAME
        found["alleys"][rows[equal]] = SAME

    def _crossed(self, found: dict[str, Levels], a: Ints, b: Ints) -> None:
        """A bare name ("Huyền Kỳ") may be read as a street on one side and as a quarter on the other."""
        crossed = np.maximum(
            self._verdict("street, quarter", a, b, _street), self._verdict("quarter, street", a, b, _street)
        )
        unsaid = (found["street"] == MISSING) & (found["quarter"] == MISSING) & (crossed >= SIMILAR)
        found["street"][unsaid] = crossed[unsaid]
        found["street"][(found["street"] == DIFFERENT) & (crossed == SAME)] = SIMILAR

    def _borders(self, found: dict[str, Levels], a: Ints, b: Ints) -> None:
        """A street on the border is told with either ward."""
        rows = np.flatnonzero((found["street"] == SAME) & (found["ward"] == DIFFERENT))
        through = words.street_wards()
        several = [
            {one, other} <= through.get(street, frozenset())
            for street, one, other in zip(
                self.left["street"].to_numpy()[a[rows]],
                self.left["ward_key"].to_numpy()[a[rows]],
                self.right["ward_key"].to_numpy()[b[rows]],
                strict=True,
            )
        ]
        found["ward"][rows[np.array(several, dtype=bool)]] = SIMILAR

    def _names(self, a: Ints, b: Ints) -> Levels:
        """Levels of what the names are called by; how rare that is counts the words of the trade that both say."""
        left, right, texts = self._codes["called"]
        one, other = left[a], right[b]
        weights = np.array([*self.rarity.values(), 0.0])
        said = _shared(self.tokens[0][a], self.tokens[1][b], weights)[0]
        shared, mine, theirs = _shared(self.called[0][a], self.called[1][b], weights)
        least, most = np.minimum(mine, theirs), np.maximum(mine, theirs)
        ratio = self._ratios(one, other, texts)
        rare = np.digitize(np.maximum(said, np.where(ratio >= TYPO, least, 0.0)), [COMMON, RARE])
        same = (self._joined[one] == self._joined[other]) | (shared >= most * 0.999)
        cores = self._codes["core"]
        same |= self._joined_core[cores[0][a]] == self._joined_core[cores[1][b]]
        same &= ~self._contradicted(a, b, same)
        trades = self._codes["trade"][0][a], self._codes["trade"][1][b]
        only = (self._bearers.count(self._joined[other], *trades) == 1) & (len(self.right) >= REGISTER)
        only |= self._single[trades[0]] & self._single[trades[1]]
        short = self._initials[one] & (self._joined[one] == self._abbreviated[other])
        short |= self._initials[other] & (self._joined[other] == self._abbreviated[one])
        levels = np.select(
            [
                (one == 0) | (other == 0), same, ratio >= TYPO,
                (shared >= least * 0.999) & (shared >= TELLING), ((shared >= least * 0.999) & (said >= COMMON / 2)) | short,
                shared >= most * 0.6, (shared >= most * 0.3) | (ratio >= ALIKE),
            ],
            [0, np.where(only & (rare > 0), 10, 7 + rare), np.where(rare > 0, 6, 5), 11, 4, 3, 2],
            1,
        )  # fmt: skip
        return levels.astype(np.int8)

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
        mine, theirs = (
            frame["name"].to_numpy()[at[rows]] for frame, at in ((self.left, a), (self.right, b))
        )
        found = np.zeros(len(a), dtype=bool)
        found[rows] = [
            one != other and not (one.isascii() or other.isascii()) and _exclude(one, other)
            for one, other in zip(mine, theirs, strict=True)
        ]
        return found

    def _distance(self, a: Ints, b: Ints) -> Levels:
        lon = self.left["lon"].to_numpy()[a] - self.right["lon"].to_numpy()[b]
        lat = self.left["lat"].to_numpy()[a] - self.right["lat"].to_numpy()[b]
        east = lon * np.cos(np.radians(20.97))  # the district's latitude; its whole height is 0.1 degrees
        metres = np.hypot(east, lat) * METRES_A_DEGREE
        levels = np.full(len(a), 1, dtype=np.int8)
        for bound in DISTANCES:
            levels += metres < bound
        levels[np.isnan(metres)] = 0
        return levels


_WORD = re.compile(r"\w+")
_NUMBERS = re.compile(r"[^-]+")
_UNSEEN = 9.0  # nats, of a word that no venue of the register has


def _codes(left: pd.Series, right: pd.Series) -> tuple[Ints, Ints, list[str]]:
    """Both columns as numbers of one list of texts; 0 is the empty text."""
    numbers, texts = pd.factorize(np.concatenate([[""], left.to_numpy(object), right.to_numpy(object)]))
    return numbers[1 : len(left) + 1].astype(np.int64), numbers[len(left) + 1 :].astype(np.int64), texts.tolist()


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


def _trade(one: str, other: str) -> int:
    return SIMILAR if set(one.split(";")) & set(other.split(";")) else DIFFERENT


def _number(found: dict[str, Levels], one_sided: NDArray[np.bool_]) -> Levels:
    """Everything that is numbered as one verdict: the worst that is known, same only where it tells one door.

    A house number tells a door together with its street, quarter or group, and not where only one side (``one_sided``)
    puts it into an alley.
    """
    parts = np.stack([found[part] for part in ("house", "lot", "alleys", "floor", "unit", "building", "group")])
    worst = np.where(parts == MISSING, SAME + 1, parts).min(0)
    market = (found["building"] == MISSING) & (found["quarter"] >= SIMILAR)
    inside = (found["building"] == SAME) | ((found["unit"] == SAME) & market)
    inside |= (found["floor"] == SAME) & (found["quarter"] >= SIMILAR)
    stands = (found["street"] >= SIMILAR) | (found["group"] == SAME) | (found["quarter"] >= SIMILAR)
    placed = ((found["house"] == SAME) & stands & ~one_sided) | (found["lot"] == SAME) | inside
    worst = np.where((worst == SAME) & ~placed, SIMILAR, worst)
    return np.where(worst > SAME, MISSING, worst).astype(np.int8)


def _house(one: str, other: str) -> int:
    """ "5-7" told as "5" is one house; 12 and 12A stand side by side."""
    return SAME if set(_NUMBERS.findall(one)) & set(_NUMBERS.findall(other)) else DIFFERENT


def _alleys(one: str, other: str) -> int:
    """An alley and one of its branches may be one place told less fully."""
    chains = sorted((one.split("/"), other.split("/")), key=len)
    return (
        SIMILAR if chains[1][: len(chains[0])] == chains[0] or chains[1][-len(chains[0]) :] == chains[0] else DIFFERENT
    )


def _lot(one: str, other: str) -> int:
    short, long = sorted((one.split("-"), other.split("-")), key=len)
    return (
        SIMILAR
        if len(short) < len(long) and (long[: len(short)] == short or long[-len(short) :] == short)
        else DIFFERENT
    )


def _street(one: str, other: str) -> int:
    if (one, other) in words.routes():
        return SIMILAR
    known = words.street_names()
    if one in known and other in known:
        return DIFFERENT  # Lê Lai and Lê Lợi are spelled alike
    return (
        SIMILAR
        if fuzz.ratio(one, other) >= 85 or one.startswith(other + " ") or other.startswith(one + " ")
        else DIFFERENT
    )


def _quarter(one: str, other: str) -> int:
    return SIMILAR if fuzz.token_set_ratio(one, other) >= 85 else DIFFERENT


def _ward(one: str, other: str) -> int:
    if one in words.wards() and other in words.wards():
        return DIFFERENT  # Phú La and Phúc La are spelled alike
    return SIMILAR if fuzz.ratio(one, other) >= 82 else DIFFERENT
