"""How well and how fast descriptions are linked to venues: a set made of the demonstration's words.

Nothing here is shared with what the weights were learnt from (``etl/linking/examples.py``): other names, other ways of
writing an address, and noise on the written text, as a clerk's keyboard makes it.
"""

import hashlib
import resource
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.folding import fold
from etl.demo.ground import Ground
from etl.demo.venues import make_venues, trades
from etl.linking import Weights, candidates, decide, describe
from tests.benchmarks.results import Result, at_most

VENUES, MENTIONS = 30_000, 15_000
FULL_VENUES, FULL_MENTIONS = 400_000, 500_000
SEED = 77
PRECISION, RECALL, SECONDS, MIB = 0.99, 0.90, 300.0, 4096.0
ABSENT, TWINS = 0.10, 0.06  # mentions without a venue; venues beside which one of the same name stands


@dataclass(frozen=True)
class Figures:
    """Quality of automatic links; shares 0-1."""

    precision: float
    recall: float
    waiting: float
    calibration: list[tuple[float, float, int]]  # mean probability, share that is right, pairs; by tenths


def world(venues: int, mentions: int, seed: int = SEED) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Mentions, venues, and the venue (position) of each mention, -1 where it is in no register."""
    import datetime as dt

    rng = np.random.default_rng(seed)
    ground = Ground()
    made = make_venues(ground, venues, dt.date(2021, 11, 30), rng)
    listed = trades()
    register = pd.DataFrame(
        {
            "name": made.names,
            "address": made.addresses,
            "ward": [ground.names[ward] for ward in made.ward.tolist()],
            "phone_hash": [_hash(phone) for phone in made.phones],
            "category": [listed[trade].code for trade in made.trade.tolist()],
            "lon": made.lon,
            "lat": made.lat,
        }
    )
    twins = rng.random(venues) < TWINS  # one name once more in the same street, at another number
    after = np.flatnonzero(twins[:-1])
    register.loc[after + 1, "name"] = register["name"].to_numpy()[after]
    register.loc[rng.random(venues) < 0.25, "phone_hash"] = ""
    register.loc[rng.random(venues) < 0.10, ["lon", "lat"]] = np.nan
    chosen = rng.integers(venues, size=mentions)
    told = register.iloc[chosen].reset_index(drop=True)
    told = _as_told(told, ground.names, rng)
    hidden = rng.random(venues) < ABSENT
    place = np.where(hidden, -1, np.cumsum(~hidden) - 1)
    return told, register[~hidden].reset_index(drop=True), place[chosen]


def quality(weights: Weights, made: tuple[pd.DataFrame, pd.DataFrame, np.ndarray]) -> Figures:
    """Figures of automatic links over what ``world`` made."""
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
    figures = quality(Weights.shipped(), world(VENUES, MENTIONS))
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
    told, register, _ = world(FULL_VENUES, FULL_MENTIONS)
    start = time.perf_counter()
    decide(candidates(describe(told), describe(register), Weights.shipped()))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        at_most(FULL_VENUES, f"links: {FULL_MENTIONS:,} mentions described, compared, decided", seconds, "s", SECONDS),
        at_most(FULL_VENUES, "links: largest memory, the set itself included", peak, "MiB", MIB),
    ]


def _hash(phone: str) -> str:
    return hashlib.sha256(f"salt {phone}".encode()).hexdigest()


def _as_told(told: pd.DataFrame, wards: list[str], rng: np.random.Generator) -> pd.DataFrame:
    told["name"] = [_name(name, rng) for name in told["name"]]
    told["address"] = [
        _address(address, ward, rng) for address, ward in zip(told["address"], told["ward"], strict=True)
    ]
    count = len(told)
    told.loc[rng.random(count) < 0.30, "ward"] = ""
    wrong = rng.random(count) < 0.02
    told.loc[wrong, "ward"] = [wards[int(number)] for number in rng.integers(len(wards), size=int(wrong.sum()))]
    told.loc[rng.random(count) < 0.50, "phone_hash"] = ""
    other = rng.random(count) < 0.02
    told.loc[other, "phone_hash"] = [_hash(f"other {row}") for row in np.flatnonzero(other)]
    told.loc[rng.random(count) < 0.40, "category"] = ""
    told.loc[rng.random(count) < 0.55, ["lon", "lat"]] = np.nan
    told["lon"] += rng.normal(0, 0.0002, count)
    told["lat"] += rng.normal(0, 0.0002, count)
    return told


_SHORT = (
    ("Công ty TNHH", ("CTY TNHH", "Cty TNHH", "CT TNHH")), ("Cửa hàng", ("CH", "C.hàng")),
    ("Cà phê", ("Cafe", "Coffee")),
    ("Trường Mầm non", ("MN", "Mầm non")), ("Phòng khám", ("PK",)), ("Khách sạn", ("KS",)), ("Siêu thị", ("ST",)),
    ("Nhà thuốc", ("Nhà thuốc tây", "NT")), ("Trung tâm", ("TT",)), ("Ngân hàng", ("NH",)),
    ("Tạp hóa", ("Tạp hoá", "T.hóa")),
)  # fmt: skip


def _name(name: str, rng: np.random.Generator) -> str:
    for long, short in _SHORT:
        if long in name and rng.random() < 0.35:
            name = name.replace(long, short[int(rng.integers(len(short)))])
    drawn = rng.random()
    if drawn < 0.06:
        name = f"HKD {name}"
    elif drawn < 0.10:
        name = f"{name} ({('chủ mới', 'cũ', 'tầng 1', 'mặt đường')[int(rng.integers(4))]})"
    elif drawn < 0.13:
        words = name.split()
        name = " ".join(words[1:] if len(words) > 2 else words)
    return _keyed(name, rng, 0.07)


def _address(address: str, ward: str, rng: np.random.Generator) -> str:
    drawn = rng.random()
    if drawn < 0.03:
        return ""
    if drawn < 0.08:
        address = "".join(letter for letter in address if not letter.isdigit())
    address = address.replace("đường ", ("đường ", "đ. ", "", "phố ")[int(rng.integers(4))])
    address = address.replace(
        "phố ", ("phố ", "", "P. ")[min(2, int(rng.integers(20)) // 8)] if rng.random() < 0.3 else "phố "
    )
    if rng.random() < 0.3:
        address = address.replace("Số ", "").replace("KĐT ", "khu đô thị ")
    if rng.random() < 0.4:
        address += (f", P.{ward}", f" - {ward}", f", phường {ward}, HĐ", f", {ward}, Hà Đông, HN")[int(rng.integers(4))]
    return _keyed(address, rng, 0.04)


def _keyed(text: str, rng: np.random.Generator, share: float) -> str:
    """As it comes off a keyboard: without marks, in capitals, a wrong, missing or swapped letter, blanks gone."""
    drawn = rng.random()
    if drawn < 0.2:
        text = fold(text)
    elif drawn < 0.35:
        text = text.upper()
    elif drawn < 0.38:
        text = text.replace(", ", ",").replace(". ", ".")
    if len(text) > 5 and rng.random() < share:
        at = int(rng.integers(1, len(text) - 1))
        wrong = "asdfghjklnmoieu"[int(rng.integers(15))]
        text = (
            text[:at] + wrong + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        )[int(rng.integers(3))]
    return text


if __name__ == "__main__":
    for result in measure_full() if "--full" in sys.argv else measure():
        print(f"{result.measure}: {result.value:,.4g} {result.unit} ({result.venues:,}) {result.goal} {result.met}")
