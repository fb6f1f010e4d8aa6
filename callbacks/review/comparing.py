"""A description and a venue side by side: which words of either the other does not have, and rows as JSON."""

from dataclasses import asdict
from typing import Any

from data.queries.review import Described, Place, Twins
from data.texts.catalogue import percent, t
from data.texts.folding import fold

Words = list[tuple[str, bool]]
COMPARED = ("name", "address", "ward", "category")


def marked(text: str | None, other: str | None) -> Words:
    """The words of ``text``, each with whether ``other`` lacks it; case, marks and punctuation are no difference.

    >>> marked("Phở Thìn, số 13", "PHO THIN số 6")
    [('Phở', False), ('Thìn,', False), ('số', False), ('13', True)]
    """
    known = {_bare(word) for word in (other or "").split()}
    return [(word, bool(_bare(word)) and _bare(word) not in known) for word in (text or "").split()]


def described_json(row: Described, lang: str) -> dict[str, Any]:
    """A description with its candidates, each compared with it, as the screen's script reads it."""
    mention = {name: getattr(row, name) for name in COMPARED}
    return {
        "id": row.mention,
        "account_code": row.account_code,
        "ward": row.ward,
        "ward_key": fold(row.ward) if row.ward else None,
        "plain": {name: [(word, False) for word in (text or "").split()] for name, text in mention.items()},
        "rows": t("review.rows", lang, count=row.rows, kinds=", ".join(t(f"kind.{k}", lang) for k in row.kinds)),
        "files": ", ".join(row.files),
        "candidates": [_compared(mention, place, lang) for place in row.candidates],
    }


def twins_json(pair: Twins, lang: str) -> dict[str, Any]:
    """Two venues compared, in the form of a description with one candidate: the second is the one kept by default."""
    first = {name: getattr(pair.first, name) for name in COMPARED}
    second = asdict(pair.second) | {
        "probability": pair.probability,
        "forbidden": pair.forbidden,
        "reasons": pair.reasons,
    }
    return {
        "id": pair.first.venue,
        "account_code": pair.first.code,
        "ward": pair.first.ward,
        "ward_key": fold(pair.first.ward) if pair.first.ward else None,
        "lon": pair.first.lon,
        "lat": pair.first.lat,
        "plain": {name: [(word, False) for word in (text or "").split()] for name, text in first.items()},
        "rows": "",
        "files": "",
        "candidates": [_compared(first, Place(**second), lang)],
    }


def _compared(mention: dict[str, str | None], place: Place, lang: str) -> dict[str, Any]:
    venue = {name: getattr(place, name) for name in COMPARED}
    return {
        "venue": place.venue,
        "code": place.code,
        "lon": place.lon,
        "lat": place.lat,
        "ward_key": fold(place.ward) if place.ward else None,
        "probability": percent(place.probability, lang, 0),
        "forbidden": place.forbidden,
        "reasons": list(place.reasons),
        "theirs": {name: marked(mention[name], venue[name]) for name in COMPARED},
        "ours": {name: marked(venue[name], mention[name]) for name in COMPARED},
    }


def _bare(word: str) -> str:
    return "".join(letter for letter in fold(word) if letter.isalnum())
