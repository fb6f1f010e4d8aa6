"""Which pairs are worth comparing: those that share one of several keys, the likeliest of each row first."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.linking.engine.evidence import Comparison
from etl.linking.engine.naming import Ints

MOST_OF_A_KEY = 24  # venues; a key that more share tells nothing
PER_ROW = 12  # pairs of one row that are compared
KEYED = (
    "house", "alleys", "street", "ward_key", "lot", "core", "called", "unit", "building", "quarter", "phone_hash",
)  # fmt: skip
CHUNK = 40_000  # rows at a time, which bounds the memory


def pairs(comparison: Comparison, *, within: bool = False) -> Iterator[tuple[Ints, Ints]]:
    """Positions of rows to compare, in chunks of the left side; ``within``: one frame with itself, each pair once."""
    left, right = _keys(comparison, 0), _keys(comparison, 1)
    tables = [_table(keys) for keys, _ in right]
    for start in range(0, len(comparison.left), CHUNK):
        stop = min(start + CHUNK, len(comparison.left))
        found = [
            (*_joined(keys[start:stop], table, start), weight)
            for (keys, weight), table in zip(left, tables, strict=True)
        ]
        a = np.concatenate([one[0] for one in found])
        b = np.concatenate([one[1] for one in found])
        score = np.concatenate([np.full(len(one[0]), one[2]) for one in found])
        if within:
            chosen = a < b
            a, b, score = a[chosen], b[chosen], score[chosen]
        yield _likeliest(a, b, score, len(comparison.right))


def _likeliest(a: Ints, b: Ints, score: NDArray[np.float64], width: int) -> tuple[Ints, Ints]:
    """Each pair once, at most ``PER_ROW`` of a row: those that share most."""
    if not len(a):
        return a, b
    key, back = np.unique(a * width + b, return_inverse=True)
    total = np.bincount(back, score)
    order = np.lexsort((-total, key // width))
    row = key[order] // width
    first = np.r_[True, row[1:] != row[:-1]]
    rank = np.arange(len(row)) - np.maximum.accumulate(np.where(first, np.arange(len(row)), 0))
    kept = key[order][rank < PER_ROW]
    return kept // width, kept % width


def _table(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], Ints]:
    order = np.argsort(keys, kind="stable")
    return keys[order], order


def _joined(keys: NDArray[np.uint64], table: tuple[NDArray[np.uint64], Ints], start: int) -> tuple[Ints, Ints]:
    ordered, order = table
    first, last = np.searchsorted(ordered, keys, "left"), np.searchsorted(ordered, keys, "right")
    count = np.where((keys == 0) | (last - first > MOST_OF_A_KEY), 0, last - first)
    rows = np.repeat(np.arange(len(keys)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return rows + start, order[first[rows] + offset]


def _keys(comparison: Comparison, side: int) -> list[tuple[NDArray[np.uint64], float]]:
    """Keys of every row as numbers (0: none), each with how much sharing it says."""
    frame = (comparison.left, comparison.right)[side]
    code = {part: _hashed(frame[part]) for part in KEYED}
    rarest, second = _rarest(comparison, side)
    house, street, ward, lot, core, called = (
        code[part] for part in ("house", "street", "ward_key", "lot", "core", "called")
    )
    number = np.where(house > 0, house, lot)
    inside = np.where(code["building"] > 0, code["building"], code["quarter"])
    return [
        (code["phone_hash"], 5.0),
        (_both(_both(house, street), code["alleys"] + np.uint64(1)), 4.0),
        (np.where(frame["lot"].str.contains("-").to_numpy(bool), lot, np.uint64(0)), 3.0),
        (_both(core, ward), 4.0),
        (_both(called, ward), 3.0),
        (_both(called, street), 4.0),
        (_both(called, number), 4.5),
        (core, 3.0),
        (_both(rarest, second), 2.5),
        (_both(rarest, street), 2.0),
        (_both(rarest, number), 2.5),
        (_both(rarest, ward), 1.5),
        (_both(second, number), 1.5),
        (_both(second, ward), 1.0),
        *[
            (_both(crossed[side], place), 1.0)
            for crossed in ((rarest, second), (second, rarest))
            for place in (number, ward)
        ],
        (_both(code["unit"], inside), 3.0),
        (_both(number, ward), 1.5),
    ]


def _rarest(comparison: Comparison, side: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Numbers of the two words of each name that say most."""
    tokens = comparison.naming.tokens[side]
    weights = np.array([*comparison.naming.rarity.values(), -1.0])
    order = np.argsort(-weights[tokens], axis=1, kind="stable")[:, :2]
    two = np.take_along_axis(tokens, order, 1).astype(np.int64) + 1
    return two[:, 0].astype(np.uint64), two[:, 1].astype(np.uint64)


def _hashed(column: pd.Series) -> NDArray[np.uint64]:
    codes = pd.util.hash_array(column.to_numpy(object))
    return np.where(column.to_numpy(object) == "", np.uint64(0), codes)


def _both(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number of two; 0 where either is."""
    mixed = one * np.uint64(0x9E3779B97F4A7C15) ^ (other * np.uint64(0xC2B2AE3D27D4EB4F) >> np.uint64(7)) * np.uint64(
        31
    )
    return np.where((one == 0) | (other == 0), np.uint64(0), mixed | np.uint64(1))
