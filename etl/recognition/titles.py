"""What the name of a sheet or file, and the lines above a table, say of all of its rows: the ward, the reason."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path

import data.reference
from data.texts.folding import fold
from etl.values.cell_values import reason
from etl.values.ward_names import ward_key

_WARD_TITLE = re.compile(
    r"(?:^|\b(?:UBND|ủy ban nhân dân|địa bàn|của)\s+)(?:phường|p\.)\s*([^\W\d_]+(?:\s+[^\W\d_]+){0,2})\s*$",
    re.IGNORECASE,
)
_DISTRICT = "ha dong"
"""The district's name, and since 2025 a ward's: alone in a file's name it says nothing."""


@cache
def ward_names() -> dict[str, str]:
    """``ward_key`` -> name of every ward that the shipped outlines have, of whatever vintage."""
    outlines = Path(data.reference.__file__).parent / "wards.geojson"
    features = json.loads(outlines.read_text(encoding="utf-8"))["features"]
    return {ward_key(feature["properties"]["name"]): feature["properties"]["name"] for feature in features}


@lru_cache(maxsize=64)
def ward_of(titles: tuple[str, ...], sheet: str) -> str | None:
    """The one ward that the titles say a table is of: "UBND PHƯỜNG MỘ LAO", a sheet named "P. Mộ Lao" or "Mộ Lao"."""
    wards = {fold(match[1]): match[1] for title in titles if (match := _WARD_TITLE.search(title)) is not None}
    if wards:
        return next(iter(wards.values())) if len(wards) == 1 else None
    return ward_in_name(sheet)


def ward_in_name(name: str) -> str | None:
    """The one ward of the district that the name of a sheet or file holds: "3. Mộ Lao", "nhac-nho_phuong-La-Khe"."""
    words = f" {' '.join(re.findall(r'[a-z]+', fold(name)))} "
    if re.search(r" (?:duong|pho) ", words):
        return None  # streets bear the same names
    found = {key for key in ward_names() if f" {key} " in words and (key != _DISTRICT or f" phuong {key} " in words)}
    found = {key for key in found if not any(key != other and f" {key} " in f" {other} " for other in found)}
    return ward_names()[found.pop()] if len(found) == 1 else None


@lru_cache(maxsize=64)
def reason_of(titles: tuple[str, ...]) -> str | None:
    """The reason that all reminders of a book share, where exactly one of the two is said above it."""
    found = {told for title in titles if (told := reason(title)) is not None}
    return found.pop() if len(found) == 1 else None
