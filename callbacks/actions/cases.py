"""Acts that open a case at a venue: planning a visit, requesting or entering a suspension, referring.

Who may, what must be true and which paper is needed stands in ``data/sql/cases.sql`` and ``case_rules.sql``; here it is
only asked, and a refusal is told as it was refused there.
"""

import datetime as dt
from typing import Any

from callbacks.actions.action import Action, Field, Form, Outcome, Perform
from data.database.connection import Connection
from data.desk.cases import StepRefused, open_case, take_step
from data.queries.acting import Place, case_of
from data.texts.catalogue import t
from data.vocabulary import STATUSES, VISIT_KINDS

PAPER = ("number", "day", "signer", "authority", "scope")
SAME_PAPER_WOULD_DO = "number_used"
"""Why a decision is refused whose number another venue has: it may be one decision of both, which a person says."""


def _facts(form: Form, *names: str) -> dict[str, Any]:
    """What the fields say, as JSON: days and moments as ISO 8601; what was left empty is left out."""
    said = {name: form.values[name] for name in names if name in form.values}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in said.items()}


def plan_visit(conn: Connection, place: Place, form: Form) -> Outcome:
    """Plan a visit of the kind on the day."""
    facts = _facts(form, "kind", "day", "sign")
    open_case(conn, "visit", "plan", place.code, facts=facts, client=form.number)
    kind = t(f"action.plan_visit.kind.{form.text('kind')}", form.lang)
    return Outcome("done", t("action.plan_visit.done", form.lang, kind=kind, day=form.day("day")))


def request_suspension(conn: Connection, place: Place, form: Form) -> Outcome:
    """Request that business stop until there is a QR; the ward confirms it, the owner agrees or refuses."""
    facts = _facts(form, "reason")
    taken = open_case(conn, "suspension_request", "request", place.code, facts=facts, client=form.number)
    return Outcome("done", t("action.request_suspension.done", form.lang, day=taken.due_on))


def refer(conn: Connection, place: Place, form: Form) -> Outcome:
    """Refer the venue to the authority that may decide."""
    facts = _facts(form, "to", "for_what")
    taken = open_case(conn, "referral", "refer", place.code, facts=facts, client=form.number)
    return Outcome("done", t("action.refer.done", form.lang, to=form.text("to"), day=taken.due_on))


def enter_decision(conn: Connection, place: Place, form: Form) -> Outcome:
    """Enter a decision from its paper; one whose number another venue has is asked about."""
    facts = _facts(form, "starts_on", "ends_on", "issued_at") | {"same_paper": form.is_confirmed}
    paper = _facts(form, *PAPER)
    try:
        open_case(conn, "suspension_decision", "enter", place.code, facts=facts, paper=paper, client=form.number)
    except StepRefused as refused:
        if refused.why != SAME_PAPER_WOULD_DO:
            raise
        return Outcome("asks", refused.sentence(form.lang))
    return Outcome("done", t("action.enter_decision.done", form.lang, number=form.text("number")))


def _undo(step: str, again: str | None = None) -> Perform:
    """Takes the case back that was opened under the form's number, by ``step``; one that was taken up, by ``again``."""

    def undo(conn: Connection, _place: Place, form: Form) -> Outcome:
        found = case_of(conn, form.number)
        if found is None:
            return Outcome("refused", t("action.unseen", form.lang))
        case, was_opened = found
        take_step(conn, case, step if was_opened or again is None else again, facts={"why": t("action.case.withdrawn")})
        return Outcome("done", t("action.case.undone", form.lang))

    return undo


PLAN_VISIT = Action(
    key="plan_visit",
    opens="visit",
    rights=frozenset(("inspect", "remind")),  # who may only remind plans guidance; the database refuses the rest
    statuses=frozenset(STATUSES) - {"scanning"},
    perform=plan_visit,
    fields=(
        Field("kind", "choice", VISIT_KINDS, is_needed=True),
        Field("day", "day", is_needed=True),
        Field("sign", "text"),
    ),
    undo=_undo("waive", again="miss"),  # what was due before is due again
)
REQUEST_SUSPENSION = Action(
    key="request_suspension",
    opens="suspension_request",
    rights=frozenset(("suspend",)),
    statuses=frozenset(("violating",)),
    perform=request_suspension,
    fields=(Field("reason", "words", longest=500),),
    undo=_undo("withdraw"),
)
ENTER_DECISION = Action(
    key="enter_decision",
    opens="suspension_decision",
    rights=frozenset(("suspend", "approve")),
    statuses=frozenset(("violating", "suspended")),
    perform=enter_decision,
    fields=(
        Field("number", "text", longest=60, is_needed=True),
        Field("day", "day", is_needed=True),
        Field("signer", "text", longest=120, is_needed=True),
        Field("authority", "text", longest=200, is_needed=True),
        Field("scope", "text", is_needed=True),
        Field("starts_on", "day"),
        Field("ends_on", "day"),
        Field("issued_at", "moment"),
    ),
    undo=_undo("annul"),
    is_for_many=False,
)
REFER = Action(
    key="refer",
    opens="referral",
    rights=frozenset(("suspend",)),
    statuses=frozenset(("violating", "suspended", "reminded", "registered")),
    perform=refer,
    fields=(
        Field("to", "text", longest=200, is_needed=True),
        Field("for_what", "words", longest=500, is_needed=True),
    ),
    undo=_undo("withdraw"),
)
