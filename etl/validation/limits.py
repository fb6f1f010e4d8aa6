"""What values must keep to beside their form: days within bounds and in order, texts of a bearable length."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from data.texts.sentences import Sentence
from etl.recognition.columns import title_of
from etl.values import cell_values

FIRST_EVENT_DAY = dt.date(2020, 1, 1)
FIRST_OPENING_DAY = dt.date(1900, 1, 1)
PLANNED_YEARS = 5
MAX_TEXT = 2_000

_MAY_BE_PLANNED = frozenset(
    ("closed_on", "reopened_on", "ended_on", "starts_on", "ends_on", "lifted_on", "requested_on")
)
_ORDER = {
    "venues": (("opened_on", "closed_on", 1), ("closed_on", "reopened_on", 0)),
    "registrations": (("registered_on", "ended_on", 1),),
    "reminders": (("reminded_on", "withdrawn_on", 0),),
    "suspensions": (("starts_on", "ends_on", 0), ("starts_on", "lifted_on", 0)),
    "scans": (),
    "totals": (),
}
"""(earlier, later, least days between them), as the constraints of ``data.models.events`` want them."""

EXPECTED = {
    "code": Sentence("row.expected.code"),
    "count": Sentence("row.expected.count", most=cell_values.MAX_SCANS),
    "total": Sentence("row.expected.count", most=cell_values.MAX_TOTAL),
    "moment": Sentence("row.expected.moment"),
    "reason": Sentence("row.expected.reason"),
    "day": Sentence("row.expected.day"),
    "measure": Sentence("row.expected.measure"),
    "text": Sentence("row.expected.text", most=MAX_TEXT),
}


@dataclass
class Faults:
    """What is wrong with the rows of one piece: for each row the faults in the order of the columns."""

    found: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, mask: np.ndarray, name: str, expected: str) -> None:
        """The rows of ``mask`` have a fault in column ``name``."""
        for position in np.flatnonzero(mask).tolist():
            self.found.setdefault(position, []).append((name, expected))


def day_limits(kind: str, name: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day that column ``name`` may hold: openings are old, what ends or is planned may lie ahead."""
    last = dt.date(today.year + PLANNED_YEARS, 12, 31) if name in _MAY_BE_PLANNED else today
    return (FIRST_OPENING_DAY if kind == "venues" else FIRST_EVENT_DAY), last


def day_expected(kind: str, name: str, today: dt.date) -> str:
    """``day_limits`` as the end of a sentence."""
    first, last = day_limits(kind, name, today)
    return Sentence("row.expected.days", first=first, last=last)


def check_order(kind: str, typed: dict[str, np.ndarray], faults: Faults) -> None:
    """Note rows whose days contradict each other; ``typed`` holds the columns of days as ``datetime64[s]``."""
    for earlier, later, gap in _ORDER[kind]:
        if earlier in typed and later in typed:
            wrong = typed[later] < typed[earlier] + np.timedelta64(gap, "D")
            order = "after" if gap else "not_before"
            faults.add(wrong, later, Sentence(f"row.expected.{order}", column=title_of(kind, earlier)))
    if "reopened_on" in typed:
        nothing = np.full(len(typed["reopened_on"]), np.datetime64("NaT"), dtype="datetime64[s]")
        alone = ~np.isnat(typed["reopened_on"]) & np.isnat(typed.get("closed_on", nothing))
        faults.add(alone, "closed_on", Sentence("row.expected.closed_on"))
