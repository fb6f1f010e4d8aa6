"""What each level of agreement weighs (Fellegi and Sunter 1969): counts of pairs that are one venue, and of any pairs.

``weights.json`` is written by ``python -m tools.linking_weights.train``; decisions of people move them.
"""

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.linking.engine.evidence import FORBIDDING, LEVELS, SAME, SIMILAR, VERDICTS
from etl.linking.engine.naming import ONLY, Levels

FILE = Path(__file__).parent / "weights.json"
PRIOR_PAIRS = 25.0  # decided pairs of one level that weigh as much as what is shipped
SMOOTHING = 0.5  # pairs added to every level
DISTRICT = 30_000  # venues of the real district: a smaller register is a part of it, and as many look alike outside it
STRATA = 5
Curve = tuple[NDArray[np.float64], NDArray[np.float64]]  # log odds as added up, and as they turned out
IDENTITY: Curve = (np.array([-12.0, 12.0]), np.array([-12.0, 12.0]))
Counts = dict[str, NDArray[np.float64]]  # part -> (levels, [one venue, two venues])


@dataclass(frozen=True)
class Weights:
    """Counts by part and level, the share of words in names, and the calibration of log odds to probabilities."""

    counts: Counts
    odds: float  # log odds that any row of either side is one venue, before evidence
    calibration: tuple[Curve, ...] = (IDENTITY,) * STRATA  # by ``stratum``
    background: dict[str, float] = field(default_factory=dict)
    venues: int = DISTRICT  # size of the register that it was calibrated on
    moved: dict[str, NDArray[np.float64]] = field(default_factory=dict)  # by decisions of people

    @staticmethod
    @cache
    def shipped() -> "Weights":
        """The weights of ``weights.json``."""
        content = json.loads(FILE.read_text(encoding="utf-8"))
        counts = {
            part: np.array([content["counts"][part][level] for level in levels], dtype=float)
            for part, levels in LEVELS.items()
        }
        curves = tuple((np.array(curve["log_odds"]), np.array(curve["calibrated"])) for curve in content["calibration"])
        return Weights(counts, content["odds"], curves, content["background"], content["venues"])

    def taught(self, decisions: pd.DataFrame) -> "Weights":
        """These weights after people decided: ``decisions`` has ``reasons`` (as ``candidates`` gives) and ``same``.

        Reviewed pairs are no fair sample: only doubtful ones come to a person. So each level is moved by how many of
        its pairs were found to be one venue against how many the weights so far expected among those very pairs, part
        after part; the shipped weights count as ``PRIOR_PAIRS`` pairs that turned out as expected.
        """
        same = decisions["same"].to_numpy(bool)
        if not len(same):
            return self
        levels, forbidden = _levels(decisions["reasons"].tolist())
        taught = replace(self, moved={part: move.copy() for part, move in self.moved.items()})
        for part, names in LEVELS.items():
            expected = taught.probability(levels, forbidden)
            sums = [np.bincount(levels[part], side, len(names)) for side in (same, expected, ~same, 1 - expected)]
            found, thought, refused, doubted = (np.log(side + PRIOR_PAIRS) for side in sums)
            taught.moved[part] = taught.moved.get(part, np.zeros(len(names))) + (found - thought) - (refused - doubted)
        return taught

    def log_odds(self, levels: dict[str, Levels]) -> NDArray[np.float64]:
        """Log odds that each pair is one venue, before calibration."""
        total = np.full(len(levels["name"]), self.odds)
        for part, table in self.counts.items():
            total += (_weights(table) + self.moved.get(part, 0.0))[levels[part]]
        return total

    def probability(
        self, levels: dict[str, Levels], forbidden: NDArray[np.bool_], venues: int = DISTRICT
    ) -> NDArray[np.float64]:
        """Calibrated probability that each pair is one venue, in a register of ``venues``.

        Twice the venues hold twice as many that look the same by chance, which halves the odds of each.
        """
        total = self.log_odds(levels)
        strata = stratum(levels, forbidden)
        meant = np.choose(strata, [np.interp(total, *curve) for curve in self.calibration])
        size = np.log(self.venues / max(venues, DISTRICT))
        return 1.0 / (1.0 + np.exp(-(meant + size)))


def stratum(levels: dict[str, Levels], forbidden: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Which curve calibrates each pair: 0 no number compared, 1 numbers alike, 2 one door, 3 forbidden, 4 a name that
    stands once in the register, without one door.

    Parts are not independent: what a door that is the same says of one's name is not what a name alone says.
    """
    number = levels["address"] // len(VERDICTS)
    only = levels["name"] == ONLY
    return np.select([forbidden, number == SAME, only, number == SIMILAR], [3, 2, 4, 1], 0)


def _weights(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log of how much likelier each level is among pairs of one venue.

    ``SMOOTHING`` pairs are spread over the levels as they are common, so that one which never came says nothing.
    """
    shares = table / np.maximum(table.sum(0), 1.0)
    usual = shares.mean(1) + 1e-9
    smoothed = (table + SMOOTHING * len(table) * (usual / usual.sum())[:, None]) / (
        table.sum(0) + SMOOTHING * len(table)
    )
    weights: NDArray[np.float64] = np.log(smoothed[:, 0] / smoothed[:, 1])
    return weights


def _levels(reasons: list[str]) -> tuple[dict[str, Levels], NDArray[np.bool_]]:
    """Levels of pairs as their reasons tell them, and which are forbidden; a part that they do not name is missing."""
    told = [{reason["part"]: reason["verdict"] for reason in json.loads(text)} for text in reasons]
    forbidden = np.array([any(pair.get(part) == "different" for part in FORBIDDING) for pair in told])
    said = [{reason["part"]: reason.get("level") for reason in json.loads(text)} for text in reasons]
    unsaid = {part: "missing/missing" if part == "address" else "missing" for part in LEVELS}
    levels = {
        part: np.array([names.index(pair.get(part) or unsaid[part]) for pair in said], dtype=np.int8)
        for part, names in LEVELS.items()
    }
    return levels, forbidden
