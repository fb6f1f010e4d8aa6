"""What the model in shadow and the harness are told of visits: what was known the day before, never who visited."""

from pathlib import Path

import pytest

from data.__main__ import main
from data.database.connection import loader_connection
from data.queries.shadow import shadow_rows
from data.status.days import today
from planning.harness.files import read_outcomes
from planning.shadow import FEATURES, shadow_order
from tests.data.cases_world import DAY, People, ground, open_as, registered, step_as
from tests.etl.loading.files import SCANS, load_file, rows, write_csv


def _record(people: People, venue: str, outcome: str) -> int:
    """A guidance visit of today; returns its case."""
    case = open_as(people.police, "visit", "plan", venue, facts={"kind": "guidance", "day": today().isoformat()})
    step_as(people.police, case, "record", facts={"outcome": outcome, "photo": "a" * 64, "words": "…"})
    return case.id


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    """Those of the chain, and V1 to V5."""
    ground(tmp_path)
    return People()


def test_a_visit_is_described_by_what_was_known_the_day_before(tmp_path: Path, people: People) -> None:
    registered(tmp_path, "V4", today() - DAY * 30)
    days = [(f"V{n}", f"{today() - DAY * (31 + back):%d/%m/%Y}", 10 * (1 + back)) for n in (1, 4) for back in range(2)]
    load_file(write_csv(tmp_path / "quet.csv", SCANS, [*days, ("V4", f"{today():%d/%m/%Y}", 40)]))
    found, clean, _away = (
        _record(people, *each) for each in (("V1", "not_compliant"), ("V4", "compliant"), ("V2", "closed"))
    )
    ids = dict(rows("SELECT code, id FROM venue"))
    with loader_connection() as conn:
        told = shadow_rows(conn, [ids["V1"], ids["V3"]], today() + DAY)

    assert [(row["id"], row["found"]) for row in told] == [
        (found, True),
        (clean, False),
        (ids["V1"], None),
        (ids["V3"], None),
    ]
    of_found, of_clean, of_planned, _ = ({name: row[name] for name in FEATURES} for row in told)
    # its third reminder was 18 days ago, so 17 on the day before the visit; scans of 10 and 20, when it had no QR
    assert of_found == {
        "status": "violating", "category": "eatery", "days_in_status": 17, "reminders": 3, "scans": 15.0,
        "days_since_seen": 17,
    }  # fmt: skip
    # the 40 scans of the day of the visit were not known before it
    assert (of_clean["scans"], of_clean["days_since_seen"]) == (15.0, None)
    # today's visit is known tomorrow
    assert (of_planned["days_in_status"], of_planned["days_since_seen"]) == (18, 0)
    assert set(told[0]) == {*FEATURES, "id", "day", "found"}
    assert shadow_order(told, today() + DAY) is None  # of two outcomes nothing is learnt


def test_outcomes_are_printed_as_the_harness_reads_them(
    tmp_path: Path, people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    registered(tmp_path, "V4", today() - DAY * 30)
    load_file(write_csv(tmp_path / "quet.csv", SCANS, [("V4", f"{today() - DAY:%d/%m/%Y}", 9)]))
    for venue, outcome in (("V5", "made_on_spot"), ("V4", "compliant"), ("V2", "not_found")):
        _record(people, venue, outcome)
    assert main(["outcomes"]) == 0
    file = tmp_path / "outcomes.csv"
    file.write_text(capsys.readouterr().out, "utf-8")
    clean, found = read_outcomes(file)
    assert (clean.venue, clean.found, clean.since, clean.reminders, clean.ward) == ("V4", False, None, 0, "Mộ Lao")
    # the data begin with the registration of V4, and V5 never had a QR
    assert (found.venue, found.found, found.since, found.reminders) == ("V5", True, today() - DAY * 30, 3)
    assert {found.sort, clean.sort} == {"household"}
    assert (found.day, found.inspector) == (today(), None)

    assert main(["outcomes", "--to", (today() - DAY).isoformat()]) == 0
    assert capsys.readouterr().out.splitlines() == ["venue,day,ward,sort,lon,lat,since,found,reminders"]


@pytest.mark.parametrize(
    ("name", "category", "is_organisation"),
    [
        ("Hộ kinh doanh Nguyễn Văn An", "supermarket", False),
        ("HKD Minh Anh", "cafe", False),
        ("Công ty TNHH Phú Lộc", "cafe", True),
        ("CTCP Hà Đông", "eatery", True),
        ("Trường Lê Quý Đôn", "school", True),
        ("Cà phê Đại Phát", "cafe", False),
    ],
)
def test_name_and_category_tell_the_sort_of_business(
    database: str, name: str, category: str, is_organisation: bool
) -> None:
    assert rows("SELECT is_organisation(%s, %s)", name, category) == [(is_organisation,)]
