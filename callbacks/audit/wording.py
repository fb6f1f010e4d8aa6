"""Entries of the audit in words: who, what, and what was before and is after. Pure functions of rows."""

import datetime as dt
import json
import re
from typing import Any

from data.queries.audit import AuditRow, VenueEntry
from data.texts.catalogue import day, moment, t, texts

EVENTS = ("insert", "update", "delete", "truncate")
_TITLES = {
    "case_entry": {"step": "case.step", "from_state": "case.state", "to_state": "case.state"},
    "case_file": {"state": "case.state", "process": "case.process"},
    "visit": {"kind": "visit.kind", "outcome": "case.outcome"},
}
"""By table and field: where the words for its values stand, which elsewhere mean something else."""
_LIKE_A_DAY = re.compile(r"\d{4}-\d\d-\d\d($|T)")


def who(login: str, role: str, lang: str) -> str:
    """The login with its role: "lan (Phòng Văn hóa và Thông tin)"; what is no person by its own name.

    That is told by the blank in its login, which no account's has: nobody can call themselves the machine.
    """
    if " " in login and (own := _known(f"audit.who.{login}", lang)):
        return own
    if role == "database":
        return t("audit.who.database", lang, login=login)
    return f"{login} ({role_name(role, lang)})" if login else role_name(role, lang)


def role_name(role: str, lang: str) -> str:
    """What the role is called; one that is not known by its own word."""
    return _known(f"role.{role}", lang) or _known(f"audit.role.{role}", lang) or role


def action(entry: AuditRow | VenueEntry, lang: str) -> str:
    """What was done, in a few words: of itself, or made of the table's name and what happened to its row."""
    own = _known(f"audit.action.{entry.action}", lang)
    if own:
        return own
    first, _, event = entry.action.rpartition(".")
    thing = _known(f"audit.thing.{first}", lang)
    if event in EVENTS:
        return t(f"audit.event.{event}", lang, thing=thing or first)
    return entry.action


def changes(entry: AuditRow, lang: str) -> list[tuple[str, str | None, str | None]]:
    """Each field that is told of: its name, what it was and what it is; None where there was or is nothing."""
    before, after = entry.before or {}, entry.after or {}
    names = list(dict.fromkeys([*before, *after]))
    was_told, is_told = _titled(entry, before, lang), _titled(entry, after, lang)
    found = [(_field(name, lang), _value(was_told.get(name), lang), _value(is_told.get(name), lang)) for name in names]
    return [(name, was, now) for name, was, now in found if was is not None or now is not None]


def _titled(entry: AuditRow, told: dict[str, Any], lang: str) -> dict[str, Any]:
    """``told`` with titles of what has other words in other fields: roles, kinds of job, states of cases."""
    titles = dict(told)
    for name, words in _TITLES.get(entry.action.rpartition(".")[0], {}).items():
        if told.get(name):
            titles[name] = _known(f"{words}.{told[name]}", lang) or told[name]
    if told.get("role"):
        titles["role"] = role_name(told["role"], lang)
    if entry.subject_kind == "job" and told.get("kind"):
        titles["kind"] = _known(f"audit.job.{told['kind']}", lang) or told["kind"]
    return titles


def sentence(entry: VenueEntry, code: str, lang: str) -> str:
    """An entry about the venue ``code`` as a sentence of its history."""
    person = who(entry.login, entry.role, lang)
    told = {**(entry.before or {}), **(entry.after or {})}
    text = _known(f"audit.said.{_sentence_key(entry, code, told)}", lang)
    if text is None:
        return t("audit.said.other", lang, who=person, action=action(entry, lang))
    other = told.get("kept_code") if entry.subject == code else entry.subject
    mention = told.get("mention") or t("audit.said.some", lang)
    return text.format(who=person, other=other or "", mention=mention)


def _sentence_key(entry: VenueEntry, code: str, told: dict[str, Any]) -> str:
    first, _, event = entry.action.rpartition(".")
    event = "insert" if event == "update" and first in ("merge_decision", "link_decision", "venue_point") else event
    if first in ("merge_decision", "link_decision") and event == "insert":
        side = (
            "_kept" if first == "merge_decision" and entry.subject != code and told.get("verdict") == "merged" else ""
        )
        return f"{first}.{told.get('verdict')}{side}"
    if event == "update" and first in ("reminder", "field_event"):
        return f"{first}.withdrawn" if (entry.after or {}).get("withdrawn_on") else entry.action
    if entry.action == "field_event.insert":
        return f"field_event.{told.get('kind')}"
    return f"{first}.{event}"


def _field(name: str, lang: str) -> str:
    return _known(f"audit.field.{name}", lang) or name


def _value(value: Any, lang: str) -> str | None:
    if value in (None, {}, []):
        return None
    if isinstance(value, bool):
        return t("audit.yes" if value else "audit.no", lang)
    if isinstance(value, str):
        return _known(f"audit.value.{value}", lang) or _moment(value)
    return json.dumps(value, ensure_ascii=False)


def _moment(value: str) -> str:
    """A day or a moment as people write it; anything else as it is."""
    if not _LIKE_A_DAY.match(value):
        return value
    try:
        return (
            day(dt.date.fromisoformat(value))
            if len(value) == len("2021-11-30")
            else moment(dt.datetime.fromisoformat(value))
        )
    except ValueError:
        return value


def _known(key: str, lang: str) -> str | None:
    return texts()[lang].get(key)
