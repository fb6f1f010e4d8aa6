"""The buttons that offer actions; ``assets/actions.js`` opens the dialog of the one that is pressed."""

import json
from collections.abc import Sequence
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from callbacks.actions.registry import of_caller, offered_at
from callbacks.server.language import language_pairs
from data.queries.acting import Excluded, Place
from data.texts.catalogue import t


def at_venue(place: Place, lang: str) -> list[Component]:
    """What the caller may do at one venue as it is."""
    at_it = _venues([place.code])
    return [_button(action.key, lang, **at_it) for action, excluded in offered_at(place) if excluded is None]


def not_now(place: Place, lang: str) -> list[Component]:
    """What they may not, since an open case is in the way: why, and the way to that case."""
    return [_not_now(action.key, excluded, lang) for action, excluded in offered_at(place) if excluded is not None]


def in_row(place: Place | None, lang: str) -> list[Component]:
    """Both, folded, in the row of a list that stands for the venue; nothing where nothing is offered there."""
    offered = [*at_venue(place, lang), *not_now(place, lang)] if place else []
    if not place or not offered:
        return []
    summary = html.Summary([t("action.row", lang), html.Span(f": {place.name}", className="for-screen-readers")])
    return [html.Details([summary, html.Div(offered, className="offered")], className="row-acts")]


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


def _not_now(key: str, excluded: Excluded, lang: str) -> Component:
    named = html.Strong(t("action.not_now", lang, action=t(f"action.{key}", lang)))
    address = "/cases/?" + urlencode({"case": excluded.case} | language_pairs(lang))
    why = f" {t(f'case.refused.{excluded.why}', lang)} "
    return html.P([named, why, html.A(t("action.in_the_way", lang), href=address)], className="not-now")


def _venues(codes: Sequence[str]) -> dict[str, str]:
    return {"data-venues": json.dumps(list(codes))}


def _button(key: str, lang: str, **target: str) -> Component:
    told = {"data-action": key, "data-failed": t("action.unreachable", lang), **target}
    return html.Button(t(f"action.{key}", lang), type="button", className="small-button", **told)
