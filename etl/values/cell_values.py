"""Values as clerks write them: days, counts, codes, coordinates and words, from text or from what a spreadsheet holds.

Every reader of a column works on its distinct values only, since a file of two million rows holds a few hundred days
and counts. An empty value is never a fault here; whether a column may be empty is decided where the rows are put
together.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.spreadsheets import unguarded
from data.texts.folding import fold

BLANKS = frozenset(("", "-", "--", "---", "–", "—", ".", "..", "...", "…", "#n/a", "n/a", "null", "nan", "none", "nat"))
"""What clerks and programs write into a cell that has no value (lower case)."""

_LONGEST_BLANK = max(map(len, BLANKS))

MAX_SCANS = 1_000_000
"""Most scans of one venue on one day that are believed; above it a column was mistaken for another."""
MAX_TOTAL = 1_000_000_000
"""The same of a running total."""

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u2060\ufeff]")
# Codes as nearly all are written, with nothing to tidy; no word for nothing has a digit.
_PLAIN_CODE = re.compile(r"[A-Z][A-Z_-]{0,20}[0-9][A-Z0-9_-]{0,40}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+\d+")
_WHOLE_FLOAT = re.compile(r"\d+\.0+")


def as_text(value: Any) -> str:
    """``value`` of a cell as a person would type it: 123.0 gives "123", a day "27/09/2021", nothing ""."""
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | np.datetime64):
        moment = pd.Timestamp(value)
        return f"{moment:%d/%m/%Y}" if moment == moment.normalize() else f"{moment:%d/%m/%Y %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)


def tidy(value: Any) -> str:
    """``value`` as text in NFC, trimmed, runs of blanks and line ends one blank, invisible characters gone.

    The apostrophe goes that keeps a text of the file of rejects from being a formula (``data.spreadsheets``).
    """
    text = value if type(value) is str else as_text(value)
    text = unguarded(text) if text[:1] == "'" else text
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # A blank other than " ", a line end and what is invisible are not printable, so most cells take the short way.
    text = " ".join((text if text.isprintable() else _INVISIBLE.sub("", text)).split())
    return unguarded(text) if text[:1] == "'" else text


def tidy_rows(rows: Iterable[Sequence[Any]]) -> tuple[list[list[str]], list[list[bool]]]:
    """The tidy text of each cell of ``rows``, and whether it says nothing."""
    texts = [[tidy(cell) for cell in row] for row in rows]
    return texts, [[is_blank_text(text) for text in row] for row in texts]


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or is_blank_text(tidy(value))


def is_blank_text(text: str) -> bool:
    """Whether tidy text says nothing."""
    return len(text) <= _LONGEST_BLANK and text.lower() in BLANKS


def by_distinct(values: pd.Series, convert: Callable[[Any], Any]) -> tuple[np.ndarray, np.ndarray]:
    """``convert`` applied once to each distinct value: (converted distinct values as objects, their position for each
    row).

    The last converted value is ``None``, for missing cells, so that ``converted[positions]`` is the whole column.
    """
    cells = values.to_numpy(dtype=object)
    if _mostly_distinct(cells):
        missing = pd.isna(cells)
        distinct, positions = cells, np.where(missing, len(cells), np.arange(len(cells)))
        converted = np.empty(len(cells) + 1, dtype=object)
        converted[:-1][~missing] = _objects([convert(value) for value in cells[~missing]])
        return converted, positions
    positions, distinct = pd.factorize(cells)
    converted = _objects([*(convert(value) for value in distinct), None])
    return converted, np.where(positions < 0, len(distinct), positions)


def _mostly_distinct(cells: np.ndarray) -> bool:
    """Whether a sample says that looking for equal values costs more than it saves (names, codes)."""
    sample = cells[:: max(1, len(cells) // 1_000)]
    return len(cells) > 10_000 and len(set(map(str, sample))) > 0.8 * len(sample)


def _objects(items: list[Any]) -> np.ndarray:
    """A one-dimensional array of ``items`` as they are (NumPy would make a list of pairs two-dimensional)."""
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made


def texts(values: pd.Series) -> np.ndarray:
    """A column of text: tidy ``str``, ``None`` where blank."""

    def convert(value: Any) -> str | None:
        text = tidy(value)
        return None if is_blank_text(text) else text

    converted, positions = by_distinct(values, convert)
    return converted[positions]


def code_key(code: str) -> str:
    """The key under which codes are compared: upper case, no blanks, no leading zeros of a number, no ".0" of Excel's.

    "HD 000123" gives "HD000123"; "00123", "123" and "123.0" give "123".
    """
    key = "".join(code.split()).upper()
    if _WHOLE_FLOAT.fullmatch(key):
        key = key.split(".")[0]
    return (key.lstrip("0") or "0") if key.isdigit() else key


def codes(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of codes as text and the mask of those that Excel destroyed ("1.23457E+11") or that are no codes."""

    def convert(value: Any) -> tuple[str | None, bool]:
        if type(value) is str and _PLAIN_CODE.fullmatch(value):
            return value, False
        text = tidy(value)
        if is_blank_text(text):
            return None, False
        if _WHOLE_FLOAT.fullmatch(text):
            text = text.split(".")[0]
        return text, bool(_SCIENTIFIC.fullmatch(text)) or len(text) > 64

    return _split(*by_distinct(values, convert))


def _split(converted: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns of (value, is faulty) pairs from what ``by_distinct`` gave."""
    values = np.empty(len(converted), dtype=object)
    faulty = np.zeros(len(converted), dtype=bool)
    for index, pair in enumerate(converted):
        if pair is not None:
            values[index], faulty[index] = pair
    return values[positions], faulty[positions]


_GROUPED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+")
_THREE_DECIMALS = re.compile(r"\s*(?:0|\d{4,})[.,]000\s*")
_THIRD_DECIMALS = re.compile(r"[.,]000\s*$")
_WITH_ZEROS = re.compile(r"(\d+)[.,]0+")
_COUNT_WORDS = re.compile(r"\s*(?:lượt quét|lượt|luot quet|luot|lần|lan|người|nguoi)$", re.IGNORECASE)


def _count(value: Any, most: int = MAX_SCANS) -> tuple[int | None, bool]:
    if isinstance(value, bool | dt.date | dt.time):
        return None, True
    text = tidy(value)
    if is_blank_text(text):
        return None, False
    text = _COUNT_WORDS.sub("", text)
    if with_zeros := _WITH_ZEROS.fullmatch(text):
        # "1.000" is a thousand as Vietnamese write it, "12.0" and "12,00" are twelve.
        text = text if _GROUPED.fullmatch(text) else with_zeros[1]
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[.,\s]", "", text)
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        return None, True
    return (int(text), False) if int(text) <= most else (None, True)


def counts(values: pd.Series, most: int = MAX_SCANS) -> tuple[np.ndarray, np.ndarray]:
    """A column of counts (``int`` or ``None``) and the mask of what is not a whole number from 0 to ``most``.

    "1.000" is a thousand as Vietnamese write it, unless the column shows elsewhere ("0.000", "1250.000") that its
    program writes three decimals.
    """
    distinct, positions = by_distinct(values, lambda value: value)
    has_decimals = any(isinstance(text, str) and _THREE_DECIMALS.fullmatch(text) for text in distinct)
    cells = [_THIRD_DECIMALS.sub("", text) if has_decimals and isinstance(text, str) else text for text in distinct]
    return _split(_objects([None if cell is None else _count(cell, most) for cell in cells]), positions)


_NO_QR = re.compile(
    r"(?:chua|khong|k|ko|chg)\s+(?:co|tao|dang k[yi]|lam|lap|dan|in|cap|khoi tao|kich hoat|niem "
    r"yet|treo)\b(?!.*luot)(?!\s+(?:khach|nguoi|ai))"
    r"|thieu (?:ma|qr)|khong thay (?:ma|qr)|no_qr"
)
_NOT_SCANNING = re.compile(
    r"(?:chua|khong|k|ko|chg|it)\s+(?:co\s+)?(?:phat sinh\s+)?(?:luot|quet|thuc hien quet|yeu cau|nhac (?:nho )?"
    r"khach|khach quet|nguoi quet|ai quet|duy tri)"
    r"|(?:chua|khong|ko)\s+(?:co\s+)?(?:khach|nguoi|ai)|de khach|not_scanning"
)


def reason(value: Any) -> str | None:
    """ "no_qr" or "not_scanning" from a clerk's words; ``None`` when they say neither. No code at all weighs more
    than no scans.
    """
    words = fold(tidy(value))
    if _NO_QR.search(words):
        return "no_qr"
    return "not_scanning" if _NOT_SCANNING.search(words) else None


def reasons(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of reasons and the mask of words that are none of the two."""

    def convert(value: Any) -> tuple[str | None, bool]:
        if is_blank(value):
            return None, False
        found = reason(value)
        return found, found is None

    return _split(*by_distinct(values, convert))


_YES = re.compile(
    r"x|v|co|yes|y|1|true|roi"
    r"|da(?: (?:co|tao|dang ky|lam|lap|dan|in|cap|kich hoat|xong|roi|hoan thanh))?(?: (?:ma|qr|ma qr))?"
    r"(?: roi| xong)?|co (?:ma|qr|ma qr|roi)|hoan thanh|xong"
)
_NO = re.compile(r"0|no|n|false|khong|(?:chua|khong|ko|k|chg)(?: [a-z ]+)?")
_TICKS = frozenset("✓✔☑√")


def yes(value: Any) -> bool | None:
    """Whether a clerk says yes ("x", "có", "đã tạo", "rồi", "✓") or no (also by saying nothing); ``None``: neither."""
    text = tidy(value)
    if text and set(text) <= _TICKS:
        return True
    if is_blank_text(text):
        return False
    words = " ".join(re.findall(r"[a-z0-9]+", fold(text)))
    if _YES.fullmatch(words):
        return True
    return False if _NO.fullmatch(words) else None


def answers(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of yes and no as ``bool``, and the mask of what is neither."""
    converted, positions = by_distinct(values, yes)
    said = np.array([answer is True for answer in converted], dtype=bool)
    unclear = np.array([answer is None for answer in converted[:-1]] + [False], dtype=bool)
    return said[positions], unclear[positions]


_APPS = (
    ("Bluezone", re.compile("blue ?zone")),
    ("NCOVI", re.compile("n ?-?covi(?!d)")),
    (
        "Vietnam Health Declaration",
        re.compile("viet ?nam health|health declaration|vhd|khai bao y te|to khai y te|tokhaiyte|suc khoe viet nam"),
    ),
    ("VNeID", re.compile("vn ?-?e ?-?id")),
)


def apps(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of apps by the four names of the order's annex, ``None`` for others, and the mask of those others."""

    def convert(value: Any) -> tuple[str | None, bool]:
        if is_blank(value):
            return None, False
        words = fold(tidy(value))
        found = next((name for name, pattern in _APPS if pattern.search(words)), None)
        return found, found is None

    return _split(*by_distinct(values, convert))


def phones(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column of telephone numbers as text and the mask of those whose leading zero, lost in Excel, was put back."""

    def convert(value: Any) -> tuple[str | None, bool]:
        text = tidy(value)
        if is_blank_text(text):
            return None, False
        text = text.split(".")[0] if _WHOLE_FLOAT.fullmatch(text) else text
        lost = len(text) == 9 and text.isdigit() and text[0] in "35789"
        return ("0" + text if lost else text), lost

    return _split(*by_distinct(values, convert))
