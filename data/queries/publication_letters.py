"""Rows of the papers of publication: letters of notice, the list itself, what was mended in it, outgoing documents.

Names, addresses and whatever people wrote have passed ``without_personal_numbers()``; no row has an owner, a telephone
or a point.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Kind = Literal["venues", "bodies"]


@dataclass(frozen=True)
class CountedReminder:
    """A reminder that counts: its day, why (``no_qr``, ``not_scanning``), who recorded it ("": nobody is named), and
    where from (``photo``: at the door with a photograph, ``field``: at the door, ``book``: a row of a reminder book).
    """

    day: dt.date
    reason: str
    recorded_by: str
    source: str


@dataclass(frozen=True)
class Figure:
    """What a body did in the period: in words, and the figure as it is written."""

    what: str
    value: str


@dataclass(frozen=True)
class Letter:
    """An entry of a list as its notice needs it.

    Attributes
    ----------
    name, address, ward
        Of a venue; of a body its name, "" and its ward ("": of none).
    has_qr, last_scan
        What the venue has, on the list's day.
    reminders, figures
        Why a venue is to be listed; why a body is.
    delivered_on, due_on
        The day of delivery and the day that its time ends; None: not delivered yet.
    token
        What opens the venue's file, in plain; None: there is none to print, and no slip.
    """

    name: str
    address: str
    ward: str
    has_qr: bool = False
    last_scan: dt.date | None = None
    reminders: tuple[CountedReminder, ...] = ()
    figures: tuple[Figure, ...] = ()
    delivered_on: dt.date | None = None
    due_on: dt.date | None = None
    token: str | None = None


@dataclass(frozen=True)
class Notice:
    """What all letters of a list share.

    Attributes
    ----------
    day, from_day
        Whose result is listed; of bodies the period's last and first day.
    word
        What was not done, in the order's words.
    notice_days, retention_days
        Working days to comply or object in; days that an entry stands.
    made_on
        The day of the letters: who bears them is who may on that day.
    site
        The address of the public pages, without a slash at the end.
    """

    list_id: int
    kind: Kind
    title: str
    word: str
    day: dt.date
    from_day: dt.date | None
    notice_days: int
    retention_days: int
    made_on: dt.date
    site: str
    is_demo: bool = False
