"""Registrations: the export of the QR account. A venue may have several, one after the other or side by side."""

from etl.loading import events
from etl.loading.work import Changes, Work

TABLE = events.Table(
    name="registration",
    key={"registered_on": "date", "qr_code": "text"},
    values={"ended_on": "date", "qr_content": "text", "app": "text"},
    nullable=("qr_code",),
)


def check(work: Work) -> None:
    """Reject what no venue, no order of days or another row of the file allows; stage the rest."""
    events.reject_disorder(work, "registered_on", "ended_on", same_day=False)
    events.name_venues(work)
    events.settle_rows(work, TABLE, "venue_code")
    events.stage_incoming(work, TABLE)


def write(work: Work) -> Changes:
    """Upsert by venue, day and code number."""
    return events.write_events(work, TABLE)
