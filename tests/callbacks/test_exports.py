"""Files of what is filtered: the rows of the table, what they say of themselves, and that none carries a formula."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import geopandas
import openpyxl
import pyogrio
import pytest
from flask.testing import FlaskClient

from data.spreadsheets import guarded
from documents.venues import VENUES
from tests.data import page_world
from tests.fixtures import accounts

FILTERS = "status=violating,reminded"


@pytest.fixture(scope="module")
def client(database: str) -> Iterator[FlaskClient]:
    with page_world.filled(database):
        from app import server

        yield accounts.client(server)


@pytest.fixture(scope="module")
def expected(database: str, client: FlaskClient) -> set[str]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(database, row_factory=dict_row) as conn:
        facts = page_world.facts(conn, page_world.TODAY)
    return {fact.code for fact in facts if fact.status in ("violating", "reminded")}


def test_csv_opens_in_excel_and_holds_the_rows(client: FlaskClient, expected: set[str]) -> None:
    answer = client.get(f"/exports/venues.csv?{FILTERS}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["Mã"] for row in rows} == expected
    assert len(rows) == len(expected)
    assert {row["Số liệu tính đến"] for row in rows} == {"30/11/2021"}
    assert {row["Ghi chú"] for row in rows} == {"Dữ liệu minh họa"}
    assert {row["Bộ lọc"] for row in rows} == {"Tình trạng: Vi phạm, Đã nhắc nhở"}
    assert "dia-diem-ha-dong-2021-11-30.csv" in answer.headers["Content-Disposition"]


def test_vietnamese_makes_the_round_trip(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/exports/venues.csv").data.decode("utf-8-sig"))))
    assert len(rows) == page_world.VENUES
    assert {row["Phường"] for row in rows} == {*page_world.WARDS, "Không khớp phường"}


def test_xlsx_says_what_it_is_and_holds_the_rows(client: FlaskClient, expected: set[str], tmp_path: Path) -> None:
    file = tmp_path / "venues.xlsx"
    file.write_bytes(client.get(f"/exports/venues.xlsx?{FILTERS}").data)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = [str(row[0]) for row in cells[:4]]
    assert "Số liệu tính đến ngày 30/11/2021" in head
    assert "Dữ liệu minh họa" in head
    assert "Bộ lọc: Tình trạng: Vi phạm, Đã nhắc nhở" in head
    first = next(index for index, row in enumerate(cells) if row[0] == "Mã")
    assert {row[0] for row in cells[first + 1 :]} == expected


def test_geojson_keeps_venues_without_a_point(client: FlaskClient, expected: set[str]) -> None:
    collection = json.loads(client.get(f"/exports/venues.geojson?{FILTERS}").data)
    assert {feature["properties"]["code"] for feature in collection["features"]} == expected
    assert any(feature["geometry"] is None for feature in collection["features"])
    assert collection["metadata"]["as_of"] == "2021-11-30"
    assert collection["metadata"]["demo"] is True


@pytest.mark.parametrize("filters", [FILTERS, "q=nobody+is+called+so"])
def test_geopackage_holds_points_and_what_it_is(
    client: FlaskClient, expected: set[str], tmp_path: Path, filters: str
) -> None:
    file = tmp_path / "venues.gpkg"
    file.write_bytes(client.get(f"/exports/venues.gpkg?{filters}").data)
    venues = geopandas.read_file(file, layer="venues")
    assert set(venues["code"]) == (expected if filters == FILTERS else set())
    assert venues.crs.to_epsg() == 4326
    about = pyogrio.read_dataframe(file, layer="about").set_index("key")["value"]
    assert about["as_of"] == "2021-11-30"
    assert about["remark"] == "Dữ liệu minh họa"


@pytest.mark.parametrize("kind", VENUES)
def test_nobody_s_personal_data_leaves(client: FlaskClient, database: str, kind: str) -> None:
    import psycopg

    with psycopg.connect(database) as conn:
        conn.execute(
            "INSERT INTO venue_contact (venue_id, owner_name, phone) SELECT id, 'Trần Bí Mật', '0987654321' FROM venue"
            " ON CONFLICT DO NOTHING"
        )
    content = client.get(f"/exports/venues.{kind}").data
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        content = repr(list(sheet.iter_rows(values_only=True))).encode()
    assert "Bí Mật".encode() not in content
    assert b"0987654321" not in content


def test_formulas_are_text(client: FlaskClient, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(client.get("/exports/venues.csv?q=HD0007").data.decode("utf-8-sig"))))
    assert rows[1][1] == f"'{page_world.AWKWARD}"
    file = tmp_path / "venues.xlsx"
    file.write_bytes(client.get("/exports/venues.xlsx?q=HD0007").data)
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == page_world.AWKWARD]
    assert cell.data_type == "s"


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_begins_a_formula_is_quoted(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_a_search_that_no_database_can_hold_is_answered(client: FlaskClient) -> None:
    assert client.get("/exports/venues.csv?q=%00").status_code == 200
    assert client.get("/exports/venues.csv").headers["Content-Type"] == "text/csv; charset=utf-8"


def test_plain_text_is_left_alone() -> None:
    assert guarded("Tạp hóa = 2") == "Tạp hóa = 2"


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/exports/venues.exe", 404, "Không có trang hoặc tệp này"),
        ("/exports/venues.csv?status=angry", 400, "angry"),
        ("/exports/venues.csv?ward=00000", 400, "00000"),
        ("/exports/violators.pdf?day=2099-01-01", 400, "01/01/2099"),
        ("/exports/violators.pdf?day=2021-01-01", 400, "01/01/2021"),
        ("/exports/violators.csv?day=2021-12-01", 400, "số liệu chỉ có đến hết ngày 30/11/2021"),
        ("/exports/venues.csv?day=2021-12-01&lang=en", 400, "they end on 30/11/2021"),
        ("/exports/venues.csv?status=angry&lang=en", 400, "has no value «angry»"),
        ("/exports/poster.pdf?venue=HD9999", 404, "HD9999"),
        ("/exports/poster.pdf", 400, "Cần mã"),
        ("/exports/violators.zip", 404, "Không có trang hoặc tệp này"),
        ("/no/such/page", 404, "Không có trang hoặc tệp này"),
    ],
)
def test_what_cannot_be_had_is_said(client: FlaskClient, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    client.delete_cookie("lang")  # it would be remembered
    assert answer.status_code == status
    text = answer.get_data(as_text=True)
    assert said in text
    assert "Traceback" not in text


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "csv", "html"])
def test_the_list_of_violators_comes_in_each_format(client: FlaskClient, kind: str) -> None:
    answer = client.get(f"/exports/violators.{kind}?day=2021-11-30")
    assert answer.status_code == 200
    assert len(answer.data) > 500
    assert f".{kind}" in answer.headers["Content-Disposition"]
