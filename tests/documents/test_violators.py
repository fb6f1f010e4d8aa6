"""The rows of the list are what the rule says, and nothing of a person comes with them."""

import datetime as dt
import os
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from data.database.connection import Connection
from data.errors import AfterData, BeforeData, FutureDay
from data.queries.personal_numbers import without_personal_numbers
from data.queries.violators import violators_on
from tests.documents import district as made_up
from tests.documents.conftest import Listed
from tests.documents.district import DAY, FIRST, LISTED, OWNER, PHONE, november, violators_by_rule
from tests.fixtures.databases import DISTRICT, tell_session


@pytest.mark.usefixtures("district")
def test_lists_whom_the_rule_calls_violating_with_their_reminders(conn: Connection, listed: Listed) -> None:
    rows, facts = listed
    by_rule = violators_by_rule(conn, DAY)
    assert {row.venue_code for row in rows} == {place.code for place in LISTED} == set(by_rule)
    for row in rows:
        rule = by_rule[row.venue_code]
        assert (row.ward, row.counted_reminders, list(row.reminder_days), row.has_qr) == (
            rule["ward"], rule["count"], rule["days"], rule["has_qr"],
        )  # fmt: skip
        assert row.counted_reminders >= facts.threshold == rule["threshold"]


@pytest.mark.usefixtures("district")
@pytest.mark.parametrize("day", [november(16), november(20), november(29), DAY])
def test_any_past_day_is_listed_by_the_rule_of_that_day(conn: Connection, day: dt.date) -> None:
    rows, facts = violators_on(conn, day)
    by_rule = violators_by_rule(conn, day)
    assert {row.venue_code: row.counted_reminders for row in rows} == {c: v["count"] for c, v in by_rule.items()}
    assert facts.total == len(by_rule) > 0


def test_counts_by_ward_name_every_ward_and_add_up(listed: Listed) -> None:
    rows, facts = listed
    assert sum(count.violators for count in facts.by_ward) == facts.total == len(rows)
    assert len([count for count in facts.by_ward if count.code]) == 17
    assert facts.by_ward[-1].name is None, "venues without a ward are counted, too"
    assert [count.violators for count in facts.by_ward if count.name == "Phúc La"] == [40]
    assert [count.violators for count in facts.by_ward if count.name == "Biên Giang"] == [0]


def test_sorts_as_a_vietnamese_reader_does(listed: Listed) -> None:
    wards = list(dict.fromkeys(row.ward for row in listed[0]))
    assert wards == ["Hà Cầu", "Mộ Lao", "Phúc La", "Văn Quán", "Yết Kiêu", None]


def test_facts_say_policy_and_reach_of_the_data(listed: Listed) -> None:
    facts = listed[1]
    assert (facts.day, facts.threshold, facts.window_days, facts.is_demo) == (DAY, 3, 7, True)
    assert (facts.first_day, facts.last_scan_day, facts.made_on) == (FIRST, made_up.LAST_SCANS, DAY)


@pytest.mark.usefixtures("district")
def test_a_changed_threshold_changes_list_and_what_it_says(conn: Connection) -> None:
    conn.execute("INSERT INTO policy (valid_from, reminder_threshold, scanning_window_days) VALUES (%s, 4, 5)", (DAY,))
    conn.execute("SELECT refresh_scan_reach()")
    conn.execute("SELECT refresh_status_periods(NULL)")
    rows, facts = violators_on(conn, DAY)
    assert (facts.threshold, facts.window_days) == (4, 5)
    assert [row.venue_code for row in rows] == ["HD0002"]


@pytest.mark.usefixtures("district")
def test_neither_the_future_nor_days_outside_the_data(conn: Connection) -> None:
    with pytest.raises(BeforeData, match="01/10/2021"):
        violators_on(conn, FIRST - dt.timedelta(1))
    with pytest.raises(FutureDay, match="chưa tới"):
        violators_on(conn, dt.date.today() + dt.timedelta(2))
    with pytest.raises(AfterData, match=f"chỉ có đến hết ngày {DAY:%d/%m/%Y}"):
        violators_on(conn, DAY + dt.timedelta(3))
    rows, facts = violators_on(conn, FIRST)
    assert (rows, facts.total) == ([], 0)


def test_no_personal_data_reaches_the_rows(listed: Listed) -> None:
    written = repr(listed)
    for secret in (OWNER, PHONE, "0912.345"):
        assert secret not in written
    assert next(row.address for row in listed[0] if row.venue_code == "HD0004") == "5 Lê Lợi"


@pytest.mark.usefixtures("district")
def test_the_reading_role_makes_the_list_and_cannot_see_contacts() -> None:
    with psycopg.connect(os.environ["APP_DATABASE_URL"], row_factory=dict_row) as conn:
        tell_session(conn, DISTRICT)
        assert violators_on(conn, DAY)[1].total == len(LISTED)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT phone FROM venue_contact")


@pytest.mark.usefixtures("district")
def test_the_scope_names_wards_of_one_vintage_and_whose_the_units_are(conn: Connection) -> None:
    wards = [
        row["id"] for row in conn.execute("SELECT id FROM ward WHERE name IN ('Mộ Lao', 'Yết Kiêu') ORDER BY name")
    ]
    later = conn.execute(
        "INSERT INTO ward (vintage, code, name, valid_from, boundary_source, geom)"
        " SELECT '2025', code, 'Hà Đông', '2025-07-01', 'official', geom FROM ward WHERE id = %s RETURNING id",
        (wards[0],),
    ).fetchone()
    venue = conn.execute("SELECT id FROM venue WHERE code = 'HD0001'").fetchone()
    assert later
    assert venue

    def scope(**scope: Any) -> str:
        for name, value in replace(DISTRICT, name="Ban quản lý chợ", **scope).settings().items():
            conn.execute("SELECT set_config(%s, %s, true)", (name, value))
        conn.execute("SET LOCAL ROLE qr_app")
        told = violators_on(conn, DAY)[1].scope
        conn.execute("RESET ROLE")
        return told

    assert scope(wards=None) == "toàn quận Hà Đông"
    assert scope(wards=(*wards, later["id"])) == "phường Mộ Lao, phường Yết Kiêu"
    assert scope(wards=(later["id"],)) == "phường Hà Đông"  # in force on no day of these data, and all that it has
    assert scope(wards=(), units=(venue["id"],)) == "các đơn vị trực thuộc Ban quản lý chợ"


@pytest.mark.usefixtures("district")
def test_wards_without_violators_are_named_from_their_first_day_to_their_last(conn: Connection) -> None:
    one = dt.timedelta(days=1)
    tell_session(conn, DISTRICT)
    listed, facts = violators_on(conn, DAY)
    ward = next(count for count in facts.by_ward if count.violators == 0)
    assert ward.name not in {row.ward for row in listed}

    def named(first: dt.date, last: dt.date | None) -> bool:
        conn.execute("UPDATE ward SET valid_from = %s, valid_to = %s WHERE code = %s", (first, last, ward.code))
        return ward in violators_on(conn, DAY)[1].by_ward

    assert named(DAY, DAY)
    assert named(DAY - one, None)
    assert not named(DAY + one, None)
    assert not named(DAY - one - one, DAY - one)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Phở Thìn (ĐT: 0912.345.678), 12 Quang Trung", "Phở Thìn, 12 Quang Trung"),
        ("12 Quang Trung, SĐT 0912345678", "12 Quang Trung"),
        ("Quán 24/7, +84 912 345 678", "Quán 24/7"),
        ("MST 0101234567-001 Công ty A", "Công ty A"),
        ("Hộ kinh doanh CCCD 001085012345", "Hộ kinh doanh"),
        ("Nhà 5 ngõ 2 0243 3824 123 Hà Đông", "Nhà 5 ngõ 2 Hà Đông"),
        ("Cửa hàng điện thoại 0912345678", "Cửa hàng điện thoại"),
        ("Quán SĐT0912345678", "Quán"),
        ("Quán A/0912 345 678", "Quán A"),
        ("Quán (024) 3382 4123", "Quán"),
        ("Quán (+84) 912.345.678 chị Lan", "Quán chị Lan"),
        ("Quán 0912–345–678", "Quán"),
        ("Quán 0912. 345. 678", "Quán"),
        ("Hộ ông A, 001 085 012 345", "Hộ ông A"),
        ("Hộ ông A (CMND 112 233 445)", "Hộ ông A"),
        ("0912345678Lan", "Lan"),
        # What looks like numbers and is none stays.
        ("Số 12/34/56/78/90 ngõ 3", "Số 12/34/56/78/90 ngõ 3"),
        ("Số 12-14-16 Quang Trung, P. 1203", "Số 12-14-16 Quang Trung, P. 1203"),
        ("Cửa hàng 1990 – tòa 19T4", "Cửa hàng 1990 – tòa 19T4"),
        ("Kiốt 01.02.03 chợ Hà Đông", "Kiốt 01.02.03 chợ Hà Đông"),
    ],
)
def test_takes_numbers_of_persons_out_of_free_text(written: str, published: str) -> None:
    assert without_personal_numbers(written) == published
