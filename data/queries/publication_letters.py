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
    """What a body did in the period: what is counted (``venues``, ``without_qr``, …), and how many."""

    what: str
    value: str


@dataclass(frozen=True)
class Letter:
    """An entry of a list as its notice needs it.

    Attributes
    ----------
    name, address, ward
        Of a venue; of a body its name, "" and its ward ("": of none).
    body_kind
        ``ward`` or ``unit``; "": a venue.
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
    body_kind: str = ""
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


@dataclass(frozen=True)
class PublicRow:
    """An entry as anybody may read it: texts as they are sealed (days as ISO writes them, "" for none; ``what``:
    ``no_qr``, ``not_scanning``, of bodies ``ward``, ``unit``), how it stands (``standing``, ``pending``,
    ``contested``), and its own words, which nobody has verified.
    """

    slug: str
    ward: str
    name: str
    address: str
    what: str
    reminder_days: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    corrected_on: str = ""
    state: str = "standing"
    answer: str = ""


@dataclass(frozen=True)
class Mend:
    """What was mended in a list: an entry corrected (its name, and each field that changed, as it now is), or taken
    back; when and why ("": by the rule, for its ward is another one).
    """

    position: int
    slug: str
    is_correction: bool
    name: str
    on: dt.date
    why: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class PublicPaper:
    """A sealed version of a list.

    Attributes
    ----------
    expires_on
        The first day on which it no longer stands.
    sha256, root
        Of the manifest, and of the log with it (hex); ``log_size``: how many versions that log holds.
    rows, sealed
        What of it stands now; how many the sealed version has.
    wards
        Of all that were ever on it.
    number, signed_on
        As the office entered them; "" and None: not yet.
    """

    list_id: int
    kind: Kind
    title: str
    word: str
    day: dt.date
    version: int
    sealed_at: dt.datetime
    expires_on: dt.date
    sha256: str
    root: str
    log_size: int
    key_id: str
    site: str
    made_on: dt.date
    rows: tuple[PublicRow, ...]
    sealed: int
    wards: tuple[str, ...]
    number: str = ""
    signed_on: dt.date | None = None
    is_demo: bool = False


@dataclass(frozen=True)
class OutgoingDocument:
    """A document of which the office entered the number; ``issuer`` "": it did not say of which body."""

    issuer: str
    number: str
    day: dt.date
    subject: str
    recipient: str
    signer: str


@dataclass(frozen=True)
class Delivery:
    """How a letter was delivered, as it was recorded; ``how``: ``hand``, ``post`` or ``posted``, None: not yet."""

    letter: Letter
    notice: Notice
    how: str | None = None
    by: str = ""
    to: str = ""
    is_refused: bool = False
    note: str = ""
