"""Lines of streets made a network: cut where they meet, mended where they nearly do, its parts told apart.

All of it in metres (EPSG:32648). Lines meet where they have a vertex in common, as in OpenStreetMap: a bridge over a
street crosses it and does not meet it. A dead end that stops short of another line by no more than ``NEAR_M`` was
meant to reach it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

NEAR_M = 1.0
PRECISION_M = 0.01
"""Coordinates are one vertex when they agree to the centimetre; a piece no longer than that is no street."""


@dataclass(frozen=True)
class Network:
    """Pieces of the lines given, from junction to junction.

    ``line`` is the index of the line that a piece comes from, ``source`` and ``target`` are numbers of junctions from 1
    on, ``part`` numbers the connected parts, the longest 0. ``joined`` dead ends were brought to a line near by,
    ``repeated`` pieces were drawn twice and are there once; lines without a length are not there.
    """

    pieces: np.ndarray
    line: np.ndarray
    source: np.ndarray
    target: np.ndarray
    metres: np.ndarray
    part: np.ndarray
    joined: int
    repeated: int

    @property
    def is_main(self) -> np.ndarray:
        """Which pieces are of the longest part."""
        return np.asarray(self.part == 0)


@dataclass(frozen=True)
class _Vertices:
    """Vertices in the order of lines and of their ``measure`` (metres along the line); ``key``: which are one place."""

    line: np.ndarray
    measure: np.ndarray
    xy: np.ndarray
    key: np.ndarray
    is_end: np.ndarray


def build(lines: np.ndarray, oneway: np.ndarray) -> Network:
    """The network of ``lines`` (LineString, metres); of those marked in ``oneway`` the direction is kept apart."""
    vertices = _vertices(lines)
    keys = int(vertices.key.max()) + 1
    used = np.bincount(vertices.key, minlength=keys)
    dead = np.flatnonzero(vertices.is_end & (used[vertices.key] == 1))
    ends, near, inserted = _near_misses(lines, vertices, dead)
    new_keys = keys + np.arange(len(ends))
    cut = np.concatenate([vertices.is_end | (used[vertices.key] > 1), np.ones(len(ends), dtype=bool)])
    everything = _Vertices(
        np.concatenate([vertices.line, near]),
        np.concatenate([vertices.measure, inserted.measure]),
        np.concatenate([vertices.xy, inserted.xy]),
        np.concatenate([vertices.key, new_keys]),
        cut,
    )
    first, last, order = _pieces(everything)
    key, measure = everything.key[order], everything.measure[order]
    line = everything.line[order][first]
    metres = measure[last] - measure[first]
    long = metres > PRECISION_M
    junction = connected(
        keys + len(ends),
        np.concatenate([vertices.key[ends], key[first][~long]]),
        np.concatenate([new_keys, key[last][~long]]),
    )
    source, target = junction[key[first]][long], junction[key[last]][long]
    pieces = _drawn(everything.xy[order], first[long], last[long])
    line, metres = line[long], metres[long]
    once = ~_repeated(pieces, oneway[line])
    _, numbers = np.unique(np.concatenate([source[once], target[once]]), return_inverse=True)
    source, target = np.split(numbers.astype(np.int64), 2)
    return Network(
        pieces[once],
        line[once],
        source + 1,
        target + 1,
        metres[once],
        _parts(source, target, metres[once]),
        joined=len(ends),
        repeated=int((~once).sum()),
    )


def connected(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """For each of ``count`` things the smallest number among those that pairs of ``one`` and ``other`` link it with."""
    label = np.arange(count)
    while True:
        lower = np.minimum(label[one], label[other])
        before = label.copy()
        # The root of each side takes the lower one, so that whole chains are hung over at once.
        np.minimum.at(label, label[one], lower)
        np.minimum.at(label, label[other], lower)
        while not np.array_equal(label, label[label]):
            label = label[label]
        if np.array_equal(label, before):
            return label


def _vertices(lines: np.ndarray) -> _Vertices:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    begins = np.concatenate([[True], line[1:] != line[:-1]])
    step = np.concatenate([[0.0], np.hypot(*np.diff(xy, axis=0).T)])
    step[begins] = 0.0
    along = np.cumsum(step)
    measure = along - along[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    _, key = np.unique(np.round(xy / PRECISION_M).astype(np.int64), axis=0, return_inverse=True)
    return _Vertices(line, measure, xy, key.reshape(-1), begins | np.concatenate([begins[1:], [True]]))


@dataclass(frozen=True)
class _Inserted:
    measure: np.ndarray
    xy: np.ndarray


def _near_misses(lines: np.ndarray, vertices: _Vertices, dead: np.ndarray) -> tuple[np.ndarray, np.ndarray, _Inserted]:
    """Dead ends that another line passes within ``NEAR_M``: their vertices, those lines, and the places on them."""
    points = shapely.points(vertices.xy[dead])
    found, near = shapely.STRtree(lines).query(points, predicate="dwithin", distance=NEAR_M)
    other = vertices.line[dead[found]] != near
    pairs = pd.DataFrame({"end": found[other], "near": near[other]})
    pairs["off"] = shapely.distance(points[pairs["end"].to_numpy()], lines[pairs["near"].to_numpy()])
    pairs = pairs.sort_values(["end", "off", "near"]).drop_duplicates("end")
    end, near = pairs["end"].to_numpy(), pairs["near"].to_numpy()
    measure = shapely.line_locate_point(lines[near], points[end])
    xy = shapely.get_coordinates(shapely.line_interpolate_point(lines[near], measure))
    return dead[end], near, _Inserted(measure, xy)


def _pieces(vertices: _Vertices) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last vertex of each piece, as places in the order that is the third; ``is_end`` says where to cut."""
    order = np.lexsort((vertices.measure, vertices.line))
    cuts = np.flatnonzero(vertices.is_end[order])
    same = vertices.line[order][cuts[1:]] == vertices.line[order][cuts[:-1]]
    return cuts[:-1][same], cuts[1:][same], order


def _drawn(xy: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Lines of the vertices ``first`` to ``last`` of each piece."""
    count = last - first + 1
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    piece = np.repeat(np.arange(len(first)), count)
    return np.asarray(shapely.linestrings(xy[np.repeat(first, count) + within], indices=piece))


def _repeated(pieces: np.ndarray, oneway: np.ndarray) -> np.ndarray:
    """Pieces that an earlier one is the same as: the same vertices, and for vehicles the same direction."""
    rounded = shapely.set_precision(pieces, PRECISION_M, mode="pointwise")
    normal = shapely.normalize(rounded)
    starts = shapely.get_coordinates(shapely.get_point(rounded, 0))
    turned = (starts != shapely.get_coordinates(shapely.get_point(normal, 0))).any(axis=1)
    direction = np.where(oneway, 1 + turned, 0)
    keys = pd.DataFrame({"shape": shapely.to_wkb(normal), "direction": direction})
    return keys.duplicated().to_numpy()


def _parts(source: np.ndarray, target: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """The connected part of each piece, the longest part 0."""
    if not len(source):
        return np.zeros(0, dtype=np.int64)
    label = connected(int(max(source.max(), target.max())) + 1, source, target)[source]
    _, label = np.unique(label, return_inverse=True)
    rank = np.argsort(np.argsort(-np.bincount(label, weights=metres), kind="stable"), kind="stable")
    return np.asarray(rank[label])
