"""The registry: every action once, in the order in which buttons stand."""

from callbacks.actions.action import Action
from callbacks.actions.cases import ENTER_DECISION, PLAN_VISIT, REFER, REQUEST_SUSPENSION
from callbacks.actions.remind import REMIND
from data.access.caller import current_caller

REGISTRY: dict[str, Action] = {
    action.key: action for action in (REMIND, PLAN_VISIT, REQUEST_SUSPENSION, REFER, ENTER_DECISION)
}


def of_caller() -> list[Action]:
    """The actions that whoever asks may do, wherever they are offered."""
    who = current_caller()
    return [action for action in REGISTRY.values() if who is not None and action.rights & who.rights]


def offered_at(status: str | None) -> list[Action]:
    """Those of them that are offered at a venue of ``status``; None: it is not open."""
    return [action for action in of_caller() if status in action.statuses]
