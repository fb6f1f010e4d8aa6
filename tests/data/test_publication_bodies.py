"""The list of bodies: its figures counted anew from the events, in Python."""

import pytest

from data.status.days import today
from tests.data.cases_world import DAY, People
from tests.etl.loading.files import rows

pytestmark = pytest.mark.usefixtures("fresh_database", "people")


def test_a_wards_figures_are_those_counted_from_its_reminders(people: People) -> None:
    since = today() - 19 * DAY
    venues = rows("SELECT v.id, w.code FROM venue AS v JOIN ward AS w ON w.id = v.ward_id")
    reminded = [venue for (venue, day) in rows("SELECT venue_id, reminded_on FROM reminder") if str(day) >= str(since)]
    expected = {}
    for ward in {code for _, code in venues}:
        here = [venue for venue, code in venues if code == ward]  # none of them has a QR
        reached = [venue for venue in here if venue in reminded]
        told = sum(reminded.count(venue) for venue in here)
        figures = {"venues": len(here), "without_qr": len(here), "reached": len(reached), "reminders": told}
        expected[ward] = (figures, round(len(reached) / len(here), 6))
    found = rows(
        "SELECT body_code, figures, round(share, 6)::float8 FROM publication_bodies(%s, %s) WHERE body_kind = 'ward'",
        since,
        today(),
    )
    assert {code: (figures, share) for code, figures, share in found} == expected
    assert {share for _, share in expected.values()} == {0.5, 1.0}, people
