"""The weights of the priority and what else the policy says of inspections: what is in force, setting it, undoing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.refusals import refusals
from data.errors import TextError
from data.texts.sentences import Sentence


class WeightsRefused(TextError):
    """Weights that may not be set; ``why`` is the end of its text's key (``priority.refused.<why>``)."""

    def __init__(self, why: str, **values: object) -> None:
        self.why = why
        super().__init__(f"priority.refused.{why}", **values)


@dataclass(frozen=True)
class Setting:
    """What is in force.

    Attributes
    ----------
    weights
        By part, 0 to 100.
    inspections_a_year
        Of one venue without a sign of violation, at most.
    two_person
        Whether an inspection is recorded by two officers.
    by, at
        Who set it, and when; None: nobody, so that it is the product's own.
    """

    weights: Mapping[str, float]
    inspections_a_year: int
    two_person: bool
    by: str | None = None
    at: dt.datetime | None = None


def in_force(conn: Connection) -> Setting:
    """What is in force on the current day."""
    row = conn.execute(
        """
        SELECT priority_weights() AS weights, p.inspections_a_year, p.two_person, p.priority ->> 'by' AS by,
               (p.priority ->> 'at')::timestamptz AS at
        FROM policy AS p WHERE p.valid_from <= current_day() ORDER BY p.valid_from DESC LIMIT 1
        """
    ).fetchone()
    if row is None:
        raise AssertionError("migrating gives a policy")
    return Setting(**row)


def require_allowed(conn: Connection, weights: Mapping[str, float], inspections_a_year: int) -> None:
    """Nothing, where this may be set; raises :class:`WeightsRefused`."""
    row = conn.execute(
        "SELECT setting_forbids(%s, %s) AS forbidden", (Jsonb(dict(weights)), inspections_a_year)
    ).fetchone()
    if row and row["forbidden"]:
        raise _refused(row["forbidden"].pop("why"), row["forbidden"])


def set_weights(conn: Connection, weights: Mapping[str, float], inspections_a_year: int, *, two_person: bool) -> None:
    """Set it from the current day on.

    Raises
    ------
    WeightsRefused
        A part that there is not, a weight beyond its bounds, no weight at all, inspections beyond 1 to 12; or what
        binds the police is loosened by somebody else than the Command.
    NotAllowed
    """
    with refusals(conn, "priority.refused.", _refused):
        conn.execute("SELECT set_priority(%s, %s, %s)", (Jsonb(dict(weights)), inspections_a_year, two_person))


def go_back(conn: Connection) -> bool:
    """Set again what was in force before the last setting; False: nobody has set anything. Raises as
    :func:`set_weights`."""
    with refusals(conn, "priority.refused.", _refused):
        row = conn.execute("SELECT unset_priority() AS done").fetchone()
    return bool(row and row["done"])


def _refused(why: str, values: dict[str, str]) -> WeightsRefused:
    part = values.get("part")
    if part and why == "bounds":
        return WeightsRefused(why, part=Sentence(f"priority.part.{part}"))
    return WeightsRefused(why, **values)
