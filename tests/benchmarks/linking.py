"""How well and how fast descriptions are linked to venues: a made set, and pairs that are labelled by hand.

The made set is the demonstration's register told again (``tools/linking_weights/retellings.py``). Its seed is none of
those that the weights were learnt from, calibrated on or tried out on. The labelled pairs were written by hand in the
style of the district's strings, for no real register is at hand, and before any was scored. The parser was mended on
the half ``mended`` only; ``measured`` was kept blind; ``fresh`` was written later, before the engine was mended a
second time, by the hand that mended it: abbreviations, lots, alleys, kiosks, floors, chains, renamed streets, missing
marks, and traps of each.
``sure``: could a person decide from the strings alone, without asking anybody.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.project import ROOT
from etl.linking.engine import Weights, candidates, decide, describe
from tests.benchmarks.results import Result, at_most
from tools.linking_weights import retellings

VENUES, MENTIONS = 30_000, 15_000
FULL_VENUES, FULL_MENTIONS = 400_000, 500_000
SEED = 20_261_124
PARTS = ("name", "address", "ward")
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
    """Figures of automatic links over what ``retellings.make`` made."""
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


def verdicts(weights: Weights, among: pd.DataFrame | None = None) -> pd.DataFrame:
    """The labelled pairs with ``linked``: would the first description be linked to the second one.

    The second stands alone, or in the register ``among``, of which no other pair's description of the same words is.
    ``elsewhere``: the first was linked to another venue of the register; ``shown``: a person would see the second.
    """
    pairs = pd.read_csv(LABELLED, keep_default_na=False)
    told, venues = (describe(pairs[[f"{part}_{side}" for part in PARTS]].set_axis(PARTS, axis=1)) for side in (1, 2))
    register = None if among is None else describe(among)
    answers = pairs.assign(linked=False, elsewhere=False, shown=False)
    for rows in _apart(told, venues) if among is not None else [[row] for row in range(len(pairs))]:
        own = venues.iloc[rows].set_axis([-1 - row for row in rows])
        full = own if register is None else pd.concat([register.set_axis(range(len(register))), own])
        found = candidates(told.iloc[rows], full, weights)
        decided = decide(found).query("verdict == 'linked'")
        right = decided["venue"].to_numpy(int) == -1 - decided["mention"].to_numpy(int)
        answers.loc[decided["mention"][right], "linked"] = True
        answers.loc[decided["mention"][~right], "elsewhere"] = True
        answers.loc[found["mention"][found["venue"] == -1 - found["mention"]], "shown"] = True
    return answers


def _apart(told: pd.DataFrame, venues: pd.DataFrame) -> list[list[int]]:
    """The labelled pairs in lots in which no two pairs share a word by which they are called."""
    lots: list[tuple[set[str], list[int]]] = []
    for row, called in enumerate(told["called"] + " " + venues["called"]):
        said = set(called.split())
        free = next((lot for lot in lots if not lot[0] & said), None)
        if free is None:
            lots.append(free := (set(), []))
        free[0].update(said)
        free[1].append(row)
    return [rows for _, rows in lots]


def measure() -> list[Result]:
    """Quality and time at the size of the real district, and quality over the labelled pairs."""
    start = time.perf_counter()
    made = retellings.make(VENUES, MENTIONS, SEED)
    ready = time.perf_counter()
    figures = quality(Weights.shipped(), made)
    linking = time.perf_counter() - ready
    results = [
        Result(VENUES, "links: precision of automatic ones", figures.precision, "", f">= {PRECISION}",
               figures.precision >= PRECISION),
        Result(VENUES, "links: recall of automatic ones", figures.recall, "", f">= {RECALL}", figures.recall >= RECALL),
        Result(VENUES, "links: share of mentions that wait for a person", figures.waiting, ""),
    ]  # fmt: skip
    for probability, right, pairs in figures.calibration:
        results.append(Result(VENUES, f"links: share right of {pairs:,} pairs with {probability:.2f}", right, ""))
    results.append(Result(VENUES, f"links: {MENTIONS:,} mentions linked", linking, "s"))
    results.append(Result(VENUES, "links: the set made before", ready - start, "s"))
    return results + _labelled("alone", None) + _labelled("in a register", made[1])


def measure_full() -> list[Result]:
    """Time and memory at the goal's size; the set is made here, and linked in a process of its own."""
    told, register, _ = retellings.make(FULL_VENUES, FULL_MENTIONS, SEED)
    with tempfile.TemporaryDirectory() as folder:
        told.to_csv(Path(folder) / "told.csv", index=False)
        register.to_csv(Path(folder) / "register.csv", index=False)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            seconds, worked, peak = apart.submit(_linked, folder).result()
    return [
        at_most(FULL_VENUES, f"links: {FULL_MENTIONS:,} mentions described, compared, decided", seconds, "s", SECONDS),
        Result(FULL_VENUES, "links: the same, time of the processor", worked, "s"),
        at_most(FULL_VENUES, "links: largest memory, both frames included", peak, "MiB", MIB),
    ]


def _linked(folder: str) -> tuple[float, float, float]:
    """Seconds, seconds of the processor and MiB that linking the frames in ``folder`` takes."""
    told, register = (
        pd.read_csv(Path(folder) / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("told", "register")
    )
    start, worked = time.perf_counter(), time.process_time()
    decide(candidates(told, register, Weights.shipped()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - start, time.process_time() - worked, peak


def _labelled(where: str, among: pd.DataFrame | None) -> list[Result]:
    found = verdicts(Weights.shipped(), among)
    results = []
    for half, pairs in found.groupby("half"):
        told = f"links by hand, {half} half, {where}"
        same = pairs["label"] == "same"
        sure = same & (pairs["sure"] == "yes")
        wrong = int(((pairs["linked"] & ~same) | pairs["elsewhere"]).sum())
        for which, chosen in ((f"{same.sum()} of one venue", same), (f"{sure.sum()} decided by the strings", sure)):
            recall = float(pairs["linked"][chosen].mean())
            results.append(
                Result(len(pairs), f"{told}: linked of {which}", recall, "", f">= {RECALL}", recall >= RECALL)
            )
        shown = pairs["shown"][same & ~pairs["linked"]]
        results.append(Result(len(pairs), f"{told}: of {len(shown)} others shown to a person", float(shown.mean()), ""))
        results.append(Result(len(pairs), f"{told}: wrongly linked", wrong, "", "0", wrong == 0))
    return results


if __name__ == "__main__":
    for result in measure_full() if "--full" in sys.argv else measure():
        print(f"{result.measure}: {result.value:,.4g} {result.unit} ({result.venues:,}) {result.goal} {result.met}")
