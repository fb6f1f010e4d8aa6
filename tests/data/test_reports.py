"""Reports: what they count is what the rule says, what was sent stands, and who may."""

import datetime as dt
from collections import Counter
from typing import Any

import pytest

from data.access.caller import COMMAND_LINE, Caller, acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import reports
from data.desk.reports import ReportChanged, ReportRefused
from data.errors import NotAllowed
from data.queries import report_board
from data.queries.annotations import annotations
from data.queries.reports import Report, is_whole, live_figures, report
from data.status import periods
from tests.fixtures.officers import officer

MONDAY = dt.date(2021, 11, 29)
LAST_WEEK = dt.date(2021, 11, 22)
BEFORE, TO = dt.date(2021, 11, 21), dt.date(2021, 11, 28)


@pytest.fixture(scope="module", autouse=True)
def database(own_demo_database: str) -> str:
    return own_demo_database


@pytest.fixture
def chair() -> Caller:
    return officer("chutich", "Mộ Lao", role="ward_chair")


@pytest.fixture
def office() -> Caller:
    return officer("vanhoa", role="culture_office")


def _written(who: Caller, ward: str, monday: dt.date) -> int:
    with acting_as(who), desk_connection() as conn:
        return reports.opened(conn, ward, monday)


def _seen(who: Caller, number: int) -> Report | None:
    with acting_as(who), app_connection() as conn:
        return report(conn, number)


def _sent(who: Caller, number: int) -> int:
    with acting_as(who), desk_connection() as conn:
        found = report(conn, number)
        assert found is not None
        return reports.sent(conn, number, found.serial)


def _code(name: str) -> str:
    with loader_connection() as conn:
        row = conn.execute("SELECT code FROM ward WHERE name = %s", (name,)).fetchone()
    assert row
    return str(row["code"])


def _rule(day: dt.date) -> dict[str, dict[str, Any]]:
    """Each venue as the rule alone has it, asked of the events and not of the periods."""
    with loader_connection() as conn:
        rows = conn.execute(
            "SELECT v.code, w.name AS ward, v.category, v.street, s.status::text AS status, s.has_qr, s.has_scans"
            " FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id CROSS JOIN LATERAL venue_status(v.id, %s) AS s"
            " WHERE s.status IS NOT NULL",
            (day,),
        )
        return {row["code"]: row for row in rows}


def _expected(ward: str | None) -> dict[str, Any]:
    now, old = ({k: v for k, v in _rule(day).items() if ward in (None, v["ward"])} for day in (TO, BEFORE))
    counted, before = (Counter(v["status"] for v in side.values()) for side in (now, old))
    was = {code: venue["status"] for code, venue in old.items()}
    ill = ("violating", "suspended")
    return {
        "venues": [len(now), len(old)],
        "with_qr": [sum(v["has_qr"] for v in side.values()) for side in (now, old)],
        "with_scans": [sum(v["has_scans"] for v in side.values()) for side in (now, old)],
        "statuses": {s: [counted[s], before[s]] for s in (*counted, *before)},
        "changes": {
            "newly_violating": sum(v["status"] == "violating" != was.get(c) for c, v in now.items()),
            "solved": sum(was.get(c) in ill and v["status"] not in ill for c, v in now.items()),
            "newly_suspended": sum(v["status"] == "suspended" != was.get(c) for c, v in now.items()),
        },
        "categories": {
            category: sum(v["category"] == category for v in now.values())
            for category in {v["category"] for v in now.values()}
        },
        "violating_streets": Counter(v["street"] for v in now.values() if v["street"] and v["status"] == "violating"),
    }


@pytest.mark.parametrize("ward", ["Mộ Lao", None])
def test_what_a_report_counts_is_what_the_rule_says(ward: str | None, chair: Caller, office: Caller) -> None:
    if ward:
        number, who = _written(chair, _code(ward), LAST_WEEK), chair
    else:
        with acting_as(office), desk_connection() as conn:
            number, who = reports.opened_district(conn, LAST_WEEK, TO), office
    with acting_as(who), app_connection() as conn:
        figures = live_figures(conn, number)
    assert figures is not None
    expected = _expected(ward)
    for name in ("venues", "with_qr", "with_scans", "changes"):
        assert figures[name] == expected[name], name
    assert {s: pair for s, pair in figures["statuses"].items() if pair != [0, 0]} == expected["statuses"]
    assert {line["code"]: line["venues"] for line in figures["categories"]} == expected["categories"]
    assert figures["streets"][0]["violating"] == max(
        sum(v["status"] == "violating" for v in _rule(TO).values() if (v["street"], v["ward"]) == place)
        for place in {(v["street"], v["ward"]) for v in _rule(TO).values() if v["street"] and ward in (None, v["ward"])}
    )
    assert figures["series"]["statuses"]["violating"][-1] == figures["statuses"]["violating"][0]
    assert figures["series"]["statuses"]["violating"][-8] == figures["statuses"]["violating"][1]
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT count(*) AS n FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id LEFT JOIN ward AS w"
            " ON w.id = v.ward_id WHERE r.reminded_on BETWEEN %s AND %s AND r.withdrawn_on IS NULL"
            " AND (%s::text IS NULL OR w.name = %s)",
            (LAST_WEEK, TO, ward, ward),
        ).fetchone()
    assert row
    assert figures["reminders"]["total"] == row["n"] > 0
    assert figures["reminders"]["total"] == sum(g["no_qr"] + g["not_scanning"] for g in figures["reminders"]["givers"])
    if ward is None:
        assert sum(line["venues"] for line in figures["wards"]) == figures["venues"][0]


def test_a_report_is_written_sent_corrected_and_stands_when_the_data_change(chair: Caller, office: Caller) -> None:
    number = _written(chair, _code("Mộ Lao"), LAST_WEEK)
    assert _written(chair, _code("Mộ Lao"), LAST_WEEK) == number
    with acting_as(chair), desk_connection() as conn:
        found = report(conn, number)
        assert found
        assert found.is_due
        assert found.state == "draft"
        serial = reports.saved(conn, number, found.serial, {"difficulties": "Thiếu người."})
        with pytest.raises(ReportChanged) as changed:
            reports.saved(conn, number, found.serial, {"difficulties": "Khác."})
        assert changed.value.texts == {"difficulties": "Thiếu người."}
        assert changed.value.serial == serial
        assert reports.sent(conn, number, serial) == 1
        with pytest.raises(ReportRefused, match="đã gửi"):
            reports.saved(conn, number, serial + 1, {"note": "muộn"})
    with loader_connection() as conn:
        venue = conn.execute(
            "SELECT v.id FROM venue AS v JOIN ward AS w ON w.id = v.ward_id WHERE w.name = 'Mộ Lao'"
            " AND v.status <> 'unregistered' LIMIT 1"
        ).fetchone()
        assert venue
        conn.execute("DELETE FROM registration WHERE venue_id = %s", (venue["id"],))
        conn.execute("UPDATE venue SET ward_id = NULL WHERE id = %s", (venue["id"],))
        periods.after_load(conn, [venue["id"]], days_changed=False)
    with acting_as(chair), desk_connection() as conn:
        live = live_figures(conn, number)
        serial = reports.corrected(conn, number, "Một địa điểm ghi nhầm phường.")
        assert reports.sent(conn, number, serial) == 2
        kept = report(conn, number)
        assert is_whole(conn, number)
    assert kept
    assert live
    first, second = kept.versions
    assert first.is_late
    assert second.why == "Một địa điểm ghi nhầm phường."
    assert second.figures["venues"][0] == first.figures["venues"][0] - 1 == live["venues"][0]
    following = _written(chair, _code("Mộ Lao"), MONDAY)
    with acting_as(chair), app_connection() as conn:
        figures = live_figures(conn, following)
    assert figures
    assert (figures["from"], figures["to"]) == ("2021-11-29", "2021-11-30")
    with acting_as(office), app_connection() as conn:
        lines = {line.ward: line for line in report_board.board(conn, LAST_WEEK)}
        assert (lines["Mộ Lao"].state, lines["Mộ Lao"].versions, lines["Mộ Lao"].is_late) == ("sent", 2, True)
        assert len(lines) == 17
        missing = {(m.ward, m.first_day) for m in report_board.missing(conn)}
    assert ("Mộ Lao", LAST_WEEK) not in missing
    assert ("Văn Quán", LAST_WEEK) in missing


def test_a_report_sent_on_its_friday_leaves_the_week_end_to_the_next() -> None:
    chair = officer("chutich2", "Phú La", role="ward_chair")
    number = _written(chair, _code("Phú La"), LAST_WEEK)
    _sent(chair, number)
    with loader_connection() as conn:
        conn.execute("UPDATE report_version SET to_day = '2021-11-26' WHERE report_id = %s", (number,))
    following = _written(chair, _code("Phú La"), MONDAY)
    with acting_as(chair), app_connection() as conn:
        figures = live_figures(conn, following)
    assert figures
    assert figures["from"] == "2021-11-27"


def test_a_week_may_be_sent_from_the_day_before_it_is_due(chair: Caller) -> None:
    number = _written(chair, _code("Mộ Lao"), MONDAY)
    with pytest.raises(ReportRefused, match="02/12/2021"):
        _sent(chair, number)
    for monday in (MONDAY + dt.timedelta(days=7), dt.date(2021, 11, 23)):
        with pytest.raises(ReportRefused):
            _written(chair, _code("Mộ Lao"), monday)


def test_nobody_else_reads_or_writes_it(chair: Caller, office: Caller) -> None:
    number = _written(chair, _code("Mộ Lao"), LAST_WEEK)
    other = officer("chutich3", "Văn Quán", role="ward_chair")
    police, admin = officer("congan", role="police"), officer("quantri", role="admin")
    for who in (other, police, admin, officer("canbo", "Mộ Lao")):
        assert _seen(who, number) is None
        with acting_as(who), app_connection() as conn:
            assert live_figures(conn, number) is None
        for attempt in (
            lambda c: reports.saved(c, number, 0, {}),
            lambda c: reports.sent(c, number, 0),
            lambda c: reports.corrected(c, number, "x"),
            lambda c: reports.present(c, number),
            lambda c: reports.annotated(c, LAST_WEEK, TO, "x"),
        ):
            with acting_as(who), desk_connection() as conn, pytest.raises(NotAllowed):
                attempt(conn)
    with pytest.raises(ReportRefused):
        _written(other, _code("Mộ Lao"), LAST_WEEK)
    seen = _seen(office, number)
    assert seen
    assert not seen.is_theirs
    with acting_as(office), desk_connection() as conn, pytest.raises(NotAllowed):
        reports.sent(conn, number, seen.serial)


def test_the_command_sees_what_was_sent_alone(office: Caller) -> None:
    command = officer("bchd", role="district_command")
    with acting_as(office), desk_connection() as conn:
        number = reports.opened_district(conn, dt.date(2021, 11, 1), dt.date(2021, 11, 30))
        reports.saved(conn, number, 0, {"difficulties": "Nháp."})
    assert _seen(command, number) is None
    _sent(office, number)
    seen = _seen(command, number)
    assert seen
    assert seen.versions[0].texts == {"difficulties": "Nháp."}
    gathered = seen.versions[0].figures["reports"]
    assert {line["ward"]["name"] for line in gathered if line["version"]} >= {"Mộ Lao"}
    assert any(line["version"] is None for line in gathered)


def test_two_who_write_are_told_of_each_other(chair: Caller) -> None:
    number = _written(chair, _code("Mộ Lao"), MONDAY)
    deputy = officer("phochutich", "Mộ Lao", role="ward_chair", name="Bà Phó")
    with acting_as(chair), desk_connection() as conn:
        assert reports.present(conn, number) == []
    with acting_as(deputy), desk_connection() as conn:
        assert [one.login for one in reports.present(conn, number)] == ["chutich"]
    with acting_as(chair), desk_connection() as conn:
        assert [one.name for one in reports.present(conn, number)] == ["Bà Phó"]


def test_a_note_on_days_is_in_the_reports_of_that_time_until_it_is_taken_back(chair: Caller, office: Caller) -> None:
    with acting_as(office), desk_connection() as conn:
        note = reports.annotated(conn, dt.date(2021, 11, 24), dt.date(2021, 11, 25), " thiếu tệp lượt quét ")
        with pytest.raises(ReportRefused, match="200"):
            reports.annotated(conn, TO, TO, "x" * 201)
    number = _written(chair, _code("Mộ Lao"), LAST_WEEK)
    said = {"first": "2021-11-24", "last": "2021-11-25", "text": "thiếu tệp lượt quét"}
    with acting_as(chair), app_connection() as conn:
        figures = live_figures(conn, number)
        assert figures
        assert figures["annotations"] == [said]
        assert [one.words for one in annotations(conn, TO - dt.timedelta(days=4), TO)] == ["thiếu tệp lượt quét"]
        assert annotations(conn, TO, TO) == []
    with acting_as(office), desk_connection() as conn:
        assert reports.annotation_removed(conn, note)
        assert not reports.annotation_removed(conn, note)
    with acting_as(COMMAND_LINE), app_connection() as conn:
        assert annotations(conn, LAST_WEEK, TO) == []


def test_a_report_says_what_it_said_after_boundaries_have_changed(office: Caller) -> None:
    chair = officer("chutich5", "Dương Nội", role="ward_chair")
    number = _written(chair, _code("Dương Nội"), LAST_WEEK)
    _sent(chair, number)
    before = _seen(office, number)
    with loader_connection() as conn:
        conn.execute("UPDATE ward SET valid_to = '2021-11-28' WHERE name = 'Dương Nội'")
        row = conn.execute(
            "INSERT INTO ward (vintage, code, name, valid_from, boundary_source, geom)"
            " SELECT '2021-12', code, 'Dương Nội mới', '2021-11-29', 'official', geom FROM ward"
            " WHERE name = 'Dương Nội' RETURNING id"
        ).fetchone()
        assert row
        moved = conn.execute(
            "UPDATE venue SET ward_id = %s WHERE ward_id = (SELECT id FROM ward WHERE name = 'Dương Nội') RETURNING id",
            (row["id"],),
        ).fetchall()
        assert moved
        periods.after_load(conn, [venue["id"] for venue in moved], days_changed=False)
    assert _seen(office, number) == before
    with acting_as(office), app_connection() as conn:
        assert is_whole(conn, number)
        assert "Dương Nội" in {line.ward for line in report_board.board(conn, LAST_WEEK) if line.versions}
        this_week = {line.ward for line in report_board.board(conn, MONDAY)}
        assert "Dương Nội mới" in this_week
        assert "Dương Nội" not in this_week
        gathered = live_figures(conn, _district(office))
    assert gathered
    assert ("Dương Nội", 1) in {(line["ward"]["name"], line["version"]) for line in gathered["reports"]}


def _district(office: Caller) -> int:
    with acting_as(office), desk_connection() as conn:
        return reports.opened_district(conn, LAST_WEEK, TO + dt.timedelta(days=1))
