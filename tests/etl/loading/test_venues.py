"""The register: what lands in the three tables, what is rejected, and what a second file changes."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.database.connection import loader_connection
from etl.loading.events import OWN_KEY, match_venues
from etl.loading.load import NothingUsable
from etl.values.cell_values import code_key
from tests.etl.loading.files import DONG_MAI, LA_KHE, MO_LAO, load_file, one, register, rows, venues

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_a_register_lands_in_its_tables_with_its_source(tmp_path: Path) -> None:
    header = ("Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Loại hình", "Chủ cơ sở", "Điện thoại",
              "Ngày hoạt động", "Kinh độ", "Vĩ độ")  # fmt: skip
    path = register(
        tmp_path / "so.csv",
        (
            "HD1",
            "Phở Yết Kiêu",
            "Số 5 phố Trần Phú",
            "P. Mộ Lao",
            "Quán ăn",
            "Bà Năm",
            "0912000111",
            "02/03/2019",
            *MO_LAO,
        ),
        ("HD2", "Tạp hóa Đào", "Thôn 2", "Phường La Khê", "tạp hoá", None, None, None, *LA_KHE),
        header=header,
    )
    outcome = load_file(path)
    assert (outcome.rows_read, outcome.accepted, outcome.changes.new) == (2, 2, 2)
    assert rows("SELECT code, name, street, search_text, status::text, source_row FROM venue ORDER BY code") == [
        ("HD1", "Phở Yết Kiêu", "Trần Phú", "hd1 pho yet kieu so 5 pho tran phu", "unregistered", 3),
        ("HD2", "Tạp hóa Đào", None, "hd2 tap hoa dao thon 2", "unregistered", 4),
    ]
    assert rows("SELECT w.name FROM venue AS v JOIN ward AS w ON w.id = v.ward_id ORDER BY v.code") == [
        ("Mộ Lao",), ("La Khê",),
    ]  # fmt: skip
    assert rows("SELECT owner_name, phone, load_id FROM venue_contact") == [("Bà Năm", "0912000111", outcome.load_id)]
    assert rows("SELECT isfinite(opened_on), closed_on FROM venue_opening ORDER BY venue_id, 1") in (
        [(True, None), (False, None)], [(False, None), (True, None)],
    )  # fmt: skip
    assert one("SELECT count(*) FROM status_period") == 2


def test_rows_lie_in_hilbert_order(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    spots = [(f"{105.72 + (i * 37 % 80) / 1000:.4f}", f"{20.93 + (i * 53 % 60) / 1000:.4f}") for i in range(200)]
    register(path, *((f"H{i}", "Quán", "", "Hà Cầu", "", *spot) for i, spot in enumerate(spots)))
    load_file(path)
    assert rows("SELECT code FROM venue ORDER BY ctid") == rows("SELECT code FROM venue ORDER BY geom, ctid")
    assert rows("SELECT id FROM venue ORDER BY ctid") != rows("SELECT id FROM venue ORDER BY code")


def test_a_code_given_twice_counts_once_and_is_rejected_where_it_contradicts(tmp_path: Path) -> None:
    same = ("A", "Quán A", "Phố 1", "Mộ Lao", "", *MO_LAO)
    path = register(tmp_path / "so.csv", same, same, ("A", "Quán khác", "Phố 1", "Mộ Lao", "", *MO_LAO))
    outcome = load_file(path)
    assert (outcome.rows_read, outcome.accepted, len(outcome.rejects)) == (3, 2, 1)
    assert outcome.remarks["repeated_rows"] == 1
    assert (outcome.changes.new, outcome.unchanged) == (1, 1)
    [reject] = outcome.rejects
    assert reject.row == 5
    assert "dòng 3" in reject.message
    assert one("SELECT name FROM venue") == "Quán A"


def test_days_out_of_order_are_rejected_and_reopening_makes_two_openings(tmp_path: Path) -> None:
    header = ("Mã địa điểm", "Tên địa điểm", "Ngày hoạt động", "Ngày đóng cửa", "Ngày mở lại")
    path = register(
        tmp_path / "so.csv",
        ("A", "Đóng rồi mở", "01/01/2020", "01/06/2020", "01/09/2020"),
        ("B", "Đóng trước khi mở", "01/01/2020", "31/12/2019", None),
        ("C", "Mở lại trước khi đóng", "01/01/2020", "01/06/2020", "01/05/2020"),
        ("D", "Mở lại mà không đóng", "01/01/2020", None, "01/05/2020"),
        header=header,
    )
    outcome = load_file(path)
    assert [reject.row for reject in outcome.rejects] == [4, 5, 6]
    assert rows("SELECT opened_on::text, closed_on::text FROM venue_opening ORDER BY 1") == [
        ("2020-01-01", "2020-06-01"), ("2020-09-01", None),
    ]  # fmt: skip


def test_words_for_categories_and_wards(tmp_path: Path) -> None:
    path = register(
        tmp_path / "so.csv",
        ("A", "1", "", "phuong MO LAO", "Hiệu thuốc tây", *MO_LAO),
        ("B", "2", "", "9541", "Đóng tàu vũ trụ", *MO_LAO),
        ("C", "3", "", "Phường Không Có", "", *MO_LAO),
        ("D", "4", "", None, "", *DONG_MAI),
        ("E", "5", "", "Mộ Lao", "", *LA_KHE),
    )
    outcome = load_file(path)
    assert rows("SELECT v.code, v.category, w.name, v.ward_named, v.outside_ward FROM venue AS v"
                " LEFT JOIN ward AS w ON w.id = v.ward_id ORDER BY v.code") == [
        ("A", "pharmacy", "Mộ Lao", "phuong MO LAO", False),
        ("B", "other", "Mộ Lao", "9541", False),
        ("C", "other", None, "Phường Không Có", False),
        ("D", "other", "Đồng Mai", None, False),
        ("E", "other", "Mộ Lao", "Mộ Lao", True),
    ]  # fmt: skip
    remarks = outcome.remarks
    assert (remarks["unmatched_wards"], remarks["unknown_categories"], remarks["wards_by_point"]) == (1, 1, 1)
    assert remarks["outside_ward"] == 1
    assert any("Phường Không Có" in sentence for sentence in outcome.sentences)


def test_every_point_ends_somewhere_and_is_counted(tmp_path: Path) -> None:
    path = register(
        tmp_path / "so.csv",
        ("A", "đúng", "", "Mộ Lao", "", *MO_LAO),
        ("B", "đảo", "", "Mộ Lao", "", MO_LAO[1], MO_LAO[0]),
        ("C", "ở Đống Đa", "", "Mộ Lao", "", "105.83", "21.01"),
        ("D", "không có", "", "Mộ Lao", "", None, None),
    )
    outcome = load_file(path)
    assert rows("SELECT code, location, round(ST_X(geom)::numeric, 3)::float FROM venue ORDER BY code") == [
        ("A", "given", 105.784), ("B", "swapped", 105.784), ("C", "unusable", None), ("D", "ward", None),
    ]  # fmt: skip
    counted = {name: number for name, number in outcome.remarks.items() if name.startswith("points_")}
    assert counted == {"points_given": 1, "points_swapped": 1, "points_unusable": 1, "points_none": 1}
    assert (outcome.remarks["located_unusable"], outcome.remarks["located_ward"]) == (1, 1)


def test_a_corrected_register_changes_what_differs_and_keeps_what_it_does_not_mention(tmp_path: Path) -> None:
    header = ("Mã địa điểm", "Tên địa điểm", "Địa chỉ", "Phường", "Ngày hoạt động", "Điện thoại", "Kinh độ", "Vĩ độ")
    first = load_file(register(
        tmp_path / "so.csv",
        ("A", "Quán A", "Số 1 phố Bế Văn Đàn", "Mộ Lao", "01/01/2015", "0912345678", *MO_LAO),
        ("B", "Quán B", "Số 2 phố Bế Văn Đàn", "Mộ Lao", "01/01/2015", "0912345679", *MO_LAO),
        header=header,
    ))  # fmt: skip
    before = rows("SELECT * FROM venue WHERE code = 'B'")
    second = load_file(register(
        tmp_path / "so khac.csv", ("A", "Quán A mới"), ("B", "Quán B"), header=("Mã địa điểm", "Tên địa điểm"),
    ))  # fmt: skip
    assert (second.changes.new, second.changes.changed, second.unchanged) == (0, 1, 1)
    assert rows("SELECT * FROM venue WHERE code = 'B'") == before
    [(name, address, search, load_id, x, location, ward)] = rows(
        "SELECT name, address, search_text, load_id, ST_X(geom), location, ward_named FROM venue WHERE code = 'A'"
    )
    assert (name, address, ward, location) == ("Quán A mới", "Số 1 phố Bế Văn Đàn", "Mộ Lao", "given")
    assert search == "a quan a moi so 1 pho be van dan"
    assert (load_id, round(x, 3)) == (second.load_id, 105.784)
    assert rows("SELECT phone, load_id FROM venue_contact ORDER BY phone") == [
        ("0912345678", first.load_id), ("0912345679", first.load_id),
    ]  # fmt: skip
    assert rows("SELECT DISTINCT opened_on::text FROM venue_opening") == [("2015-01-01",)]


def test_a_column_left_empty_on_purpose_empties(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", ("A", "Quán A", "Phố 1", "Mộ Lao", "", *MO_LAO)))
    load_file(register(tmp_path / "2.csv", ("A", "Quán A", None, None, "", None, None)))
    assert rows("SELECT address, ward_named, location FROM venue") == [("", None, "none")]


def test_codes_that_excel_stripped_find_their_venue(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", ("00123", "Quán", "", "Mộ Lao", "", *MO_LAO)))
    outcome = load_file(register(tmp_path / "2.csv", ("123", "Quán mới", "", "Mộ Lao", "", *MO_LAO)))
    assert (outcome.changes.new, outcome.changes.changed) == (0, 1)
    assert rows("SELECT code, name FROM venue") == [("00123", "Quán mới")]


def test_two_codes_alike_stay_two_venues(tmp_path: Path) -> None:
    load_file(register(tmp_path / "1.csv", ("012", "Quán", "", "Mộ Lao", "", *MO_LAO)))
    load_file(register(
        tmp_path / "2.csv", ("12", "Quán kia", "", "Mộ Lao", "", *MO_LAO), ("012", "Quán", "", "Mộ Lao", "", *MO_LAO),
    ))  # fmt: skip
    assert rows("SELECT code, name FROM venue ORDER BY code") == [("012", "Quán"), ("12", "Quán kia")]


@pytest.mark.parametrize(
    ("known", "written", "meant"),
    [
        (["HD1"], "HD1", "HD1"),
        (["HD1"], " hd 1", "HD1"),
        (["hd 1", "HD2"], "HD1", "hd 1"),
        (["123", "HD2"], "00123", "123"),
        (["00123", "HD2"], "123.0", "00123"),
        (["12.50"], "12.5", None),
        (["0012", "012"], "12", None),  # both resemble it
        (["12", "012"], "0012", None),
    ],
)
def test_a_code_means_the_one_venue_that_it_resembles(
    tmp_path: Path, known: list[str], written: str, meant: str | None
) -> None:
    load_file(register(tmp_path / "1.csv", *((code, "Quán", "", "Mộ Lao", "", *MO_LAO) for code in known)))
    with loader_connection() as conn:
        [found] = match_venues(conn, pd.Series([written]))
    assert found == (one("SELECT id FROM venue WHERE code = %s", meant) if meant else 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(OWN_KEY, fullmatch=True))
def test_codes_that_are_not_looked_at_are_their_own_key(code: str) -> None:
    assert code_key(code) == code


def test_venues_that_a_corrected_register_lacks_are_reported_and_kept(tmp_path: Path) -> None:
    first = load_file(venues(tmp_path / "so.csv", 10))
    second = load_file(venues(tmp_path / "so.csv", 8))
    assert second.changes.supersedes == first.load_id
    assert second.remarks["venues_no_longer_listed"] == 2
    assert one("SELECT count(*) FROM venue") == 10


def test_a_register_without_one_usable_row_is_refused(tmp_path: Path) -> None:
    header = ("Mã địa điểm", "Tên địa điểm", "Ngày hoạt động", "Ngày đóng cửa")
    path = register(tmp_path / "so.csv", ("A", "Quán", "01/01/2020", "01/01/2019"), header=header)
    with pytest.raises(NothingUsable, match="không có dòng nào dùng được"):
        load_file(path)
    assert rows("SELECT count(*) FROM load") == [(0,)]


def test_a_fragment_of_sql_is_a_name(tmp_path: Path) -> None:
    name = "Quán'); DROP TABLE venue; --\\N \\"
    load_file(register(tmp_path / "so.csv", ("A", name, "", "Mộ Lao", "", *MO_LAO)))
    assert one("SELECT name FROM venue") == name
