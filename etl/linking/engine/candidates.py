"""Candidates of mentions among venues, duplicates among venues, and what is decided without a person."""

import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.linking.engine import blocking
from etl.linking.engine.describing import describe
from etl.linking.engine.evidence import LEVELS, SAME, SIMILAR, VERDICTS, Comparison, Evidence
from etl.linking.engine.naming import Ints
from etl.linking.engine.weights import Weights

UPPER = 0.90  # probability from which a pair is linked without a person
LOWER = 0.10  # below it a pair is no candidate
_ENCODED = json.JSONEncoder(ensure_ascii=False).encode
AHEAD = 20.0  # times the second's odds that the best has to have
_SHOWN = {
    "name": "name", "type": "type", "branch": "branch", "house": "house", "alleys": "alleys", "lot": "lot",
    "floor": "floor", "unit": "unit", "building": "building", "group": "group", "street": "street",
    "quarter": "quarter", "ward": "ward_key", "category": "category",
}  # fmt: skip


def candidates(mentions: pd.DataFrame, venues: pd.DataFrame, weights: Weights, *, per_mention: int = 5) -> pd.DataFrame:
    """Venues that each mention may be, the most probable first, at most ``per_mention``.

    They have ``LOWER`` or more, or bear the mention's name in its ward or street, or stand at its door, so that a
    person sees them whatever the rest of the description says.

    Both frames are described or have the columns that ``describe`` reads. Columns of the answer: ``mention`` and
    ``venue`` (index labels), ``probability`` (0-1), ``forbidden`` (a part of the address or the branch clearly
    differs) and ``reasons``, a JSON list of ``{part, mention, venue, verdict, level}`` with verdicts same, similar,
    different and missing.
    """
    return _compared(describe(mentions), describe(venues), weights, per_mention, ("mention", "venue"))


def duplicates(venues: pd.DataFrame, weights: Weights) -> pd.DataFrame:
    """Pairs of one register with ``LOWER`` or more: ``first``, ``second`` and the other columns of ``candidates``."""
    described = describe(venues)
    found = _compared(described, described, weights, blocking.PER_ROW, ("first", "second"))
    return found[found["probability"] >= LOWER].reset_index(drop=True)


def decide(found: pd.DataFrame) -> pd.DataFrame:
    """What is decided of each mention in ``found`` (from ``candidates``): ``mention, verdict, venue, probability``.

    ``linked``: the best has ``UPPER`` or more, nothing forbids it, and no other has more than its odds / ``AHEAD``.
    Otherwise ``waiting`` for a person, with the most probable venue. A mention without any row in ``found`` is none.
    """
    ordered = found.sort_values(["mention", "probability"], ascending=[True, False], kind="stable")
    best = ordered.groupby("mention", sort=False).nth(0).set_index("mention")
    second = ordered.groupby("mention", sort=False).nth(1).set_index("mention")["probability"]
    behind = _odds(best["probability"]) / _odds(second.reindex(best.index).fillna(0.0))
    linked = (best["probability"] >= UPPER) & ~best["forbidden"].astype(bool) & (behind >= AHEAD)
    verdict = np.where(linked, "linked", "waiting")
    return pd.DataFrame({
        "mention": best.index, "verdict": verdict, "venue": best["venue"].array,
        "probability": best["probability"].array,
    })  # fmt: skip


def _odds(probability: pd.Series) -> pd.Series:
    kept = probability.clip(1e-9, 1 - 1e-9)
    return kept / (1 - kept)


def _compared(
    left: pd.DataFrame, right: pd.DataFrame, weights: Weights, per_row: int, names: tuple[str, str]
) -> pd.DataFrame:
    comparison = Comparison(left, right, weights.background)
    parts = [
        _kept(comparison, a, b, weights, per_row, names)
        for a, b in blocking.pairs(comparison, within=left is right)
        if len(a)
    ]
    columns = [*names, "probability", "forbidden", "reasons"]
    if not parts:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in columns}).astype(
            {"probability": float, "forbidden": bool}
        )
    return pd.concat(parts, ignore_index=True)


def _kept(
    comparison: Comparison, a: Ints, b: Ints, weights: Weights, per_row: int, names: tuple[str, str]
) -> pd.DataFrame:
    evidence = comparison.compare(a, b)
    probability = weights.probability(evidence.levels, evidence.forbidden, len(comparison.right))
    order = np.lexsort((b, -probability, a))
    order = order[(probability[order] >= LOWER) | _to_be_shown(evidence, probability, a)[order]]
    row = a[order]
    first = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, dtype=bool)
    rank = np.arange(len(row)) - np.maximum.accumulate(np.where(first, np.arange(len(row)), 0))
    kept = order[rank < per_row]
    return pd.DataFrame(
        {
            names[0]: comparison.left.index.to_numpy()[a[kept]],
            names[1]: comparison.right.index.to_numpy()[b[kept]],
            "probability": probability[kept],
            "forbidden": evidence.forbidden[kept],
            "reasons": _reasons(comparison, evidence, a, b, kept),
        }
    )


def _to_be_shown(evidence: Evidence, probability: NDArray[np.float64], a: Ints) -> NDArray[np.bool_]:
    """Pairs of one name in one ward or street, or at one door, of rows that have no better.

    A person may know that they are one, whatever else was told wrong.
    """
    best = np.zeros(int(a.max()) + 1)
    np.maximum.at(best, a, probability)
    placed = (evidence.verdicts["ward"] >= SIMILAR) | (evidence.verdicts["street"] >= SIMILAR)
    alike = evidence.verdicts["name"] == SAME
    door = evidence.levels["address"] // len(VERDICTS) == SAME
    return ((alike & placed) | door) & (best[a] < UPPER)


def _reasons(comparison: Comparison, evidence: Evidence, a: Ints, b: Ints, kept: Ints) -> list[str]:
    """The parts that either side tells, as JSON; phones and distances without their values."""
    written: list[list[dict[str, str]]] = [[] for _ in kept]
    for part, verdicts in evidence.verdicts.items():
        shown = _SHOWN.get(part)
        mine = comparison.left[shown].to_numpy()[a[kept]] if shown else [""] * len(kept)
        theirs = comparison.right[shown].to_numpy()[b[kept]] if shown else [""] * len(kept)
        if part == "name":
            mine, theirs = comparison.left["name"].to_numpy()[a[kept]], comparison.right["name"].to_numpy()[b[kept]]
        levels = [LEVELS[part][level] for level in evidence.levels[part][kept]] if part in LEVELS else [""] * len(kept)
        for row, (one, other, verdict, level) in enumerate(
            zip(mine, theirs, verdicts[kept].tolist(), levels, strict=True)
        ):
            if one or other or verdict:
                written[row].append(_reason(part, one, other, VERDICTS[verdict], level))
    address = [LEVELS["address"][level] for level in evidence.levels["address"][kept]]
    for row, level in enumerate(address):
        written[row].append(_reason("address", "", "", level.split("/", 1)[0], level))
    return [_ENCODED(row) for row in written]


def _reason(part: str, one: str, other: str, verdict: str, level: str) -> dict[str, str]:
    said = {"part": part, "mention": one, "venue": other, "verdict": verdict}
    return {**said, "level": level} if level else said
