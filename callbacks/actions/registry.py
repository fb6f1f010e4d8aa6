"""The registry: every action once, in the order in which buttons stand."""

from callbacks.actions.action import Action
from callbacks.actions.cases import ENTER_DECISION, PLAN_VISIT, REFER, REQUEST_SUSPENSION
from callbacks.actions.remind import REMIND
from data.access.caller import current_caller
from data.queries.acting import Excluded, Place

REGISTRY: dict[str, Action] = {
    action.key: action for action in (REMIND, PLAN_VISIT, REQUEST_SUSPENSION, REFER, ENTER_DECISION)
}


def of_caller() -> list[Action]:
    """The actions that whoever asks may do, wherever they are offered."""
    who = current_caller()
    return [action for action in REGISTRY.values() if who is not None and action.rights & who.rights]


def offered_at(place: Place) -> list[tuple[Action, Excluded | None]]:
    """Those of them that are offered at the venue as it is; with what is in the way of one that is not possible now."""
    offered = [action for action in of_caller() if place.status in action.statuses]
    return [(action, place.excluded.get(action.opens) if action.opens else None) for action in offered]
