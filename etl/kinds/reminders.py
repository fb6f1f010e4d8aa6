"""Reminders: one row a contact with a venue."""

from etl import events
from etl.work import Changes, Work

TABLE = events.Table(
    name="reminder",
    key={"reminded_on": "date", "reason": "text", "given_by": "text"},
    values={"method": "text", "withdrawn_on": "date"},
    nullable=("given_by",),
)


def check(work: Work) -> None:
    """Reject what no venue, no order of days or another row of the file allows; stage the rest."""
    events.reject_disorder(work, "reminded_on", "withdrawn_on", same_day=True)
    events.name_venues(work)
    work.reject_repeated(["venue_id", *TABLE.key], [*TABLE.values], "venue_code")
    events.stage_incoming(work, TABLE)


def write(work: Work) -> Changes:
    """Upsert by venue, day, reason and who gave it; whose book it is, is remembered with the load."""
    rows = work.conn.execute(
        "SELECT DISTINCT w.code FROM incoming AS i JOIN venue AS v ON v.id = i.venue_id"
        " JOIN ward AS w ON w.id = v.ward_id ORDER BY w.code"
    )
    work.remarks["wards"] = [row["code"] for row in rows]
    return events.write_events(work, TABLE)
