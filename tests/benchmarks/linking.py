"""How well and how fast descriptions are linked to venues: a made set (``etl/demo/retold.py``), and pairs labelled by hand.

The seed is none of those that the weights were learnt from, calibrated on or tried out on.
"""

import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.settings import ROOT
from etl.demo import retold
from etl.linking import Weights, candidates, decide, describe
from tests.benchmarks.results import Result, at_most

VENUES, MENTIONS = 30_000, 15_000
FULL_VENUES, FULL_MENTIONS = 400_000, 500_000
SEED = 20_261_124
LABELLED = ROOT / "tests" / "etl" / "linking" / "labelled.csv"
PRECISION, RECALL, SECONDS, MIB = 0.99, 0.90, 300.0, 4096.0


@dataclass(frozen=True)
class Figures:
    """Quality of automatic links; shares 0-1."""

    precision: float
    recall: float
    waiting: float
    calibration: list[tuple[float, float, int]]  # mean probability, share that is right, pairs; by tenths


def quality(weights: Weights, made: tuple[pd.DataFrame, pd.DataFrame, np.ndarray]) -> Figures:
    """Figures of automatic links over what ``retold.make`` made."""
    told, register, truth = made
    found = candidates(told, register, weights)
    decided = decide(found)
    linked = decided[decided["verdict"] == "linked"]
    right = linked["venue"].to_numpy(int) == truth[linked["mention"].to_numpy(int)]
    in_register = int((truth >= 0).sum())
    same = found["venue"].to_numpy(int) == truth[found["mention"].to_numpy(int)]
    tenths = np.minimum((found["probability"].to_numpy() * 10).astype(int), 9)
    calibration = [
        (float(found["probability"][tenths == tenth].mean()), float(same[tenths == tenth].mean()), int(number))
        for tenth in range(10)
        if (number := (tenths == tenth).sum())
    ]
    waiting = float((decided["verdict"] == "waiting").sum() / len(told))
    return Figures(float(right.mean()), float(right.sum() / in_register), waiting, calibration)


def measure() -> list[Result]:
    """Quality at the size of the real district, time and memory at this size (the goal's size: ``--full``)."""
    start = time.perf_counter()
    figures = quality(Weights.shipped(), retold.make(VENUES, MENTIONS, SEED))
    results = [
        Result(VENUES, "links: precision of automatic ones", figures.precision, "", f">= {PRECISION}",
               figures.precision >= PRECISION),
        Result(VENUES, "links: recall of automatic ones", figures.recall, "", f">= {RECALL}", figures.recall >= RECALL),
        Result(VENUES, "links: share of mentions that wait for a person", figures.waiting, ""),
    ]  # fmt: skip
    for probability, right, pairs in figures.calibration:
        results.append(Result(pairs, f"links: share right of pairs with {probability:.2f}", right, ""))
    results.append(Result(VENUES, f"links: {MENTIONS:,} mentions, made and linked", time.perf_counter() - start, "s"))
    return results


def measure_full() -> list[Result]:
    """Time and memory at the goal's size; to be run in a process of its own, whose memory is measured."""
    told, register, _ = retold.make(FULL_VENUES, FULL_MENTIONS, SEED)
    start = time.perf_counter()
    decide(candidates(describe(told), describe(register), Weights.shipped()))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        at_most(FULL_VENUES, f"links: {FULL_MENTIONS:,} mentions described, compared, decided", seconds, "s", SECONDS),
        at_most(FULL_VENUES, "links: largest memory, the set itself included", peak, "MiB", MIB),
    ]


if __name__ == "__main__":
    for result in measure_full() if "--full" in sys.argv else measure():
        print(f"{result.measure}: {result.value:,.4g} {result.unit} ({result.venues:,}) {result.goal} {result.met}")
