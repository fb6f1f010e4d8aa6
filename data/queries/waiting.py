"""What waits for whoever asks: kinds of waiting things, each with who it waits for, since when and until when.

A kind is one entry of :data:`KINDS`: who it is for, where it is dealt with, and the SQL of its lines. Row-level
security leaves what is of the caller's wards and units. Days are days of the data, as in cases; where hours count,
moments.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, LiteralString
from urllib.parse import quote

from data.access.caller import Caller
from data.access.roles import Right
from data.database.connection import Connection
from data.queries import waiting_sql as sql
from data.queries.quality import SILENT_DAYS

LISTED = 8
"""Lines of a kind that are shown; all are counted."""
_PARAMETERS = {"silent_days": SILENT_DAYS, "listed": LISTED}
CASE = "/cases/?case={}"
VENUE = "/?venue={}"
LIST = "/publication/?list={}"


@dataclass(frozen=True)
class Kind:
    """One kind of waiting things; its name is the text ``waiting.<key>``.

    Attributes
    ----------
    rights
        Any one of which makes it the caller's.
    lines
        SQL whose rows are ``title``, ``said`` (key of a text, or NULL), ``detail``, ``since``, ``due_on``, ``due_at``,
        ``reference``, which stands for ``{}`` in ``line``, and ``venue``, its code where it is of one.
    line
        Address of one of its lines.
    screen
        Address of all of them: a screen of the navigation, which then bears their number, or a view of the map.
    roles
        Where it is a duty of these roles alone; none named: of whoever has the right.
    is_counted
        Whether it is work by itself, and counted in the navigation; what is watched over only is not.
    is_acted_on
        Whether what is to be done next is done at the venue of a line, so that the line offers it.
    """

    key: str
    rights: frozenset[Right]
    lines: LiteralString
    line: str
    screen: str
    roles: frozenset[str] = frozenset()
    is_counted: bool = True
    is_acted_on: bool = False

    def is_for(self, who: Caller) -> bool:
        """Whether it waits for the caller."""
        return bool(self.rights & who.rights) and (not self.roles or who.role in self.roles)


@dataclass(frozen=True)
class Line:
    """One waiting thing; ``late``: working days since it was due (hours count as a day), 0 where it is in time;
    ``venue``: code of the venue at which it waits."""

    title: str
    said: str | None
    detail: str | None
    since: dt.date | None
    due_on: dt.date | None
    due_at: dt.datetime | None
    late: int
    address: str
    venue: str | None


@dataclass(frozen=True)
class Waiting:
    """What waits of a kind: how many, how many of them late, since when the first, and the most urgent lines."""

    kind: Kind
    count: int
    late: int
    since: dt.date | None
    lines: tuple[Line, ...]


def _kind(key: str, rights: tuple[Right, ...], lines: LiteralString, line: str, screen: str, **more: Any) -> Kind:
    return Kind(key, frozenset(rights), lines, line, screen, **more)


KINDS: tuple[Kind, ...] = (
    _kind("announce", ("suspend", "approve", "publish"), sql.ANNOUNCE, CASE, "/cases/"),
    _kind("announce_again", ("suspend", "approve", "publish"), sql.ANNOUNCE_AGAIN, CASE, "/cases/"),
    _kind("lift", ("suspend", "approve"), sql.LIFT, CASE, "/cases/"),
    _kind("confirm", ("confirm",), sql.CONFIRM, CASE, "/cases/"),
    _kind("implausible", ("confirm",), sql.IMPLAUSIBLE, "/cases/reminders", "/cases/"),
    _kind("agree", ("suspend",), sql.AGREE, CASE, "/cases/"),
    _kind("publication_objections", ("approve",), sql.OBJECTIONS, CASE, "/publication/"),
    _kind("publication_claims", ("publish", "remind", "confirm"), sql.CLAIMS, CASE, "/cases/"),
    _kind("publication_unsealed", ("publish",), sql.LISTS_UNSEALED, LIST, "/publication/"),
    _kind("publication_channels", ("publish",), sql.LISTS_TO_TICK, LIST, "/publication/"),
    _kind("publication_ready", ("approve",), sql.ENTRIES_READY, CASE, "/publication/"),
    _kind("publication_publish", ("publish",), sql.LISTS_TO_PUBLISH, LIST, "/publication/"),
    _kind("publication_notify", ("publish",), sql.LISTS_TO_NOTIFY, LIST, "/publication/"),
    _kind("publication_deliver", ("publish", "confirm", "remind"), sql.ENTRIES_TO_DELIVER, CASE, "/cases/"),
    _kind("reports", ("report",), sql.REPORTS, "/reports/", "/reports/"),
    _kind("reports_late", ("aggregate",), sql.REPORTS_LATE, "/reports/?week={}", "/reports/", is_counted=False),
    _kind("visits", ("inspect", "remind"), sql.VISITS, CASE, "/cases/", is_acted_on=True),
    _kind("follow_ups", ("inspect", "remind"), sql.FOLLOW_UPS, CASE, "/cases/", is_acted_on=True),
    _kind("ended", ("suspend", "confirm"), sql.ENDED, CASE, "/cases/", is_counted=False),
    _kind("referrals", ("suspend", "approve"), sql.REFERRALS, CASE, "/cases/"),
    _kind("proposals", ("confirm", "review"), sql.PROPOSALS, "/field/proposals", "/field/proposals"),
    _kind("files", ("load",), sql.FILES, "/imports/", "/imports/"),
    _kind("described", ("review",), sql.DESCRIBED, "/review/", "/review/"),
    _kind("twins", ("review",), sql.TWINS, "/review/", "/review/"),
    _kind("passwords", ("accounts",), sql.PASSWORDS, "/accounts/", "/accounts/"),
    _kind("silent", ("quality",), sql.SILENT, "/quality/", "/quality/"),
    _kind("own_units", ("view",), sql.NOT_COMPLIANT, VENUE, "/", roles=frozenset(("managing_body",))),
    _kind(
        "unplanned",
        ("inspect",),
        sql.UNPLANNED,
        VENUE,
        "/?status=violating",
        is_counted=False,
        is_acted_on=True,
    ),
    _kind("new_violators", ("publish",), sql.NEW_VIOLATORS, VENUE, "/?status=violating", is_counted=False),
    _kind(
        "points_of_sale",
        ("view",),
        sql.POINTS_OF_SALE,
        VENUE,
        "/?category=point_of_sale&status=violating",
        roles=frozenset(("economy_office",)),
        is_counted=False,
    ),
)
"""All kinds, what is most urgent first."""


def counts(conn: Connection, who: Caller) -> dict[str, int]:
    """How much waits for the caller, by the address of the screen; what is only watched over is not counted."""
    found: dict[str, int] = {}
    for kind in KINDS:
        if kind.is_for(who) and kind.is_counted:
            row = conn.execute(f"SELECT count(*) AS waiting FROM ({kind.lines}) AS w", _PARAMETERS).fetchone()  # noqa: S608
            found[kind.screen] = found.get(kind.screen, 0) + (row["waiting"] if row else 0)
    return found


def waiting(conn: Connection, who: Caller) -> list[Waiting]:
    """What waits for the caller, kind by kind; those of which nothing waits are there with 0."""
    return [_waiting(conn, kind) for kind in KINDS if kind.is_for(who)]


def _waiting(conn: Connection, kind: Kind) -> Waiting:
    rows = conn.execute(
        f"""
        SELECT w.*, count(*) OVER () AS waiting, count(*) FILTER (WHERE w.late > 0) OVER () AS all_late,
               min(w.since) OVER () AS first
        FROM (
            SELECT x.*, CASE
                WHEN x.due_at IS NOT NULL THEN (x.due_at < clock_timestamp())::integer
                ELSE GREATEST(working_days_between(x.due_on, (SELECT current_day())), 0)
            END AS late
            FROM ({kind.lines}) AS x
        ) AS w
        ORDER BY w.due_at NULLS LAST, w.due_on NULLS LAST, w.since NULLS LAST, w.title LIMIT %(listed)s
        """,  # noqa: S608  # a literal of waiting_sql
        _PARAMETERS,
    ).fetchall()
    lines = tuple(_line(kind, row) for row in rows)
    if not rows:
        return Waiting(kind, 0, 0, None, ())
    return Waiting(kind, rows[0]["waiting"], rows[0]["all_late"], rows[0]["first"], lines)


def _line(kind: Kind, row: dict[str, Any]) -> Line:
    return Line(
        title=row["title"],
        said=row["said"],
        detail=row["detail"],
        since=row["since"],
        due_on=row["due_on"],
        due_at=row["due_at"],
        late=row["late"] or 0,
        address=kind.line.format(quote(row["reference"], safe="")),
        venue=row["venue"],
    )
