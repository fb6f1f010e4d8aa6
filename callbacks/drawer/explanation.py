"""Why a venue has its status, in sentences: one for each fact of the rule's own answer, nothing computed again here."""

import datetime as dt

from data.queries.venue import Facts, Reminder, VenueHistory
from data.texts.catalogue import t


def headline(history: VenueHistory, lang: str) -> str:
    """The status in one sentence with the facts that decided it."""
    facts = history.facts
    if facts.status is None:
        return t("why.closed", lang, day=history.day)
    return t(
        f"why.{facts.status}",
        lang,
        counted=facts.counted_reminders,
        threshold=facts.reminder_threshold,
        window=facts.scanning_window_days,
    )


def sentences(history: VenueHistory, lang: str) -> list[str]:
    """A sentence a fact: suspension, QR, last scan, window, last compliant day, how many reminders count.

    A venue that is not in business has no status to explain: then QR, scans and reminders alone.
    """
    facts, day = history.facts, history.day
    of_status = [_window(facts, day, lang), _compliance(facts, day, lang)] if facts.is_open else []
    return [
        *_suspension(history, lang),
        _registration(history, lang),
        _scan(facts, day, lang),
        *([t("why.scan.may", lang)] if _is_by_totals(history) else []),
        *of_status,
        t("why.reminders", lang, counted=facts.counted_reminders, threshold=facts.reminder_threshold)
        if history.reminders
        else t("why.reminders.none", lang),
    ]


def reminder_sentence(reminder: Reminder, facts: Facts, lang: str) -> str:
    """Why a reminder counts or not: what answered it and when, or what else speaks against it."""
    if reminder.standing == "answered":
        return t(f"standing.answered.{reminder.answered_by}", lang, day=reminder.answered_on)
    if reminder.standing == "before_compliance":
        return t("standing.before_compliance", lang, day=facts.last_compliant_day)
    if reminder.standing == "withdrawn":
        return t("standing.withdrawn", lang, day=reminder.withdrawn_on)
    return t(f"standing.{reminder.standing}", lang)


def _suspension(history: VenueHistory, lang: str) -> list[str]:
    suspension = history.suspension
    if suspension is None:
        return []
    if suspension.basis == "decision":
        key = "why.suspension.decision" if suspension.ends_on is None else "why.suspension.decision.until"
        return [t(key, lang, starts=suspension.starts_on, ends=suspension.ends_on)]
    if suspension.ends_on:
        return [t("why.suspension.until", lang, starts=suspension.starts_on, ends=suspension.ends_on)]
    return [t("why.suspension", lang, starts=suspension.starts_on)]


def _registration(history: VenueHistory, lang: str) -> str:
    registration = history.registration
    if registration is None:
        return t("why.qr.none", lang, day=history.day)
    return t("why.qr", lang, registered=registration.registered_on)


def _scan(facts: Facts, day: dt.date, lang: str) -> str:
    if facts.last_scan is None:
        return t("why.scan.none", lang, day=day)
    until = facts.scans_count_until
    if until is None or until < day:
        return t("why.scan.over", lang, scan=facts.last_scan, until=until or facts.last_scan)
    key = "why.scan.counts_on" if until == dt.date.max else "why.scan.counts"
    return t(key, lang, scan=facts.last_scan, until=until)


def _is_by_totals(history: VenueHistory) -> bool:
    """Whether the last day of scans is one of several on which they may have been."""
    last = history.facts.last_scan
    return last is not None and any(
        stretch.basis != "difference" and (stretch.from_day or last) <= last <= stretch.to_day
        for stretch in history.stretches
    )


def _window(facts: Facts, day: dt.date, lang: str) -> str:
    if facts.window_from is None:
        return t("why.window.none", lang, day=day)
    return t("why.window", lang, window=facts.scanning_window_days, first=facts.window_from, day=day)


def _compliance(facts: Facts, day: dt.date, lang: str) -> str:
    if facts.last_compliant_day is None:
        return t("why.compliant.never", lang)
    if facts.last_compliant_day == day:
        return t("why.compliant.now", lang, day=day)
    return t("why.compliant", lang, compliant=facts.last_compliant_day)
