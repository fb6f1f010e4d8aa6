"""Actions as the browser is told of them: words in the reader's language, and forms as plain data."""

import datetime as dt
from typing import Any

from callbacks.actions import reading
from callbacks.actions.action import Action, Field
from data.texts.catalogue import t

_WORDS = (
    "action.all",
    "action.back",
    "action.cancel",
    "action.close",
    "action.confirm",
    "action.done",
    "action.failed",
    "action.first",
    "action.looking",
    "action.missing",
    "action.none",
    "action.not_done",
    "action.progress",
    "action.too_many",
    "action.undo",
    "action.undone",
    "action.will",
    "action.will_ask",
    "action.will_not",
)


def dialog(lang: str, day: dt.date) -> dict[str, Any]:
    """What the dialog needs besides the actions: its texts, its bounds, and the day on which acts are."""
    texts = {key.removeprefix("action."): t(key, lang) for key in _WORDS}
    return {"texts": texts, "most": reading.MOST, "piece": reading.PIECE, "day": day.isoformat()}


def action(one: Action, lang: str, day: dt.date) -> dict[str, Any]:
    """One action: its words, the statuses at which it is offered, its form, and whether it can be taken back."""
    return {
        "key": one.key,
        "name": t(f"action.{one.key}", lang),
        "title": t(f"action.{one.key}.title", lang, day=day),
        "go": t(f"action.{one.key}.go", lang),
        "statuses": sorted(one.statuses),
        "undo": one.undo is not None,
        "fields": [_field(one, field, lang) for field in one.fields],
    }


def _field(one: Action, field: Field, lang: str) -> dict[str, Any]:
    label = f"action.{one.key}.{field.name}"
    return {
        "name": field.name,
        "label": t(label, lang),
        "kind": field.kind,
        "choices": [[value, t(f"{label}.{value}", lang)] for value in field.choices],
        "longest": field.longest,
        "needed": field.is_needed,
    }
