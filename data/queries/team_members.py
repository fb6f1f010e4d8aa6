"""What other members of a team would mean, before a planner says so (``data/sql/team_members.sql``)."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.database.connection import Connection


@dataclass(frozen=True)
class Leaving:
    """Somebody who would leave: visits that they have recorded, and stops that they have taken and not made yet."""

    name: str
    recorded: int
    holds: int


@dataclass(frozen=True)
class Coming:
    """Somebody who would come: stops that their phone would have, and the other teams of that day that they are in."""

    name: str
    sees: int
    elsewhere: str | None


@dataclass(frozen=True)
class Turnover:
    """``open``: stops of the team to which somebody has still to go; ``is_nobody``: no member would be left."""

    gone: tuple[Leaving, ...]
    come: tuple[Coming, ...]
    open: int
    is_nobody: bool


def turnover(conn: Connection, plan: int, team: int, members: Sequence[int]) -> Turnover | None:
    """If ``members`` (accounts) were the team's; None where there is no such team, or the caller may not plan."""
    row = conn.execute("SELECT team_members_told(%s, %s, %s) AS told", (plan, team, list(members))).fetchone()
    told = row and row["told"]
    if not told:
        return None
    return Turnover(
        gone=tuple(Leaving(**each) for each in told["gone"]),
        come=tuple(Coming(**each) for each in told["come"]),
        open=told["open"],
        is_nobody=not members,
    )
