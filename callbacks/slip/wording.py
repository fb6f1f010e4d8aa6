"""The sentences of a slip's page that depend on how its entry stands."""

import datetime as dt

from data.desk.slips import File
from data.texts.catalogue import day, t

OFFICES = ("ward", "police", "neighbourhood", "culture", "")
WHAT = frozenset(("no_qr", "not_scanning"))


def why(file: File, lang: str) -> str:
    """Why the name is on the list: what is missing, since when, and by which day's data."""
    if file.is_body or file.what not in WHAT:
        return t("slip.why.body", lang, title=file.title, day=file.day)
    key = f"slip.why.{file.what}"
    return t(key, lang, count=len(file.reminders), day=file.day, last=_day(file.last_scan, lang), title=file.title)


def state(file: File, lang: str) -> str:
    """How the entry stands; "decided" is said of objections and of claims."""
    return t("slip.decided" if file.state == "decided" else f"case.state.{file.state}", lang)


def place(file: File, lang: str) -> str:
    """Address and ward; "": of a body."""
    ward = t("slip.ward", lang, ward=file.ward) if file.ward else ""
    return ", ".join(filter(None, (file.address, ward)))


def what_follows(file: File, lang: str) -> str:
    """What happens next, and until when."""
    key = file.state
    if key in ("notified", "decided") and not file.still:
        key = "over" if file.is_over else "clock" if file.deadline else "undelivered"
    elif key in ("notified", "decided"):
        key = "still"
    return t(
        f"slip.next.{key}",
        lang,
        days=file.notice_days,
        deadline=_day(file.deadline, lang),
        due=_day(file.due_on, lang),
        expires=_day(file.expires_on, lang),
        retention=file.retention_days,
    )


def offices(file: File, lang: str) -> dict[str, str]:
    """The kinds of offices in words, a ward's with its name."""
    return {kind: t(f"slip.office.{kind or 'unknown'}", lang, ward=file.ward) for kind in OFFICES}


def _day(value: dt.date | None, lang: str) -> str:
    return day(value) if value else t("slip.no_day", lang)
