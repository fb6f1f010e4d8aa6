"""Why a venue is to be visited, in words: the parts of its number (``data/queries/priority.py``) for a reader."""

import datetime as dt

from data.texts.catalogue import number, t


def part_name(part: str, lang: str) -> str:
    """What a part of the number is called."""
    return t(f"priority.part.{part}", lang)


def known(part: str, fact: str | float | None, lang: str) -> str:
    """What a part was reckoned from: "8 ngày", "157 lượt một ngày", …; ``fact`` as ``Part.known`` holds it."""
    if fact is None:
        return t(f"priority.known.{part}.none", lang)
    if part == "rest" and fact != "compliant":
        return t("priority.known.rest.until", lang, day=dt.date.fromisoformat(str(fact)))
    if part == "risk":
        return t("priority.known.risk", lang, risk=number(float(fact), lang, 1))
    if isinstance(fact, str):
        return t(f"status.{fact}" if part == "status" else f"priority.known.{part}.{fact}", lang)
    return t(f"priority.known.{part}", lang, count=round(fact))


def reason(part: str, fact: str | float | None, lang: str) -> str:
    """A reason in a line: "Số ngày ở tình trạng này: 8 ngày"."""
    return f"{part_name(part, lang)}: {known(part, fact, lang)}"
