"""What speaks for and against two descriptions being one venue: a level for each part of each pair.

House or lot, chain of alleys, floor, kiosk and building that clearly differ *forbid* an automatic link, whatever the
names say: two karaoke bars of one name at 13 and 6 of a street are two venues.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz

from etl.linking.engine import words
from etl.linking.engine.naming import NAME_LEVELS, Codes, Ints, Levels, Naming

MISSING, DIFFERENT, SIMILAR, SAME = range(4)
VERDICTS = ("missing", "different", "similar", "same")
# A name that shares nothing forbids as well: shops follow each other at one address.
# So do trades that exclude each other: a spa and a café of one name are two venues.
FORBIDDING = ("name", "trade", "house", "alleys", "lot", "floor", "unit", "building", "group", "branch")
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
        self._codes: dict[str, Codes] = {}
        for part in ("house", "alleys", "lot", "floor", "unit", "building", "group", "branch", "street", "quarter",
                     "ward_key", "phone_hash", "category", "type", "trade", "chain", "core",
                     "called"):  # fmt: skip
            self._codes[part] = _codes(left[part], right[part])
        self._codes["street, quarter"] = _codes(left["street"], right["quarter"])
        self._codes["quarter, street"] = _codes(left["quarter"], right["street"])
        self.naming = Naming(left, right, self._codes, background)

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
        names = self.naming.levels(a, b)
        left, right, _ = self._codes["alleys"]
        number = _number(found, (left[a] == 0) != (right[b] == 0))
        levels = {part: found[part] for part in ("quarter", "ward", "phone", "category", "type", "trade", "branch")}
        levels["name"] = names
        levels["address"] = (number * 4 + found["street"]).astype(np.int8)
        levels["distance"] = self._distance(a, b)
        found["name"] = np.array(
            [MISSING, DIFFERENT, DIFFERENT] + [SIMILAR] * 4 + [SAME] * 4 + [SIMILAR], dtype=np.int8
        )[names]
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


_NUMBERS = re.compile(r"[^-]+")


def _codes(left: pd.Series, right: pd.Series) -> Codes:
    """Both columns as numbers of one list of texts; 0 is the empty text."""
    numbers, texts = pd.factorize(np.concatenate([[""], left.to_numpy(object), right.to_numpy(object)]))
    return numbers[1 : len(left) + 1].astype(np.int64), numbers[len(left) + 1 :].astype(np.int64), texts.tolist()


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
