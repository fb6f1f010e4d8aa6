"""Words that are taken off, spelled out or known by name: read once from the small tables beside this module.

``legal.csv`` holds legal and general words that stand *in front* of a name, ``spellings.csv`` abbreviations of trades,
``trades.csv`` the words that say a trade, ``chains.csv`` brands whose branches share a name, ``streets.csv`` old, new
and official names of streets with the source of each line. Everything is folded: lower case, without diacritics.
"""

import csv
from functools import cache
from pathlib import Path

from data.project import ROOT
from data.texts.folding import fold

_HERE = Path(__file__).parent
_REFERENCE = ROOT / "data" / "reference"


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one of the tables beside this module."""
    with (_HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def legal() -> dict[tuple[str, ...], str]:
    """Words in front of a name -> the type that they say, by their folded words."""
    return {tuple(fold(row["words"]).split()): row["type"] for row in rows("legal.csv")}


@cache
def spellings() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Abbreviation or foreign word of a trade, by its words -> the words it stands for."""
    return {tuple(fold(row["written"]).split()): tuple(fold(row["meant"]).split()) for row in rows("spellings.csv")}


@cache
def trades() -> dict[tuple[str, ...], tuple[str, bool]]:
    """Words of a trade -> the trade ("": of any), and whether they say it wherever they stand, not only in front.

    The words are spelled out as ``spellings`` does it.
    """
    return {tuple(fold(row["words"]).split()): (row["trade"], row["anywhere"] == "yes") for row in rows("trades.csv")}


@cache
def chains() -> dict[tuple[str, ...], str]:
    """Spelling of a brand, by its words -> the brand."""
    found: dict[tuple[str, ...], str] = {}
    for row in rows("chains.csv"):
        for written in (row["brand"], *row["spellings"].split(";")):
            words = tuple(fold(written).split())
            if words:
                found[words] = fold(row["brand"])
    return found


@cache
def streets() -> dict[str, str]:
    """Every known spelling of a street, without "đường" or "phố" -> the name it is compared by."""
    known: dict[str, str] = {}
    with (_REFERENCE / "figures" / "streets.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = fold(row["street"]).split(" ", 1)
            if name[0] in {"duong", "pho"} and len(name) == 2 and not any(map(str.isdigit, name[1])):
                known[name[1]] = name[1]
    known["muoi chin thang nam"] = "muoi chin thang nam"  # 19 tháng 5: spelled out, for it is no house number
    for row in rows("streets.csv"):
        known[fold(row["written"])] = fold(row["street"])
    return known


@cache
def street_names() -> frozenset[str]:
    """The names by which known streets are compared."""
    return frozenset(streets().values())


@cache
def street_wards() -> dict[str, frozenset[str]]:
    """Street, as it is compared -> the folded wards that it runs through, as far as the table of streets knows."""
    through: dict[str, set[str]] = {}
    with (_REFERENCE / "figures" / "streets.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = fold(row["street"]).split(" ", 1)[-1]
            through.setdefault(streets().get(name, name), set()).add(fold(row["ward"]))
    return {street: frozenset(found) for street, found in through.items()}


@cache
def wards() -> dict[str, str]:
    """Folded name of each ward -> the same."""
    with (_REFERENCE / "figures" / "wards-2021.csv").open(encoding="utf-8", newline="") as lines:
        names = {fold(row["name"]) for row in csv.DictReader(lines)}
    return {name: name for name in names}


@cache
def routes() -> frozenset[tuple[str, str]]:
    """Numbered road and the street that one of its stretches is named, both ways round."""
    pairs = {(row["route"], fold(row["street"])) for row in rows("routes.csv")}
    return frozenset(pairs | {(street, route) for route, street in pairs})


@cache
def ward_names() -> tuple[str, ...]:
    """Names of the wards as they are written."""
    with (_REFERENCE / "figures" / "wards-2021.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(row["name"] for row in csv.DictReader(lines))
