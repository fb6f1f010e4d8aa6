"""What the screen is shown of a file, and what a person may change of it."""

import json
from pathlib import Path

import pytest

from data.database.connection import Connection
from etl.errors import UnusableFile
from etl.validation.mapping import choice_for, headings_of, layout_key, propose, write_choice
from etl.validation.read import read
from etl.validation.table import SourceTable
from etl.worker.preview import choices, preview
from tests.etl.reading.files import TODAY, csv_file, records, table_of

REMINDERS = (
    "SỔ NHẮC NHỞ\nMã,Tên,Người liên hệ,Gọi ai,Hôm nhắc,Lý do nhắc nhở\n"
    "HD1,A,Trần Văn An,0912345678,12/9/2021,chưa tạo\nHD2,B,Lê Thị Bình,0912 345 679,13/9/2021,chưa tạo\n"
    "HD3,C,Lê Cường,912345670,14/9/2021,gọi 0912345671\n"
)


def test_a_preview_says_what_was_taken_for_what_and_masks_people(tmp_path: Path) -> None:
    table = table_of(csv_file(tmp_path / "a.csv", REMINDERS), "reminders")
    shown = preview(table)
    text = json.dumps(shown, ensure_ascii=False)
    assert not any(secret in text for secret in ("0912345678", "345 679", "912345670", "0912345671", "Văn An", "Cường"))
    assert (shown["kind"], shown["kind_title"]) == ("reminders", "nhắc nhở")
    assert [(column["canonical"], column["how"]) for column in shown["tables"][0]["columns"]] == [
        ("venue_code", "tiêu đề"),
        ("venue_name", "tiêu đề"),
        (None, ""),
        ("venue_phone", "nội dung"),
        ("reminded_on", "nội dung"),
        ("reason", "tiêu đề"),
    ]
    assert shown["tables"][0]["header_row"] == 2
    assert len(shown["tables"][0]["rows"]) == 3
    assert (shown["rows_read"], shown["rejects"], len(shown["sentences"])) == (3, 1, 1)
    assert {"name": "reason", "title": "Lý do nhắc nhở", "required": True} in shown["choices"]


def test_a_file_that_is_not_recognised_is_mapped_by_hand(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", "DANH SÁCH\nSố hiệu,Gọi là,Ngày ghi sổ\nHD1,A,12/9/2021\nHD2,B,13/9/2021\n")
    with pytest.raises(UnusableFile) as caught:
        read(path, today=TODAY)
    shown = preview(caught.value)
    assert shown["error"]
    assert [column["heading"] for column in shown["tables"][0]["columns"]] == ["Số hiệu", "Gọi là", "Ngày ghi sổ"]
    assert {choice["name"] for choice in choices("registrations")} >= {"venue_code", "registered_on"}
    chosen = {"Số hiệu": "venue_code", "Gọi là": None, "Ngày ghi sổ": "registered_on"}
    table = read(path, "registrations", today=TODAY, columns=chosen)
    assert isinstance(table, SourceTable)
    assert [str(day) for _, day in records(table, "venue_code", "registered_on")] == ["2021-09-12", "2021-09-13"]
    assert [column["how"] for column in preview(table)["tables"][0]["columns"]] == ["đã chọn"] * 3
    assert propose(table) == chosen


def test_a_choice_goes_before_the_heading(tmp_path: Path) -> None:
    text = "Mã địa điểm,Mã cũ,Ngày,Số lượt quét\nX1,HD1,1/10/2021,5\n"
    path = csv_file(tmp_path / "a.csv", text)
    table = read(path, "scans", today=TODAY, columns={"Mã địa điểm": None, "Mã cũ": "venue_code"})
    assert isinstance(table, SourceTable)
    assert records(table, "venue_code") == [("HD1",)]


def test_choices_are_remembered_by_layout(tmp_path: Path, conn: Connection) -> None:
    table = table_of(csv_file(tmp_path / "a.csv", REMINDERS), "reminders")
    key = layout_key(headings_of(table))
    assert key == layout_key(["MÃ", "tên", "Người liên hệ", "gọi ai", "Hôm nhắc", "Lí do nhắc nhở"])
    assert choice_for(conn, key) is None
    write_choice(conn, key, "reminders", {"Hôm nhắc": "reminded_on", "Gọi ai": None}, "chị Lan")
    write_choice(conn, key, "reminders", {"Hôm nhắc": "reminded_on", "Gọi ai": "venue_phone"}, "chị Lan")
    found = choice_for(conn, key)
    assert found is not None
    assert (found.kind, found.columns) == ("reminders", {"Hôm nhắc": "reminded_on", "Gọi ai": "venue_phone"})
    write_choice(conn, key, "reminders", {"Hôm nhắc": "no_such_column"}, None)
    assert choice_for(conn, key) is None
