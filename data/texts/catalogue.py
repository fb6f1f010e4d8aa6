"""All texts of the screen in one place: ``data/reference/texts.csv`` (key, vi, en); how numbers and days are written.

Vietnamese is the product's language, English its second; numbers follow the language ("1.234,5" and "1,234.5"), days
are written dd/mm/yyyy in both.
"""

import csv
import datetime as dt
from functools import cache
from typing import Literal, get_args

from data.project import ROOT, TIMEZONE

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "vi"
TEXTS_FILE = ROOT / "data" / "reference" / "texts.csv"

MINUS = "\u2212"
_SEPARATORS = {"vi": str.maketrans(",.", ".,"), "en": {}}


@cache
def texts() -> dict[str, dict[str, str]]:
    """Texts by language and key.

    Raises
    ------
    ValueError
        A key stands twice in the file, or lacks a language: a fault of the file, found at start.
    """
    by_language: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    with TEXTS_FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for language in LANGUAGES:
                if row["key"] in by_language[language] or not row[language]:
                    raise ValueError(f"{TEXTS_FILE.name}: «{row['key']}» ({language})")
                by_language[language][row["key"]] = row[language]
    return by_language


def t(key: str, lang: str = DEFAULT_LANGUAGE, **values: object) -> str:
    """The text of ``key`` in ``lang`` with ``{names}`` filled in; an unknown key is a KeyError.

    Integers are written with the language's separators, days as dd/mm/yyyy.
    """
    text = texts()[lang][key]
    return text.format(**{name: _written(value, lang) for name, value in values.items()}) if values else text


def language(name: str | None) -> Language:
    """The language that an address asks for: Vietnamese unless it names another that exists."""
    return next((known for known in LANGUAGES if known == name), DEFAULT_LANGUAGE)


def number(value: float, lang: str = DEFAULT_LANGUAGE, digits: int = 0) -> str:
    """``value`` with ``digits`` decimals: 1234.5 gives "1.234,5" in Vietnamese."""
    return f"{value:,.{digits}f}".translate(_SEPARATORS[lang]).replace("-", MINUS)


def percent(share: float, lang: str = DEFAULT_LANGUAGE, digits: int = 1) -> str:
    """A share between 0 and 1 as a percentage: 0.615 gives "61,5%"."""
    return f"{number(100 * share, lang, digits)}%"


def change(value: int, lang: str = DEFAULT_LANGUAGE) -> str:
    """A difference with its sign: "+1.234", "−5", "0"."""
    return f"+{number(value, lang)}" if value > 0 else number(value, lang)


def day(value: dt.date) -> str:
    """dd/mm/yyyy."""
    return f"{value:%d/%m/%Y}"


def moment(value: dt.datetime) -> str:
    """Hour and day of a moment, in Asia/Ho_Chi_Minh: "14:05 30/11/2021"."""
    return f"{value.astimezone(TIMEZONE):%H:%M %d/%m/%Y}"


def _written(value: object, lang: str) -> object:
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, lang)
    return value
