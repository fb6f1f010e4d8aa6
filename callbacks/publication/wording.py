"""What the screen of publication says of rows: lists, entries with their evidence, differences. Pure functions."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from callbacks.server.language import language_pairs
from data.queries.publications import Difference, PublicationEntry, PublicationList
from data.texts.catalogue import day, moment, number, t

OPEN_STATES = ("draft", "notified", "approved", "published")
"""Of lists, in the order of the board; the others are closed."""
_MISSING = ("grade", "doubt.pending_link", "doubt.possible_duplicate", "doubt.missing_export")
_FIGURES = ("undelivered", "running", "still", "undecided", "ready")


def address(lang: str, **query: object) -> str:
    """Of the screen: ``?list=7``, filtered; what is empty is left out."""
    pairs = {name: str(value) for name, value in query.items() if value} | language_pairs(lang)
    return "/publication/" + ("?" + urlencode(pairs) if pairs else "")


def line(one: PublicationList, lang: str) -> dict[str, Any]:
    """A list on the board: what it is, whom it waits for, since and until when, how many entries are how far."""
    return {
        "id": one.id,
        "address": address(lang, list=one.id),
        "kind": t(f"publication.kind.{one.kind}", lang),
        "title": one.title,
        "day": _of_day(one, lang),
        "state": t(f"case.state.{one.state}", lang),
        "waits": waits(one, lang),
        "since": t("case.since", lang, day=one.since) if one.since else "",
        "due": t("publication.until", lang, day=one.due_on) if one.due_on else "",
        "expires": t("publication.expires", lang, day=one.expires_on) if one.expires_on else "",
        "by": t("publication.drafted_by", lang, name=one.drafted_by),
        "counts": [(t(f"case.state.{state}", lang), number(count, lang)) for state, count in one.counts.items()],
        "figures": [
            (name, t(f"publication.figure.{name}", lang), number(count, lang)) for name, count in figures(one) if count
        ],
        "is_unsealed": one.is_unsealed,
    }


def figures(one: PublicationList) -> list[tuple[str, int]]:
    """How many entries of a list wait for what, by name."""
    counts = one.counts
    return [
        *((name, getattr(one, name)) for name in _FIGURES),
        ("objections", counts.get("objected", 0) + counts.get("contested", 0)),
        ("claims", counts.get("claimed", 0) + counts.get("pending", 0)),
        ("held_back", counts.get("held_back", 0) if one.state in OPEN_STATES else 0),
        ("untold", one.untold),
        ("unsealed", int(one.is_unsealed)),
    ]


def _of_day(one: PublicationList, lang: str) -> str:
    if one.from_day:
        return t("publication.period", lang, first=one.from_day, last=one.day)
    return t("publication.of_day", lang, day=one.day)


def waits(one: PublicationList, lang: str) -> str:
    """Whom the list waits for, and for what; "": nobody."""
    if one.state == "approved" and one.publish_at:
        return t("publication.waits.hour", lang, at=moment(one.publish_at))
    if one.state == "notified":
        key = "ready" if one.ready else "delivery" if one.undelivered else "clock"
        return t(f"publication.waits.{key}", lang)
    return t(f"publication.waits.{one.state}", lang) if one.state in OPEN_STATES else ""


def name_of(shown: dict[str, Any], *, is_anonymous: bool | None) -> str:
    """The name as it will be shown: without it, what the place is, at its address."""
    if is_anonymous:
        return t("publication.anonymous", kind=shown.get("category") or "", address=shown.get("address") or "")
    return str(shown.get("name") or "")


def entry(one: PublicationEntry, lang: str) -> dict[str, Any]:
    """An entry as a row: state, name as shown, clock, what is missing, why it cannot be approved, and its evidence."""
    shown = one.shown
    return {
        "case": one.case,
        "address": "/cases/?" + urlencode({"case": str(one.case)} | language_pairs(lang)),
        "position": number(one.position, lang),
        "state": t(f"case.state.{one.state}", lang),
        "code": one.state,
        "name": name_of(shown, is_anonymous=one.is_anonymous),
        "where": " · ".join(filter(None, (one.venue, shown.get("address"), shown.get("ward")))),
        "marks": _marks(one, lang),
        "grade": one.grade or "–",
        "delivered": day(one.delivered_on) if one.delivered_on else "–",
        "until": _until(one, lang),
        "missing": [t(f"publication.missing.{key if key in _MISSING else 'doubt'}", lang) for key in one.missing],
        "why_not": why_not(one.why_not, lang) if one.is_asked else "",
        "is_ready": one.is_asked and one.why_not is None,
        "evidence": evidence(one, lang),
    }


def _marks(one: PublicationEntry, lang: str) -> list[str]:
    marks = []
    if one.is_anonymous:
        marks.append(t("publication.mark.anonymous", lang))
    elif one.is_anonymous_proposed and one.is_anonymous is None:
        marks.append(t("publication.mark.undecided", lang))
    if one.corrected_on:
        marks.append(t("publication.mark.corrected", lang, day=one.corrected_on))
    return marks


def _until(one: PublicationEntry, lang: str) -> str:
    if one.delivered_on is None or one.state not in ("notified", "decided", "objected", "claimed"):
        return "–"
    return day(one.due_on) if one.due_on else t("publication.still", lang)


def why_not(refused: dict[str, Any] | None, lang: str) -> str:
    """The database's reason as its sentence; "": there is none."""
    if refused is None:
        return ""
    return t(
        f"case.refused.{refused['why']}", lang, **{key: _day(value) for key, value in refused.items() if key != "why"}
    )


def _day(value: object) -> object:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return value


def evidence(one: PublicationEntry, lang: str) -> list[str]:
    """What decided, a line each: of a venue its reminders, QR and last scan, of a body its figures."""
    facts = one.facts
    if one.body_kind:
        return [
            t(f"publication.fact.{name}", lang, count=value) for name, value in facts.items() if isinstance(value, int)
        ]
    told = [_reminder(said, lang) for said in facts.get("reminders") or ()]
    told.append(t("publication.fact.qr" if facts.get("has_qr") else "publication.fact.no_qr", lang))
    if facts.get("has_qr"):
        last = facts.get("last_scan")
        told.append(
            t("publication.fact.last_scan", lang, day=_day(last)) if last else t("publication.fact.no_scan", lang)
        )
    told.append(t("publication.fact.threshold", lang, count=facts.get("threshold", 0)))
    return told


def _reminder(said: dict[str, Any], lang: str) -> str:
    how = "photo" if said.get("photo") else str(said.get("how") or "book")
    return t(
        "publication.fact.reminder",
        lang,
        day=_day(said.get("reminded_on")),
        reason=t(f"question.reason.{said['reason']}", lang),
        by=said.get("given_by") or "–",
        how=t(f"publication.how.{how}", lang),
        grade=said.get("grade") or "–",
    )


def difference(one: Difference, lang: str) -> dict[str, Any]:
    """An entry in which two versions differ."""
    return {
        "how": t(f"publication.difference.{one.how}", lang),
        "code": one.how,
        "name": name_of(one.shown, is_anonymous=one.is_anonymous),
        "where": " · ".join(filter(None, (one.shown.get("address"), one.shown.get("ward")))),
        "state": t(f"case.state.{one.state}", lang),
        "address": "/cases/?" + urlencode({"case": str(one.case)} | language_pairs(lang)),
    }


def policy_change(name: str, own: object, now: object, lang: str) -> str:
    """Where today's policy says something else than what the list was drafted with."""
    what = t(f"publication.policy.{name}", lang)
    if isinstance(own, dict):  # the table of checks
        return t("publication.policy_other", lang, what=what)
    return t("publication.policy_change", lang, what=what, own=own, now=now)
