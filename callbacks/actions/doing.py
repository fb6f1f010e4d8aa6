"""Doing an act venue by venue, or only finding out what would come of it."""

import uuid
from dataclasses import dataclass
from typing import Literal

from callbacks.actions.action import Action, Form, Outcome, Perform
from callbacks.actions.reading import Asked
from data.database.connection import desk_connection
from data.errors import DatabaseUnavailable, NotAllowed, NotMigrated, UserError
from data.queries.acting import Place, places
from data.texts.catalogue import t

Way = Literal["preview", "do", "undo"]


@dataclass(frozen=True)
class Line:
    """What became of one venue, or would."""

    venue: str
    name: str
    state: str
    text: str


def carry_out(action: Action, asked: Asked, lang: str, way: Way) -> list[Line]:
    """The act at each of its venues, in their order; one that cannot be done keeps none of the others.

    ``preview`` does it by the same function and takes it back, so that nothing else has to know when it is refused. A
    venue that the caller may not see is one that does not exist.

    Raises
    ------
    NotAllowed
        The database does not let the caller do it anywhere.
    DatabaseUnavailable
    """
    perform = action.undo if way == "undo" and action.undo else action.perform
    lines: list[Line] = []
    with desk_connection() as conn:
        found = places(conn, list(asked.codes))
    for position, code in enumerate(asked.codes):
        place = found.get(code)
        if place is None:
            lines.append(Line(code, code, "refused", t("action.unseen", lang)))
            continue
        form = Form(asked.values, uuid.uuid5(asked.client, code), lang, asked.is_confirmed, may_wait=position == 0)
        outcome = _at(perform, place, form, keeps=way != "preview")
        lines.append(Line(code, place.name, outcome.state, outcome.text))
    return lines


def _at(perform: Perform, place: Place, form: Form, *, keeps: bool) -> Outcome:
    """The outcome at one venue, in a transaction of its own: a load that waits is held up by one venue at most."""
    try:
        with desk_connection() as conn:
            outcome = perform(conn, place, form)
            if not keeps or outcome.state != "done":
                conn.rollback()
            return outcome
    except (NotAllowed, DatabaseUnavailable, NotMigrated):
        raise
    except UserError as error:
        return Outcome("refused", error.sentence(form.lang))
