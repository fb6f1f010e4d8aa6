"""What happened to a venue, as events that can be drawn: each with its words and where it was read."""

import datetime as dt
from collections.abc import Iterator

from callbacks.drawer.explanation import reminder_sentence
from data.queries.venue import Registration, ScanStretch, Source, Suspension, VenueHistory
from data.texts.catalogue import t
from layers.timeline import Event

DAY = dt.timedelta(days=1)


def events(history: VenueHistory, lang: str) -> list[Event]:
    """All events up to the day of ``history``, lane by lane."""
    return [
        *(_registration(row, lang) for row in history.registrations),
        *_reminders(history, lang),
        *_scans(history, lang),
        *(_suspension(row, history, lang) for row in history.suspensions),
        *_closings(history, lang),
    ]


def source_text(source: Source | None, lang: str) -> str:
    """File, sheet and row that a fact came from, and when it was loaded."""
    if source is None:
        return t("source.shipped", lang)
    # A row's number is a name, not a quantity: no separators.
    row = "–" if source.row is None else str(source.row)
    key = "source.sheet_row" if source.sheet else "source.row"
    place = t(key, lang, file=source.file_name, sheet=source.sheet, row=row)
    return f"{place}, {t('source.loaded', lang, moment=source.loaded_at)}"


def _registration(row: Registration, lang: str) -> Event:
    if row.ended_on:
        text = t("event.registration.ended", lang, day=row.ended_on)
    elif row.app:
        text = t("event.registration.app", lang, app=row.app)
    else:
        text = t("event.registration", lang)
    last = row.ended_on - DAY if row.ended_on else None
    return Event("registration", row.registered_on, text, last, source=source_text(row.source, lang))


def _reminders(history: VenueHistory, lang: str) -> Iterator[Event]:
    for row in history.reminders:
        standing = reminder_sentence(row, history.facts, lang)
        text = f"{t(f'reason.{row.reason}', lang)}: {standing}"
        source = source_text(row.source, lang) if row.source else t("field.source", lang)
        yield Event("reminder", row.reminded_on, text, row.reminded_on, row.standing == "counted", source)


def _scans(history: VenueHistory, lang: str) -> Iterator[Event]:
    """Counts of days; of what lies between two totals, one event for all of its days."""
    for row in history.scans:
        if row.scans and not row.estimated:
            yield Event("scan", row.day, t("chart.scans.some", lang, count=row.scans), row.day)
    for stretch in history.stretches:
        if stretch.basis != "difference":
            text = stretch_sentence(stretch, lang)
            yield Event("scan", stretch.from_day or stretch.to_day, text, min(stretch.to_day, history.day))


def stretch_sentence(stretch: ScanStretch, lang: str) -> str:
    """From which day to which scans lie that running totals tell of, and how many."""
    return t(
        f"scans.{stretch.basis}", lang, first=stretch.from_day or stretch.to_day, last=stretch.to_day,
        count=stretch.scans,
    )  # fmt: skip


def _suspension(row: Suspension, history: VenueHistory, lang: str) -> Event:
    """A suspension to the day on which the rule ends it: its last, the lifting, or a registration after its start."""
    answers = [
        r.registered_on for r in history.registrations if row.basis == "request" and r.registered_on >= row.starts_on
    ]
    ends = [
        (row.ends_on, "event.suspension.ends", row.ends_on),
        (row.lifted_on - DAY if row.lifted_on else None, "event.suspension.lifted", row.lifted_on),
        (min(answers) - DAY if answers else None, "event.suspension.registered", min(answers, default=None)),
    ]
    known = [end for end in ends if end[0] is not None]
    source = source_text(row.source, lang) if row.source else t("event.suspension.case", lang)
    last, key, day = min(known, key=lambda end: end[0] or dt.date.max, default=(None, "event.suspension", None))
    asked = t("event.suspension.requested", lang, day=row.requested_on) if row.requested_on else ""
    return Event("suspension", row.starts_on, f"{t(key, lang, day=day)}{asked}", last, source=source)


def _closings(history: VenueHistory, lang: str) -> Iterator[Event]:
    """Stretches in which the venue was closed: between two openings, and after the last."""
    openings = history.openings
    for index, opening in enumerate(openings):
        if opening.opened_on > dt.date.min and index == 0:
            yield Event("closed", dt.date.min, t("event.opened", lang), opening.opened_on - DAY)
        if opening.closed_on:
            reopened = openings[index + 1].opened_on if index + 1 < len(openings) else None
            yield Event("closed", opening.closed_on, t("event.closed", lang), reopened - DAY if reopened else None)
