"""Which ward does each cell of the district belong to, judged by the figures alone (no outline is known).

Each ward gets a field over the grid that is 1 at what is known to lie in it and 0 at what is known to lie in another
ward; in between it is the solution of a screened Laplace equation, which is the chance that a random walk from the
cell meets this ward first (Grady, "Multilabel random walker image segmentation using prior models", CVPR 2005). The
screening pulls towards a prior made of bounding boxes and distances to labelled points. An offset per ward then makes
the areas right, and a ward that stops short of a side of its bounding box gets an anchor there, most likely place
first. Arrays are (ward, y, x) or (y, x); coordinates are metres in UTM 48N (EPSG:32648) unless named lon or lat.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

TO_METRES = Transformer.from_crs(4326, 32648, always_xy=True)

# Tuned on held-out street points; the result is flat around these values.
PRIOR_WEIGHT = 0.15  # pull of the prior against the neighbours' mean
PRIOR_DISTANCE = 80.0  # metres of extra distance to a labelled point that divide the chance by e
PRIOR_BOX = 0.6  # loss of chance at the sides of the bounding box
SEED_WEIGHT = 50.0  # what is known outweighs everything
BOX_ROUNDING = 0.0005  # degrees: bounding boxes are given to 3 decimals
ANCHORS_PER_ROUND = 5
ROUNDS = 24
BALANCE_STEPS = 80
CUT_DISTANCE = 900.0  # metres between an anchor and a point that it has cut off from its ward
IMPOSSIBLE = -40.0  # log of the chance of a ward outside its bounding box


@dataclass(frozen=True)
class Figures:
    """What is known of the wards. ``points`` (metres) lie in the ward of ``point_wards`` (index into ``codes``)."""

    codes: list[str]
    boxes: Floats  # (ward, 4): west, south, east, north in degrees
    areas: Floats  # m², scaled so that they add up to the outline's
    points: Floats
    point_wards: Ints
    outline: shapely.Polygon  # metres


class Grid:
    """Square cells of ``size`` metres over an outline in metres; ``inside`` is the district, ``domain`` a bit more."""

    def __init__(self, outline: shapely.Polygon, size: float) -> None:
        west, south, east, north = outline.bounds
        self.size = size
        self.x = np.arange(west - 4 * size, east + 4 * size, size) + size / 2
        self.y = np.arange(south - 4 * size, north + 4 * size, size) + size / 2
        self.xs, self.ys = np.meshgrid(self.x, self.y)
        self.inside = shapely.contains_xy(outline, self.xs, self.ys)
        self.domain = shapely.contains_xy(outline.buffer(1.5 * size), self.xs, self.ys)
        self.lon, self.lat = TO_METRES.transform(self.xs, self.ys, direction="INVERSE")

    def cells(self, points: Floats) -> tuple[Ints, Ints]:
        """Row and column of the cell of each point (metres)."""
        columns = np.floor((points[:, 0] - self.x[0]) / self.size + 0.5).astype(int)
        rows = np.floor((points[:, 1] - self.y[0]) / self.size + 0.5).astype(int)
        return rows.clip(0, len(self.y) - 1), columns.clip(0, len(self.x) - 1)


def assign(figures: Figures, grid: Grid) -> Ints:
    """Give each cell of the grid's domain to a ward: the ward's index per cell, -1 outside the domain."""
    allowed, prior = _prior(figures, grid)
    fields = _Fields(figures, grid, allowed, prior)
    for _ in range(ROUNDS):
        scores = fields.scores()
        wards = _connected(figures, grid, scores)
        if not fields.withdraw_anchors(wards) and not fields.add_anchors(scores, wards):
            break
    scores = fields.scores()
    return _balanced(figures, grid, scores, _connected(figures, grid, scores))


def _prior(figures: Figures, grid: Grid) -> tuple[Bools, Floats]:
    """Where a ward may lie at all, and how likely it is there before neighbours are asked (sums to 1 per cell)."""
    west, south, east, north = (figures.boxes[:, side, None, None] for side in range(4))
    across = np.abs(grid.lon - (west + east) / 2) / ((east - west) / 2 + BOX_ROUNDING)
    along = np.abs(grid.lat - (south + north) / 2) / ((north - south) / 2 + BOX_ROUNDING)
    excess = np.maximum(across, along)
    allowed = (excess <= 1) & grid.domain
    orphan = grid.domain & ~allowed.any(0)  # the generalised outline reaches beyond every box
    rows, columns = np.nonzero(orphan)
    allowed[excess[:, rows, columns].argmin(0), rows, columns] = True

    distance = np.full(allowed.shape, 3000.0)
    for ward in range(len(figures.codes)):
        for x, y in figures.points[figures.point_wards == ward]:
            np.minimum(distance[ward], np.hypot(grid.xs - x, grid.ys - y), out=distance[ward])
    log = -(distance - distance.min(0)) / PRIOR_DISTANCE - PRIOR_BOX * (across**4 + along**4)
    log = np.where(allowed, log, -60.0)
    chance = np.exp(log - log.max(0))
    return allowed, chance / chance.sum(0)


class _Fields:
    """The equations of all wards, their solution so far, and the seeds that hold it."""

    def __init__(self, figures: Figures, grid: Grid, allowed: Bools, prior: Floats) -> None:
        self.figures, self.grid, self.allowed = figures, grid, allowed
        self.diagonal = np.where(allowed, PRIOR_WEIGHT, PRIOR_WEIGHT + 5.0)
        self.right = PRIOR_WEIGHT * prior
        self.solution = prior * grid.domain
        self.seeded = np.full(grid.domain.shape, -1)
        self.banned = np.zeros(allowed.shape, bool)
        self.lost: Bools | None = None
        self.last: tuple[Ints, Ints, Ints] | None = None  # rows, columns, wards of the last round's anchors
        self._seed(*grid.cells(figures.points), figures.point_wards)

    def _seed(self, rows: Ints, columns: Ints, wards: Ints, sign: int = 1) -> None:
        self.diagonal[:, rows, columns] += sign * SEED_WEIGHT
        self.right[wards, rows, columns] += sign * SEED_WEIGHT
        self.seeded[rows, columns] = wards if sign > 0 else -1

    def scores(self) -> Floats:
        """Log chance of each ward in each cell, with the offset that makes the ward's area right."""
        self.solution = _solve(self.grid.domain, self.diagonal, self.right, self.solution)
        log = np.where(self.allowed, np.log(np.maximum(self.solution, 1e-6)), IMPOSSIBLE)
        rows, columns = np.nonzero(self.seeded >= 0)
        log[:, rows, columns] = IMPOSSIBLE + 10
        log[self.seeded[rows, columns], rows, columns] = -IMPOSSIBLE
        return log + _area_offsets(log[:, self.grid.inside], self.figures.areas / self.grid.size**2)[:, None, None]

    def withdraw_anchors(self, wards: Ints) -> int:
        """Take back the last round's anchors that cut known points off from their ward; returns how many."""
        points = self.figures.points
        lost = wards[self.grid.cells(points)] != self.figures.point_wards
        newly = lost & ~self.lost if self.lost is not None else np.zeros(len(lost), bool)
        if newly.any() and self.last is not None:
            rows, columns, index = self.last
            x, y = self.grid.x[columns], self.grid.y[rows]
            apart = np.hypot(x[:, None] - points[newly, 0], y[:, None] - points[newly, 1]).min(1)
            guilty = apart < CUT_DISTANCE
            if guilty.any():
                self._seed(rows[guilty], columns[guilty], index[guilty], -1)
                for ward, gx, gy in zip(index[guilty], x[guilty], y[guilty], strict=True):
                    self.banned[ward] |= np.hypot(self.grid.xs - gx, self.grid.ys - gy) < 150
                self.last = None
                return int(guilty.sum())
        self.lost = lost
        return 0

    def add_anchors(self, scores: Floats, wards: Ints) -> int:
        """Seed the surest cells by which wards reach the sides of their boxes that they miss; returns how many."""
        loss = np.minimum(scores.max(0) - scores, -IMPOSSIBLE / 4)
        found: list[tuple[float, int, int, int]] = []
        for ward, box in enumerate(self.figures.boxes):
            mine = (wards == ward) & self.grid.inside
            for side, edge in enumerate(box):
                axis = self.grid.lat if side % 2 else self.grid.lon
                reached = axis[mine].min() if side < 2 else axis[mine].max()
                if abs(reached - edge) <= BOX_ROUNDING + 0.0001:
                    continue
                strip = (abs(axis - edge) <= BOX_ROUNDING) & self.grid.inside & (self.seeded < 0)
                strip &= self.allowed[ward] & ~self.banned[ward]
                if strip.any():
                    found.append(_cheapest_reach(loss[ward], mine, strip, ward))
        found = sorted(found)[:ANCHORS_PER_ROUND]
        if found:
            _, index, rows, columns = (np.array(part) for part in zip(*found, strict=True))
            self._seed(rows, columns, index)
            self.last = (rows, columns, index)
        return len(found)


def _cheapest_reach(loss: Floats, mine: Bools, strip: Bools, ward: int) -> tuple[float, int, int, int]:
    """The cell of ``strip`` that costs least to reach in a straight line from the ward: (loss, ward, row, column).

    ``loss`` is what the ward takes from better claims per cell on the way, so that a line through what is known to
    lie in another ward is the last choice.
    """
    own = np.argwhere(mine)
    best = (np.inf, ward, -1, -1)
    for cell in np.argwhere(strip):
        nearest = own[((own - cell) ** 2).sum(1).argmin()]
        steps = int(np.abs(nearest - cell).max()) + 1
        line = np.rint(cell + (nearest - cell) * np.linspace(0, 1, steps)[:, None]).astype(int)
        cost = float(loss[line[:, 0], line[:, 1]].sum())
        if cost < best[0]:
            best = (cost, ward, int(cell[0]), int(cell[1]))
    return best


def _neighbour_sum(field: Floats) -> Floats:
    total = np.zeros_like(field)
    total[:, 1:] += field[:, :-1]
    total[:, :-1] += field[:, 1:]
    total[:, :, 1:] += field[:, :, :-1]
    total[:, :, :-1] += field[:, :, 1:]
    return total


def _solve(domain: Bools, diagonal: Floats, right: Floats, start: Floats) -> Floats:
    """Screened Laplace equation with reflecting edges, all wards at once, by preconditioned conjugate gradients."""
    inside = domain[None].astype(float)
    whole = (_neighbour_sum(inside) * inside + diagonal) * inside + (1 - inside)

    def apply(field: Floats) -> Floats:
        return whole * field - _neighbour_sum(field) * inside

    solution = start
    residual = right * inside - apply(solution)
    scaled = residual / whole
    direction, size = scaled, (residual * scaled).sum((1, 2))
    for _ in range(500):
        image = apply(direction)
        step = size / np.maximum((direction * image).sum((1, 2)), 1e-30)
        solution = solution + step[:, None, None] * direction
        residual = residual - step[:, None, None] * image
        scaled = residual / whole
        before, size = size, (residual * scaled).sum((1, 2))
        if size.max() < 1e-6:
            return solution
        direction = scaled + (size / np.maximum(before, 1e-30))[:, None, None] * direction
    raise ArithmeticError("The fields did not converge in 500 steps.")


def _area_offsets(log: Floats, cells: Floats) -> Floats:
    """Offset per ward with which ``argmax(log + offset)`` gives each ward about its number of cells."""
    offsets = np.zeros(len(log))
    for step in np.linspace(0.6, 0.1, 150):
        counts = np.bincount((log + offsets[:, None]).argmax(0), minlength=len(log))
        offsets = (offsets + step * np.log((cells + 2) / (counts + 2))).clip(-8, 8)
    return offsets


def _beside(wards: Ints, count: int) -> Bools:
    """(ward, y, x): has the cell a 4-neighbour in the ward?"""
    return np.stack([_neighbour_sum((wards == ward)[None].astype(float))[0] > 0 for ward in range(count)])


def _connected(figures: Figures, grid: Grid, scores: Floats, wards: Ints | None = None) -> Ints:
    """The wards per cell (by ``scores``, or as given), where pieces apart go to the best ward beside them."""
    wards = np.where(grid.domain, scores.argmax(0), -1) if wards is None else wards.copy()
    pieces = _pieces(wards)
    stray = np.zeros(wards.shape, bool)
    for ward in range(len(figures.codes)):
        ids, counts = np.unique(pieces[wards == ward], return_counts=True)
        stray |= (wards == ward) & (pieces != ids[counts.argmax()])
    wards[stray] = -1
    while stray.any():
        beside = _beside(wards, len(scores))
        ready = stray & beside.any(0)
        wards[ready] = np.where(beside, scores, -np.inf).argmax(0)[ready]
        stray &= ~ready
    return wards


def _balanced(figures: Figures, grid: Grid, scores: Floats, wards: Ints) -> Ints:
    """Move the borders of whole wards until their areas are right again, each ward growing from what it has."""
    target = figures.areas / grid.size**2
    offsets = np.zeros(len(scores))
    for step in range(1, BALANCE_STEPS + 1):
        counts = np.bincount(wards[grid.inside], minlength=len(scores))
        offsets = (offsets + 0.15 * np.log(target / counts)).clip(-12, 12)
        within_reach = _beside(wards, len(scores)) | (wards == np.arange(len(scores))[:, None, None])
        claims = np.where(within_reach, scores + offsets[:, None, None], -np.inf)
        wards = np.where(grid.domain, claims.argmax(0), -1)
        if step % 10 == 0:
            wards = _connected(figures, grid, scores, wards)
    return wards


def _pieces(wards: Ints) -> Ints:
    """A number per 4-connected piece of equal wards: the largest cell number in it, spread until nothing changes."""
    pieces = np.arange(wards.size).reshape(wards.shape)
    same_row, same_column = wards[:, 1:] == wards[:, :-1], wards[1:] == wards[:-1]
    while True:
        before = pieces.copy()
        np.maximum(pieces[:, 1:], pieces[:, :-1], out=pieces[:, 1:], where=same_row)
        np.maximum(pieces[:, :-1], pieces[:, 1:], out=pieces[:, :-1], where=same_row)
        np.maximum(pieces[1:], pieces[:-1], out=pieces[1:], where=same_column)
        np.maximum(pieces[:-1], pieces[1:], out=pieces[:-1], where=same_column)
        if (before == pieces).all():
            return pieces
