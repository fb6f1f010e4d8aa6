"""Who may bear a paper of a day, who signs it, to whom it goes, on what it rests, where it is published: from–to rows.

Each row holds from its first to its last day, both included; an empty one is open. There is no district since 1/7/2025:
no body of it has a row for a later day. An office corrects the files beside this module, not the code.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from data.project import ROOT

FOLDER = ROOT / "data" / "reference"


@dataclass(frozen=True)
class Signer:
    """In whose place (lines: "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH") who signs: positions, never names."""

    authority: tuple[str, ...]
    position: str

    @property
    def lines(self) -> tuple[str, ...]:
        """Authority and position, one under the other."""
        return (*self.authority, self.position)


@dataclass(frozen=True)
class Issuer:
    """A body that bears papers; ``parent`` and ``body`` in lines as a letterhead sets them (parent: none), ``code`` its
    short form in a document's number, ``place`` where it dates its papers; ``signers`` the head first.
    """

    key: str
    parent: tuple[str, ...]
    body: tuple[str, ...]
    name: str
    code: str
    place: str
    signers: tuple[Signer, ...]


@dataclass(frozen=True)
class Portal:
    """Where a list is published, and the decree about such pages; "": none is entered for the day."""

    name: str
    basis: str


def issuer_on(key: str, day: dt.date, ward: str | None = None) -> Issuer | None:
    """The body of that key as it is on ``day``; of a ward's body that of the ward of that name. None: there is none."""
    row = next((row for row in _in_force("issuers.csv", day) if row["key"] == key), None)
    if row is None or ("{ward}" in row["name"] and not ward):
        return None
    filled = {name: text.format(ward=ward, WARD=(ward or "").upper()) for name, text in row.items()}
    signers = tuple(
        Signer(_lines(each["authority"]), each["position"])
        for each in _in_force("signers.csv", day)
        if each["issuer"] == key
    )
    return Issuer(
        key,
        _lines(filled["parent"]),
        _lines(filled["body"]),
        filled["name"],
        filled["code"],
        filled["place"],
        signers,
    )


def has_district(day: dt.date) -> bool:
    """Whether there is a district on ``day``."""
    return issuer_on("district_committee", day) is not None


def legal_base(key: str, day: dt.date) -> str | None:
    """The text that a paper of ``day`` cites for ``key``; None: nothing in force is entered."""
    return next((row["text"] for row in _in_force("legal_bases.csv", day) if row["key"] == key), None)


def recipients_on(paper: str, day: dt.date, *, code: str = "", ward: str = "") -> tuple[str, ...]:
    """To whom a paper of that kind goes ("Nơi nhận"), without signs at the ends of lines; (): nothing is entered."""
    for row in _in_force("recipients.csv", day):
        if row["paper"] == paper:
            return tuple(line.format(code=code, ward=ward).rstrip(", ") for line in _lines(row["recipients"]))
    return ()


def portal_on(day: dt.date, ward: str | None = None) -> Portal | None:
    """The portal of ``day``: the district's, or since there is none the ward's; None: there is none for all wards."""
    for row in _in_force("portals.csv", day):
        if ward or "{ward}" not in row["name"]:
            return Portal(row["name"].format(ward=ward), row["basis"])
    return None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _in_force(file: str, day: dt.date) -> Iterator[dict[str, str]]:
    written = day.isoformat()
    return (row for row in _rows(file) if (row["valid_from"] or written) <= written <= (row["valid_to"] or written))


@cache
def _rows(file: str) -> tuple[dict[str, str], ...]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
