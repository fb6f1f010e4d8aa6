"""``python -m tools.linking_weights.train``: learn the shipped weights from invented examples and write
``weights.json``.

Counts come from invented examples. The calibration comes from the demonstration's register as clerks retell it: names
and addresses of other templates, so that it includes how far the counts are from a register that they were not learnt
from. Neither uses the seed that ``make bench`` measures on.
"""

import json
import sys

import numpy as np
import pandas as pd

from etl.linking.engine import blocking
from etl.linking.engine.describing import describe
from etl.linking.engine.evidence import LEVELS, Comparison
from etl.linking.engine.naming import Levels
from etl.linking.engine.weights import FILE, STRATA, Weights, stratum
from tools.linking_weights import examples, retellings

VENUES = 40_000
COUNTING = 41  # seed
CALIBRATING = tuple(range(142, 150))  # seeds
MENTIONS = 20_000
WORDS_KEPT = 400
POOLS, SMALLEST = 160, 40  # at most so many pools of a curve, and pairs that a pool holds at least
DRAWN = 100_000  # random pairs, ten times


def main() -> int:
    """Learn, write, and say what was learnt; the exit code."""
    mentions, venues, truth = examples.make(VENUES, COUNTING)
    background = _background(describe(venues)["core"])
    levels, same, _ = _pairs(mentions, venues, truth, background)
    by_chance = _by_chance(mentions, venues, background)
    counts = {
        part: np.stack(
            [np.bincount(found, minlength=len(LEVELS[part])) for found in (levels[part][same == 1], any_)], 1
        )
        for part, any_ in by_chance.items()
    }
    odds = -float(np.log(len(venues)))
    raw = Weights({part: table.astype(float) for part, table in counts.items()}, odds, background=background)
    held_out = [_pairs(*retellings.make(VENUES, MENTIONS, seed), background) for seed in CALIBRATING]
    log_odds = np.concatenate([raw.log_odds(levels) for levels, _, _ in held_out])
    same = np.concatenate([same for _, same, _ in held_out])
    strata = np.concatenate([stratum(levels, forbidden) for levels, _, forbidden in held_out])
    curves = [_calibration(log_odds[strata == one], same[strata == one]) for one in range(STRATA)]
    content = {
        "odds": round(odds, 4),
        "venues": round(VENUES * (1 - retellings.ABSENT)),
        "calibration": [{"log_odds": known, "calibrated": meant} for known, meant in curves],
        "counts": {
            part: {level: counts[part][row].tolist() for row, level in enumerate(LEVELS[part])} for part in LEVELS
        },
        "background": {word: round(share, 6) for word, share in background.items()},
    }
    FILE.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(same):,} pairs, {int(same.sum()):,} of them one venue: {FILE}")
    return 0


def _pairs(
    mentions: pd.DataFrame, venues: pd.DataFrame, truth: np.ndarray, background: dict[str, float]
) -> tuple[dict[str, Levels], np.ndarray, np.ndarray]:
    """Levels of the pairs that are compared, which are one venue, and which are forbidden."""
    comparison = Comparison(describe(mentions), describe(venues), background)
    levels: dict[str, list[Levels]] = {part: [] for part in LEVELS}
    same: list[np.ndarray] = []
    forbidden: list[np.ndarray] = []
    for a, b in blocking.pairs(comparison):
        evidence = comparison.compare(a, b)
        for part in LEVELS:
            levels[part].append(evidence.levels[part])
        same.append((truth[a] == b).astype(int))
        forbidden.append(evidence.forbidden)
    joined = {part: np.concatenate(parts) for part, parts in levels.items()}
    return joined, np.concatenate(same), np.concatenate(forbidden)


def _by_chance(mentions: pd.DataFrame, venues: pd.DataFrame, background: dict[str, float]) -> dict[str, Levels]:
    """Levels of pairs drawn at random, nearly all of them two venues.

    Not of compared pairs: those share a key, so that agreement in one part makes agreement in another less likely,
    and the parts would not be independent.
    """
    rng = np.random.default_rng(COUNTING)
    comparison = Comparison(describe(mentions), describe(venues), background)
    found = [
        comparison.compare(rng.integers(len(mentions), size=DRAWN), rng.integers(len(venues), size=DRAWN)).levels
        for _ in range(10)
    ]
    return {part: np.concatenate([levels[part] for levels in found]) for part in LEVELS}


def _background(cores: pd.Series) -> dict[str, float]:
    words = pd.Series([word for core in cores for word in set(core.split())], dtype=object)
    counts = words.value_counts().head(WORDS_KEPT)
    return {str(word): float(count) / len(cores) for word, count in counts.items()}


def _calibration(log_odds: np.ndarray, same: np.ndarray) -> tuple[list[float], list[float]]:
    """Knots that map log odds to what they turned out to be: pools made monotone (isotonic)."""
    order = np.argsort(log_odds, kind="stable")
    inner = order[log_odds[order] > -15]
    even = np.linspace(0, len(inner), min(POOLS, max(2, len(inner) // SMALLEST)), dtype=int)
    top = np.maximum(len(inner) - SMALLEST * np.arange(POOLS), 0)  # the few that are likely need finer pools
    edges = np.unique(np.concatenate([even, top]))
    pools = [[log_odds[part].mean(), same[part].sum() + 0.5, len(part) + 1.0] for part in np.split(inner, edges[1:-1])]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] / merged[-2][2] >= merged[-1][1] / merged[-1][2]:
            at, hits, size = merged.pop()
            before = merged[-1]
            merged[-1] = [(before[0] * before[2] + at * size) / (before[2] + size), before[1] + hits, before[2] + size]
    known = [round(float(pool[0]), 4) for pool in merged]
    meant = [round(float(np.log(pool[1] / (pool[2] - pool[1]))), 4) for pool in merged]
    return known, meant


if __name__ == "__main__":
    sys.exit(main())
