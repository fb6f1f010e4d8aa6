"""Errors that a person is told of: each carries one sentence that says what is wrong and what to do.

``HTTP_STATUS`` says once which status a route answers with, so that no route decides that for itself.
"""

import datetime as dt

from data.texts.sentences import Sentence


class UserError(Exception):
    """Something that the person at the screen or terminal can understand and mend; ``str()`` says it in Vietnamese."""

    @property
    def said(self) -> str:
        """The sentence in Vietnamese; one of ``data.texts.sentences`` where it can be told in another language, too."""
        return self.args[0] if self.args else ""

    def sentence(self, lang: str) -> str:
        """The sentence in ``lang`` where there is one, else the Vietnamese one."""
        tell = getattr(self.said, "told", None)
        return tell(lang) if tell else str(self)


class TextError(UserError):
    """A fault that the page tells of: its sentence stands in ``data/reference/texts.csv`` under ``key``."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(Sentence(key, **values))


class DatabaseUnavailable(TextError):
    """The database does not answer, or there is none (``key``)."""

    def __init__(self, key: str = "error.database", **values: object) -> None:
        super().__init__(key, **values)


class NotMigrated(TextError):
    """The database lacks tables or functions of this version."""

    def __init__(self) -> None:
        super().__init__("error.not_migrated")


class UnusableText(TextError):
    """What was sent holds a letter that the database cannot keep (U+0000)."""

    def __init__(self) -> None:
        super().__init__("error.text")


class FutureDay(TextError):
    """A day after today was asked for."""

    def __init__(self, day: dt.date) -> None:
        super().__init__("error.future_day", day=day)


class AfterData(TextError):
    """A day that has come was asked for, but the data end before it, as those of a demonstration do."""

    def __init__(self, day: dt.date, last_day: dt.date) -> None:
        super().__init__("error.after_data", day=day, last_day=last_day)


class BeforeData(TextError):
    """A day before the first day of which anything is known was asked for."""

    def __init__(self, day: dt.date, first_day: dt.date | None) -> None:
        if first_day is None:
            super().__init__("error.no_data", day=day)
        else:
            super().__init__("error.before_data", day=day, first_day=first_day)


class UnknownFilter(TextError):
    """A filter in an address names something that does not exist or cannot be read."""


class UnknownVenue(TextError):
    """No venue bears the code."""

    def __init__(self, code: str) -> None:
        super().__init__("error.unknown_venue", code=code)


class UnknownTile(TextError):
    """No tile bears the address."""

    def __init__(self) -> None:
        super().__init__("error.unknown_tile")


class NotAllowed(TextError):
    """Who asks may not do this, or it was asked by another site's page."""

    def __init__(self) -> None:
        super().__init__("error.not_allowed")


class TooManyRequests(TextError):
    """Who asks has asked too often; ``seconds`` from now they may again."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__("error.too_many", seconds=seconds)


class OutsideDistrict(TextError):
    """A venue was to be moved to a place that is not in the district."""

    def __init__(self) -> None:
        super().__init__("error.outside_district")


class NotRegistered(TextError):
    """The venue has no registration in force, so there is no code to print."""

    def __init__(self, name: str) -> None:
        super().__init__("error.not_registered", name=name)


class NoQrContent(TextError):
    """The venue has a registration, but its file did not say what the code holds."""

    def __init__(self, name: str) -> None:
        super().__init__("error.no_qr_content", name=name)


class QrContentTooLong(TextError):
    """No QR code holds as much as the registration says."""

    def __init__(self, name: str) -> None:
        super().__init__("error.qr_content_too_long", name=name)


HTTP_STATUS: dict[type[UserError], int] = {
    DatabaseUnavailable: 503,
    NotMigrated: 503,
    FutureDay: 400,
    AfterData: 400,
    BeforeData: 400,
    UnknownFilter: 400,
    UnknownVenue: 404,
    UnknownTile: 404,
    NotAllowed: 403,
    TooManyRequests: 429,
    OutsideDistrict: 400,
    NotRegistered: 404,
    NoQrContent: 404,
}


def http_status(error: UserError) -> int:
    """Status for ``error``: of its class or the nearest parent listed, else 400."""
    return next((HTTP_STATUS[kind] for kind in type(error).__mro__ if kind in HTTP_STATUS), 400)
