"""Letterheads by the body that bears a paper on its day (``data/reference/issuing.py``).

What an office only works with leaves the body blank where there is none; what is published or sent is then refused.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from data.errors import TextError
from data.reference.issuing import Issuer, issuer_on
from documents import wording

BLANK_DATE = "ngày …… tháng …… năm ………"


class NoIssuer(TextError):
    """No body is entered that may bear the paper on its day."""

    def __init__(self, day: dt.date) -> None:
        super().__init__("error.document.issuer", day=day)


def publisher(day: dt.date, wards: Sequence[str]) -> Issuer:
    """Who publishes on ``day`` what concerns these wards: the centre while there is a district, then the one ward.

    Raises
    ------
    NoIssuer
        There is no district, and the paper concerns several wards or one that is not known.
    """
    centre = issuer_on("culture_centre", day)
    if centre:
        return centre
    ward = wards[0] if len(set(wards)) == 1 else None
    found = issuer_on("ward_committee", day, ward)
    if found is None:
        raise NoIssuer(day)
    return found


def letterhead(issuer: Issuer, abbreviation: str, *, number: str = "", day: dt.date | None = None) -> dict[str, Any]:
    """What a template sets at the top; number and date are blank unless the office gave them."""
    return {
        "parent": issuer.parent,
        "body": issuer.body,
        "country": wording.COUNTRY,
        "motto": wording.MOTTO,
        "number": wording.official_number(abbreviation, number),
        "date": wording.official_date(day, issuer.place) if day else f"{issuer.place}, {BLANK_DATE}",
    }
