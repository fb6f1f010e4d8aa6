"""The buttons that offer actions; ``assets/actions.js`` opens the dialog of the one that is pressed."""

import json
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from callbacks.actions.registry import of_caller, offered_at
from data.texts.catalogue import t


def at_venue(code: str, status: str | None, lang: str) -> list[Component]:
    """What the caller may do at one venue of ``status``."""
    return [_button(action.key, lang, **_venues([code])) for action in offered_at(status)]


def at_venues(codes: Sequence[str], lang: str) -> list[Component]:
    """What the caller may do at several venues, whatever their status: the dialog says of each what would come of
    it."""
    return [_button(action.key, lang, **_venues(codes)) for action in of_caller() if action.is_for_many]


def at_filtered(lang: str) -> list[Component]:
    """What the caller may do at all venues that the filters of the address let through."""
    return [_button(action.key, lang, **{"data-filtered": ""}) for action in of_caller() if action.is_for_many]


def at_ticked(lang: str) -> list[Component]:
    """What the caller may do at the rows of the table that are ticked."""
    return [_button(action.key, lang, **{"data-ticked": ""}) for action in of_caller() if action.is_for_many]


def _venues(codes: Sequence[str]) -> dict[str, str]:
    return {"data-venues": json.dumps(list(codes))}


def _button(key: str, lang: str, **target: str) -> Component:
    told = {"data-action": key, "data-failed": t("action.unreachable", lang), **target}
    return html.Button(t(f"action.{key}", lang), type="button", className="small-button", **told)
