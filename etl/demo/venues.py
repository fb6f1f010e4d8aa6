"""The venues of the demonstration: what they are called, where they stand, when they are open."""

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etl.demo import words
from etl.demo.ground import ALLEY, STREET, TOWN, VILLAGE, Floats, Ground, Ints, Quarter, to_degrees

ORDER_DAY = dt.date(2021, 9, 27)  # document 2962/UBND-VHTT
NEVER = np.int32(2**30)  # a day that does not come
FAULTS = {
    # What is wrong with a register's row, on purpose, and the share of rows that have it.
    "no_point": 0.010,
    "swapped": 0.003,
    "metres": 0.004,
    "outside": 0.002,
    "elsewhere": 0.003,  # the point lies in another ward
    "misspelt_ward": 0.0025,
    "unknown_ward": 0.0025,
}
KIND_SHARES = {False: (0.52, 0.36, 0.08, 0.04), True: (0.36, 0.2, 0.1, 0.34)}  # by rural: street, alley, town, village


@dataclass(frozen=True)
class Trade:
    """A category: its share, scans a day, liking for kinds of place, readiness to comply, patterns of names."""

    code: str
    weight: float
    scans: float
    liking: tuple[float, float, float, float]
    eager: float
    names: tuple[str, ...]


@dataclass(frozen=True)
class Venues:
    """Columns of all venues, in the order of their codes, which is by ward. Days count from 1970-01-01."""

    codes: list[str]
    names: list[str]
    addresses: list[str]
    ward: Ints
    trade: Ints
    lon: Floats
    lat: Floats
    fault: NDArray[np.str_]
    opened: Ints  # NEVER: not known
    closed: Ints  # NEVER: open
    reopened: Ints  # NEVER: not
    owners: list[str]
    phones: list[str]
    scans: Floats  # scans on a usual day
    eager: Floats  # readiness to comply, about 1
    rests: Ints  # bit n set: closed on that weekday (Monday: 0)

    def __len__(self) -> int:
        return len(self.codes)


def trades() -> list[Trade]:
    """Categories with the figures of ``trades.csv``; the categories are those of data/reference/categories.csv."""
    with (Path(__file__).parent / "trades.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Trade(
                row["category"],
                float(row["weight"]),
                float(row["scans"]),
                (float(row["street"]), float(row["alley"]), float(row["town"]), float(row["village"])),
                float(row["eager"]),
                tuple(row["names"].split("|")),
            )
            for row in csv.DictReader(lines)
        ]


def make_venues(ground: Ground, count: int, until: dt.date, rng: np.random.Generator) -> Venues:
    """``count`` venues of the district as of ``until``."""
    share = ground.population * np.where(np.isin(ground.codes, sorted(words.RURAL)), 0.75, 1.15)
    ward = np.sort(rng.choice(len(ground.codes), size=count, p=share / share.sum()))
    kind = _kinds(ground, ward, rng)
    listed = trades()
    trade = _trades(listed, kind, rng)
    x, y, addresses = _stand(ground, ward, kind, rng)
    lon, lat = to_degrees(x, y)
    opened, closed, reopened = _openings(count, until, rng)
    width = max(6, len(str(count)))
    return Venues(
        codes=[f"HD{number:0{width}d}" for number in range(1, count + 1)],
        names=_names(ground, listed, trade, ward, rng),
        addresses=addresses,
        ward=ward,
        trade=trade,
        lon=lon,
        lat=lat,
        fault=_faults(count, rng),
        opened=opened,
        closed=closed,
        reopened=reopened,
        owners=_owners(count, rng),
        # No subscriber has a number that begins with 01 since 2018, so these ring nowhere.
        phones=[f"01{number:08d}" for number in rng.integers(0, 10**8, count).tolist()],
        scans=np.array([one.scans for one in listed])[trade] * rng.lognormal(-0.2, 0.6, count),
        eager=np.array([one.eager for one in listed])[trade] * rng.normal(1.0, 0.08, count).clip(0.7, 1.3),
        rests=_rests(listed, trade, rng),
    )


def _kinds(ground: Ground, ward: Ints, rng: np.random.Generator) -> Ints:
    """Kind of place of each venue: a ward without a new town has none there."""
    rural = np.isin(ground.codes, sorted(words.RURAL))
    with_town = np.isin(ground.codes, sorted(words.NEW_TOWNS))
    shares = np.array([KIND_SHARES[bool(flag)] for flag in rural])
    shares[~with_town, ALLEY] += shares[~with_town, TOWN]
    shares[~with_town, TOWN] = 0
    steps = shares.cumsum(1)[ward]
    return (rng.random(len(ward))[:, None] > steps[:, :-1]).sum(1)


def _trades(listed: list[Trade], kind: Ints, rng: np.random.Generator) -> Ints:
    trade = np.zeros(len(kind), dtype=np.int64)
    weights = np.array([one.weight for one in listed])
    for where in (STREET, ALLEY, TOWN, VILLAGE):
        chance = weights * np.array([one.liking[where] for one in listed])
        rows = np.flatnonzero(kind == where)
        trade[rows] = rng.choice(len(listed), size=len(rows), p=chance / chance.sum())
    return trade


def _stand(ground: Ground, ward: Ints, kind: Ints, rng: np.random.Generator) -> tuple[Floats, Floats, list[str]]:
    """Points in metres and addresses; each point lies within its ward's outline."""
    base = np.zeros((len(ward), 2))
    off = np.zeros((len(ward), 2))
    addresses = [""] * len(ward)
    for index in range(len(ground.codes)):
        at_street = np.flatnonzero((ward == index) & (kind <= ALLEY))
        _along_streets(ground, index, at_street, kind, (base, off, addresses), rng)
        quarters = [quarter for quarter in ground.quarters if quarter.ward == index]
        for where in (TOWN, VILLAGE):
            some = [quarter for quarter in quarters if bool(quarter.lots) == (where == TOWN)]
            rows = np.flatnonzero((ward == index) & (kind == where))
            for quarter, part in zip(some, np.array_split(rng.permutation(rows), max(1, len(some))), strict=False):
                (_in_town if quarter.lots else _in_village)(quarter, np.sort(part), (base, off, addresses), rng)
    outside = np.ones(len(ward), dtype=bool)
    for _ in range(8):  # what an alley or a lot puts over the border moves towards where it started
        at = base + off
        outside[outside] = ground.ward_at(at[outside, 0], at[outside, 1]) != ward[outside]
        if not outside.any():
            break
        off[outside] *= 0.5
    else:
        off[outside] = 0.0
    at = base + off
    return at[:, 0], at[:, 1], addresses


Standing = tuple[Floats, Floats, list[str]]


def _along_streets(ground: Ground, ward: int, rows: Ints, kind: Ints, into: Standing, rng: np.random.Generator) -> None:
    places = ground.places
    own = np.flatnonzero(places.ward == ward)
    spot = own[rng.choice(len(own), size=len(rows), p=places.weight[own] / places.weight[own].sum())]
    side = rng.choice((-1.0, 1.0), size=len(rows))
    alley = kind[rows] == ALLEY
    depth = np.where(alley, rng.uniform(25, 170, len(rows)), rng.uniform(8, 13, len(rows))) * side
    shift = np.where(alley, rng.normal(0, 18, len(rows)), rng.uniform(-3, 3, len(rows)))
    angle = places.along[spot]
    base, off, addresses = into
    base[rows] = np.column_stack([places.x[spot], places.y[spot]])
    off[rows, 0] = shift * np.cos(angle) - depth * np.sin(angle)
    off[rows, 1] = shift * np.sin(angle) + depth * np.cos(angle)
    # Numbers grow along a street, one for every 9 m, even on one side and odd on the other.
    number = 2 * (places.metres[spot] // 9).astype(int) + np.where(side > 0, 2, 1)
    inner = 1 + (np.abs(depth) // 3).astype(int)
    style = rng.integers(0, 100, len(rows))
    for row, street, house, deep, how, is_alley in zip(
        rows.tolist(),
        places.street[spot].tolist(),
        number.tolist(),
        inner.tolist(),
        style.tolist(),
        alley.tolist(),
        strict=True,
    ):
        addresses[row] = _street_address(ground.streets[street], house, deep, how, is_alley)


def _street_address(street: str, house: int, deep: int, how: int, is_alley: bool) -> str:
    """An address as written in ``how`` of a hundred ways."""
    word, name = street.split(" ", 1)
    lower = f"{word.lower()} {name}"
    if is_alley:
        if how < 30:
            return f"Số {deep} ngách {house}/{1 + how} {lower}"
        return f"Số {deep} ngõ {house} {lower}" if how < 75 else f"{deep} ngõ {house}, {lower}"
    letter = "ABC"[how % 3] if how < 9 else ""
    if how >= 96:
        return f"Tầng {1 + how % 3}, số {house} {lower}"
    bare = how >= 55 and not name[0].isdigit()
    return f"{house}{letter} {name}" if bare else f"Số {house}{letter} {lower}"


def _in_town(quarter: Quarter, rows: Ints, into: Standing, rng: np.random.Generator) -> None:
    base, off, addresses = into
    block, lot = rng.integers(1, 15, len(rows)), rng.integers(1, 25, len(rows))
    east, north = (lot - 12.5) * 8.0, (block - 7.5) * 27.0
    base[rows] = quarter.x, quarter.y
    off[rows, 0] = east * np.cos(quarter.angle) - north * np.sin(quarter.angle)
    off[rows, 1] = east * np.sin(quarter.angle) + north * np.cos(quarter.angle)
    for row, b, n in zip(rows.tolist(), block.tolist(), lot.tolist(), strict=True):
        addresses[row] = f"{quarter.lots[b % len(quarter.lots)]}{b:02d}-{n:02d} {quarter.name}"


def _in_village(quarter: Quarter, rows: Ints, into: Standing, rng: np.random.Generator) -> None:
    base, off, addresses = into
    base[rows] = quarter.x, quarter.y
    off[rows] = rng.normal(0, 110, (len(rows), 2))
    house, alley = rng.integers(1, 120, len(rows)), rng.integers(1, 40, len(rows))
    for row, h, a in zip(rows.tolist(), house.tolist(), alley.tolist(), strict=True):
        addresses[row] = f"Số {h} {quarter.name}" if h % 3 else f"Số {h} ngõ {a} {quarter.name}"


def _openings(count: int, until: dt.date, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """First day open, first day closed, first day open again; NEVER where there is none."""
    order, end = _day(ORDER_DAY), _day(until)
    opened = order - rng.integers(30, 4500, count)
    opened = np.where(rng.random(count) < 0.3, NEVER, opened)
    late = rng.random(count) < 0.015
    opened = np.where(late, rng.integers(order, max(order + 1, end - 7), count), opened)
    closes = (rng.random(count) < 0.014) & ~late
    closed = np.where(closes, rng.integers(order - 20, max(order + 2, end - 3), count), NEVER)
    again = closes & (rng.random(count) < 0.35)
    reopened = np.where(again, closed + rng.integers(4, 22, count), NEVER)
    return opened, closed, np.where(reopened <= end, reopened, NEVER)


def _day(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _faults(count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    steps = np.cumsum(list(FAULTS.values()))
    return np.array([*FAULTS, ""])[np.searchsorted(steps, rng.random(count), side="right")]


def _rests(listed: list[Trade], trade: Ints, rng: np.random.Generator) -> Ints:
    """Weekdays on which a venue is closed: offices at the weekend, one shop in eight on a day of its own."""
    weekend = np.isin(trade, [i for i, t in enumerate(listed) if t.code in ("government", "bank", "office", "school")])
    own = np.where(rng.random(len(trade)) < 0.12, 1 << rng.integers(0, 7, len(trade)), 0)
    return np.where(weekend, (1 << 5) | (1 << 6), own)


def _owners(count: int, rng: np.random.Generator) -> list[str]:
    chance = np.array(words.FAMILY_WEIGHTS, dtype=float)
    family = rng.choice(len(words.FAMILY), size=count, p=chance / chance.sum()).tolist()
    middle = rng.integers(0, len(words.MIDDLE), count).tolist()
    given = rng.integers(0, len(words.GIVEN), count).tolist()
    return [
        f"{words.FAMILY[f]} {words.MIDDLE[m]} {words.GIVEN[g]}" for f, m, g in zip(family, middle, given, strict=True)
    ]


def _names(ground: Ground, listed: list[Trade], trade: Ints, ward: Ints, rng: np.random.Generator) -> list[str]:
    draws = rng.integers(0, 1 << 30, (len(trade), 4)).tolist()
    names = []
    for one, where, (a, b, c, d) in zip(trade.tolist(), ward.tolist(), draws, strict=True):
        patterns = listed[one].names
        given = words.GIVEN[b % len(words.GIVEN)]
        names.append(
            patterns[a % len(patterns)].format(
                ward=ground.names[where],
                khoi=words.BODIES[b % len(words.BODIES)],
                lucky=f"{words.LUCKY_FIRST[b % len(words.LUCKY_FIRST)]} {words.LUCKY_SECOND[c % 30]}",
                flower=words.FLOWERS[c % len(words.FLOWERS)],
                family=words.FAMILY[d % len(words.FAMILY)],
                given=given,
                owner=f"{given} {words.GIVEN[c % len(words.GIVEN)]}" if d % 3 else given,
                number=1 + c % 40,
            )
        )
    return names
