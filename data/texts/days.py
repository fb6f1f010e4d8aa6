"""Days as addresses, options and people write them."""

import datetime as dt
import re
from argparse import ArgumentTypeError
from collections.abc import Callable

from data.texts.catalogue import t

_AS_PEOPLE_WRITE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def read_day(text: object, fault: Callable[[str], Exception], *, iso: bool = True, people: bool = False) -> dt.date:
    """The day that ``text`` names: as 2021-11-30 (``iso``), as 30/11/2021 (``people``). Raises ``fault(text)``."""
    value = text if isinstance(text, str) else ""
    found = _AS_PEOPLE_WRITE.fullmatch(value) if people else None
    try:
        if found:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        if iso:
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise fault(value)


def day_option(text: str) -> dt.date:
    """The day that an option of a command names, as 2021-11-30; a type of argparse."""
    return read_day(text, lambda value: ArgumentTypeError(t("error.option.day", value=value)))
