"""Suspensions: business asked to stop until the venue has a QR."""

from etl.loading import events
from etl.loading.work import Changes, Work

TABLE = events.Table(
    name="suspension",
    key={"starts_on": "date"},
    values={"requested_on": "date", "ends_on": "date", "lifted_on": "date", "reason": "text"},
)


def check(work: Work) -> None:
    """Reject what no venue, no order of days or another row of the file allows; stage the rest."""
    events.reject_disorder(work, "starts_on", "ends_on", same_day=True)
    events.reject_disorder(work, "starts_on", "lifted_on", same_day=True)
    events.name_venues(work)
    events.settle_rows(work, TABLE, "venue_code")
    events.stage_incoming(work, TABLE)


def write(work: Work) -> Changes:
    """Upsert by venue and first day."""
    return events.write_events(work, TABLE)
