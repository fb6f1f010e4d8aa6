"""Reminders: one row a contact with a venue."""

from etl.loading import events
from etl.loading.work import Changes, Work
from etl.locating.districts import ward_names

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
    events.settle_rows(work, TABLE, "venue_code")
    events.stage_incoming(work, TABLE)


def write(work: Work) -> Changes:
    """Upsert by venue, day, reason and who gave it; whose book it is, is remembered with the load."""
    work.remarks["wards"] = _wards(work)
    return events.write_events(work, TABLE)


def _wards(work: Work) -> list[str]:
    """Codes of the wards of the venues spoken of; of descriptions that wait, the wards that they name."""
    waiting = work.waiting.frame.reindex(columns=["venue_ward"])["venue_ward"].astype(object)
    named = ward_names(work.conn, work.today).named(waiting).tolist() if len(waiting) else []
    rows = work.conn.execute(
        "SELECT w.code FROM ward AS w WHERE w.id = ANY(%s)"
        " OR w.id IN (SELECT v.ward_id FROM incoming AS i JOIN venue AS v ON v.id = i.venue_id) ORDER BY w.code",
        (sorted(set(named)),),
    )
    return [row["code"] for row in rows]
