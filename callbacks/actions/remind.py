"""Recording a reminder of today from any screen: by the same rules, and against the same objections, as at the door."""

import datetime as dt
import uuid
from typing import Any

from callbacks.actions.action import Action, Field, Form, Outcome
from data.database.connection import Connection
from data.desk.field import Record, record
from data.queries.acting import Place
from data.texts.catalogue import t
from data.vocabulary import STATUSES

BY_STATE = "by_state"
"""The reason that follows from whether the venue has a QR: of many venues each has its own."""
NOTE_LENGTH = 500


def perform(conn: Connection, place: Place, form: Form) -> Outcome:
    """Record the reminder; what its author could not know is asked at once, and kept only once they confirm it."""
    reason = form.text("reason")
    if reason == BY_STATE:
        reason = "not_scanning" if place.has_qr else "no_qr"
    payload = {"note": note} if (note := form.text("note")) else {}
    told = _tell(conn, form, form.number, "reminder", venue=place.code, reason=reason, payload=payload)
    said = _said(reason, form.lang)
    if told["state"] == "conflict":
        if not form.is_confirmed:
            return Outcome("asks", _why(told, form.lang))
        told = _tell(conn, form, uuid.uuid5(form.number, "confirmation"), "confirmation", about=form.number)
    if told["state"] == "duplicate" and not form.is_confirmed:
        return Outcome("asks", t("action.remind.same_day", form.lang, by=told.get("by", "–")))
    if told["state"] == "waiting":
        return Outcome("done", t("action.remind.waits", form.lang, reason=said))
    if told["state"] in ("refused", "conflict"):
        return Outcome("refused", _why(told, form.lang))
    return Outcome("done", t("action.remind.done", form.lang, reason=said))


def undo(conn: Connection, _place: Place, form: Form) -> Outcome:
    """Withdraw the reminder that was recorded under ``form.number``."""
    payload = {"why": t("action.remind.withdrawn")}
    told = _tell(conn, form, uuid.uuid5(form.number, "withdrawal"), "withdrawal", about=form.number, payload=payload)
    if told["state"] == "refused":
        return Outcome("refused", _why(told, form.lang))
    return Outcome("done", t("action.remind.undone", form.lang))


def _tell(conn: Connection, form: Form, number: uuid.UUID, kind: str, **said: Any) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    return record(conn, Record(id=number, kind=kind, happened_at=now, **said), now, wait=form.may_wait)


def _said(reason: str, lang: str) -> str:
    return t(f"action.remind.reason.{reason}", lang)


def _why(told: dict[str, Any], lang: str) -> str:
    """Why nothing is written, as the phone says it."""
    day = told.get("registered_on") if told["why"] == "registered" else told.get("last_scan")
    shown = f"{dt.date.fromisoformat(day):%d/%m/%Y}" if day else "–"
    return t(f"field.why.{told['why']}", lang, day=shown)


REMIND = Action(
    key="remind",
    rights=frozenset(("remind",)),
    statuses=frozenset(STATUSES) - {"scanning"},
    perform=perform,
    fields=(
        Field("reason", "choice", (BY_STATE, "no_qr", "not_scanning"), is_needed=True),
        Field("note", "words", longest=NOTE_LENGTH),
    ),
    undo=undo,
)
