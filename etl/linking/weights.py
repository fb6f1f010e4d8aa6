"""What each level of agreement weighs (Fellegi and Sunter 1969), as counts of pairs that are one venue and that are not.

``weights.json`` is written by ``python -m etl.linking.train``; decisions of people are added to its counts.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.linking.evidence import LEVELS, Levels

FILE = Path(__file__).parent / "weights.json"
PRIOR_PAIRS = 2_000.0  # decisions that weigh as much as what is shipped
SMOOTHING = 0.5  # pairs added to every level
Counts = dict[str, NDArray[np.float64]]  # part -> (levels, [one venue, two venues])


@dataclass(frozen=True)
class Weights:
    """Counts by part and level, the share of words in names, and the calibration of log odds to probabilities."""

    counts: Counts
    odds: float  # log odds of a compared pair before any evidence
    calibration: tuple[NDArray[np.float64], NDArray[np.float64]] = field(
        default_factory=lambda: (np.array([-12.0, 12.0]), np.array([-12.0, 12.0]))
    )
    background: dict[str, float] = field(default_factory=dict)

    @staticmethod
    @cache
    def shipped() -> "Weights":
        """The weights of ``weights.json``."""
        content = json.loads(FILE.read_text(encoding="utf-8"))
        counts = {
            part: np.array([content["counts"][part][level] for level in levels], dtype=float)
            for part, levels in LEVELS.items()
        }
        known, meant = (np.array(content["calibration"][side]) for side in ("log_odds", "calibrated"))
        return Weights(counts, content["odds"], (known, meant), content["background"])

    def taught(self, decisions: pd.DataFrame) -> "Weights":
        """These weights after people decided: ``decisions`` has ``reasons`` (as ``candidates`` gives them) and ``same``.

        The shipped counts stand for ``PRIOR_PAIRS`` decisions of either kind, so that a few do not turn them over.
        """
        counts = {part: table * (PRIOR_PAIRS / table.sum(0)) for part, table in self.counts.items()}
        for reasons, same in zip(decisions["reasons"], decisions["same"], strict=True):
            said = {reason["part"]: reason["level"] for reason in json.loads(reasons) if reason.get("level")}
            for part, levels in LEVELS.items():
                counts[part][levels.index(said.get(part, _unsaid(part)))][0 if same else 1] += 1
        return Weights(counts, self.odds, self.calibration, self.background)

    def log_odds(self, levels: dict[str, Levels]) -> NDArray[np.float64]:
        """Log odds that each pair is one venue, before calibration."""
        total = np.full(len(levels["name"]), self.odds)
        for part, table in self.counts.items():
            shares = (table + SMOOTHING) / (table + SMOOTHING).sum(0)
            total += np.log(shares[:, 0] / shares[:, 1])[levels[part]]
        return total

    def probability(self, levels: dict[str, Levels]) -> NDArray[np.float64]:
        """Calibrated probability that each pair is one venue."""
        known, meant = self.calibration
        calibrated = np.interp(self.log_odds(levels), known, meant)
        return 1.0 / (1.0 + np.exp(-calibrated))


def _unsaid(part: str) -> str:
    return "missing/missing" if part == "address" else "missing"
