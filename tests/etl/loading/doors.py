"""What stands in the database of what was recorded at doors."""

from data.status.days import today
from tests.etl.loading.files import one, rows


def status(code: str = "V001") -> str:
    return str(one("SELECT status FROM venue WHERE code = %s", code))


def reminders() -> list[tuple[object, ...]]:
    return rows(
        "SELECT v.code, r.reminded_on, r.reason, r.given_by, r.method, r.withdrawn_on, r.load_id"
        " FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id ORDER BY r.id"
    )


def states() -> list[str]:
    return [state for (state,) in rows("SELECT state FROM field_event ORDER BY seq")]


def written() -> str:
    return f"{today():%d/%m/%Y}"
