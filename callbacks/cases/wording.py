"""What the screen of cases says of rows: texts of lists, of a case and of its steps. Pure functions."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from callbacks.cases.forms import FORMS, Field
from callbacks.server.language import language_pairs
from data.audit.notes import NOBODY
from data.project import TIMEZONE
from data.queries.cases import Case, CaseLine, Entry, VisitFacts
from data.texts.catalogue import day, moment, number, t

PERSONAL = ("owner", "words", "note")
"""What is said of persons: for whoever may see contacts."""
_SHOWN = (
    "kind",
    "outcome",
    "day",
    "owner",
    "reason",
    "why",
    "kept",
    "sign",
    "to",
    "for_what",
    "answer",
    "medium",
    "place",
    "starts_on",
    "ends_on",
    "lifted_on",
    "issued_at",
    "registered_on",
    "words",
    "signed",
    "second",
    "same_paper",
    "note",
    "how",
    "channel",
    "anonymous",
    "printed",
    "name",
    "address",
    "what",
    "status",
    "was",
    "ward",
)
_PAPER = ("number", "day", "signer", "authority", "scope")
_CHOICES = ("kind", "outcome", "how", "anonymous", "channel", "printed", "what")


def address(lang: str, **query: object) -> str:
    """Of the screen: ``?case=7``, or a list that is filtered; what is empty is left out."""
    pairs = {name: str(value) for name, value in query.items() if value} | language_pairs(lang)
    return "/cases/" + ("?" + urlencode(pairs) if pairs else "")


def on_map(code: str, lang: str) -> str:
    """Where the venue is shown."""
    return "/?" + urlencode({"venue": code} | language_pairs(lang))


def due(line: CaseLine, now: dt.datetime, lang: str) -> str:
    """Until when the next step is due, or for how long it has been; "": nothing is."""
    if line.closed_at:
        return ""
    if line.due_at:
        hours = round(abs((line.due_at - now).total_seconds()) / 3600)
        return t("case.due.hours_over" if line.due_at < now else "case.due.hours", lang, hours=hours, at=line.due_at)
    if line.due_on is None or line.days_over is None:
        return ""
    if line.days_over == 0:
        return t("case.due.today", lang, day=line.due_on)
    key = "case.due.over" if line.days_over > 0 else "case.due.in"
    return t(key, lang, days=abs(line.days_over), day=line.due_on)


def line_of(line: CaseLine, now: dt.datetime, lang: str) -> dict[str, Any]:
    """A case as a row of a list."""
    state = t(f"case.state.{line.state}", lang)
    return {
        "id": line.id,
        "address": address(lang, case=line.id),
        "process": t(f"case.process.{line.process}", lang),
        "name": line.venue_name or line.venue_code,
        "where": " · ".join(filter(None, (line.venue_code, line.address, line.ward))),
        "state": f"{state} ({t(f'case.outcome.{line.outcome}', lang)})" if line.outcome else state,
        "kind": _kind(line, lang),
        "due": due(line, now, lang),
        "is_overdue": line.is_overdue,
        "is_mine": line.is_mine,
        "since": day(line.since) if line.since else "",
        "doubt": doubt(line, lang),
    }


def _kind(line: CaseLine, lang: str) -> str | None:
    """Of a visit: its kind, and for which day it is planned."""
    if line.kind is None:
        return None
    kind = t(f"case.kind.{line.kind}", lang)
    return f"{kind}, {day(line.planned_for)}" if line.planned_for else kind


def doubt(line: CaseLine, lang: str) -> str | None:
    """What speaks against a suspension by now; None: nothing."""
    if not line.is_doubtful:
        return None
    if line.counted is None:
        return t("case.doubt.closed", lang)
    return t("case.doubt.below", lang, counted=line.counted, threshold=line.threshold)


def facts(case: Case, lang: str, *, shows_persons: bool) -> list[tuple[str, str]]:
    """What is known of the case and its venue, as labels and values."""
    said: list[tuple[str, str]] = []
    if case.standing:
        standing = case.standing
        name = t(f"status.{standing.status}", lang) if standing.status else t("case.fact.not_open", lang)
        said.append((t("case.fact.status", lang, day=case.day), name))
        days = ", ".join(map(day, standing.reminder_days)) or "–"
        counted = t("case.fact.counted", lang, counted=standing.counted, threshold=standing.threshold, days=days)
        said.append((t("case.fact.reminders", lang), counted))
        if standing.registered_on:
            said.append((t("case.fact.registered", lang), day(standing.registered_on)))
    if case.visit:
        said += _visit(case.visit, lang, shows_persons=shows_persons)
    if case.written:
        written = case.written
        suspended = [t("case.fact.from", lang, day=written.starts_on)]
        if written.lifted_on:
            suspended.append(t("case.fact.lifted", lang, day=written.lifted_on))
        elif written.ends_on:
            suspended.append(t("case.fact.until", lang, day=written.ends_on))
        said.append((t("case.fact.suspension", lang), ", ".join(suspended)))
    if told := case.announcements:
        lacking = ", ".join(f"{day(at)} ({number(count, lang)})" for at, count in told.lacking)
        text = t("case.fact.announced", lang, made=told.made, needed=told.needed)
        said.append((t("case.fact.announcements", lang), text))
        if lacking and not case.line.closed_at:
            said.append((t("case.fact.lacking", lang), lacking))
    return said


def _visit(visit: VisitFacts, lang: str, *, shows_persons: bool) -> list[tuple[str, str]]:
    said = [(t("case.field.kind", lang), t(f"case.kind.{visit.kind}", lang))]
    if visit.day:
        said.append((t("case.fact.planned", lang), day(visit.day)))
    if visit.drawn:
        said.append((t("case.fact.drawn", lang), t("case.yes", lang)))
    if visit.outcome and visit.outcome_on:
        outcome = f"{t(f'case.outcome.{visit.outcome}', lang)}, {day(visit.outcome_on)}"
        said.append((t("case.field.outcome", lang), outcome))
    if visit.words and shows_persons:
        said.append((t("case.field.words", lang), visit.words))
    if visit.signed:
        said.append((t("case.field.signed", lang), t(f"case.signed.{visit.signed}", lang)))
    return said


def pictures(case: Case, lang: str) -> list[tuple[str, str]]:
    """Where photographs are shown, and the drawn signature of a visit; and what they are."""
    found = [("photo", case.visit.photo), ("signature", case.visit.signature)] if case.visit else []
    found += [("photo", row.facts.get("photo")) for row in case.entries if case.line.process == "publication"]
    return [(f"/field/photos/{sha}", t(f"case.picture.{kind}", lang)) for kind, sha in found if sha]


def step_name(process: str, step: str, lang: str) -> str:
    """What a step is called; two that one word names in different processes have names of their own."""
    own = {("publication", "refuse"): "case.step.refuse_claim", ("publication", "answer"): "case.step.own_words"}
    return t(own.get((process, step), f"case.step.{step}"), lang)


def entry(row: Entry, process: str, lang: str, *, shows_persons: bool) -> dict[str, Any]:
    """A step of the history: who, when, what was said, on which paper."""
    said = [
        (t(f"case.field.{name}", lang), _value(name if row.by_name else f"rule.{name}", row.facts[name], lang))
        for name in _SHOWN
        if row.facts.get(name) not in (None, "", False) and (shows_persons or name not in PERSONAL)
    ]
    paper = row.paper or {}
    said += [(t(f"case.paper.{name}", lang), _value(name, paper[name], lang)) for name in _PAPER if paper.get(name)]
    role = t(f"role.{row.role}", lang) if row.by_name and row.role not in ("", NOBODY) else None
    return {
        "step": step_name(process, row.step, lang),
        "state": t(f"case.state.{row.to_state}", lang),
        "who": " · ".join(filter(None, (row.by_name or t("case.by_rule", lang), role))),
        "when": moment(row.at),
        "day": day(row.day) if row.day != row.at.astimezone(TIMEZONE).date() else None,
        "said": said,
    }


def _value(name: str, value: object, lang: str) -> str:
    if value is True:
        return t("case.yes", lang)
    if name == "rule.status":
        return t(f"status.{value}", lang)
    if name == "rule.why":  # a code: nobody has written it
        return t(f"case.why.{value}", lang)
    name = name.removeprefix("rule.")
    if name in _CHOICES or (name == "signed" and isinstance(value, str)):
        return t(f"case.{name}.{value}", lang)
    text = str(value)
    try:
        return day(dt.date.fromisoformat(text)) if len(text) == 10 else moment(dt.datetime.fromisoformat(text))
    except ValueError:
        return text


def step_form(
    case: Case, step: str, lang: str, *, sent: Mapping[str, str] | None = None, refused: str | None = None
) -> dict[str, Any]:
    """The form of a step: what will happen, its fields with what was sent before, and why that was refused."""
    process = case.line.process
    form = FORMS[process, step]
    return {
        "step": step,
        "title": step_name(process, step, lang),
        "will": t(f"case.will.{process}.{step}", lang),
        "is_grave": form.is_grave,
        "has_photo": any(one.kind == "photo" for one in form.fields),
        "fields": [_field(one, case, lang, sent) for one in form.fields],
        "refused": refused,
        "is_open": refused is not None,
    }


def _field(one: Field, case: Case, lang: str, sent: Mapping[str, str] | None) -> dict[str, Any]:
    starting = case.day.isoformat() if one.starts_today else ""
    return {
        "name": one.name,
        "kind": one.kind,
        "label": t(f"case.{'paper' if one.of_paper else 'field'}.{one.name}", lang),
        "is_needed": one.is_needed,
        "choices": [(value, t(f"case.{one.name}.{value}", lang)) for value in one.choices],
        "value": sent.get(one.name, "") if sent is not None else starting,
    }
