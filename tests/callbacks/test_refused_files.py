"""A file that could not be loaded is told of on the first page, in its language, until a good one has come."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from callbacks.page import answers as page
from etl.__main__ import main
from tests.data import page_world
from tests.etl.loading.files import SCANS, venues, write_csv


@pytest.fixture(scope="module", autouse=True)
def world(database: str) -> Iterator[None]:
    with page_world.filled(database):
        yield


def load(path: Path) -> int:
    return main(["load", str(path)])


def notices(search: str = "") -> list[str]:
    """The lines of notice about files that could not be loaded, as JSON."""
    shown = [json.dumps(line, cls=PlotlyJSONEncoder, ensure_ascii=False) for line in page.show(search, None)["notices"]]
    return [line for line in shown if "could not be loaded" in line or "nạp được tệp" in line]


def beat(moment: Any) -> Any:
    return page.beat(1, moment, None, "")[0]


def test_a_refused_file_is_told_of_until_a_good_one_has_come(tmp_path: Path) -> None:
    _, before, _, _ = page.open_page("/", "")
    assert notices() == []

    picture = tmp_path / "sổ địa điểm.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert load(picture) == 2
    [line] = notices()
    assert "Chưa nạp được tệp sổ địa điểm.xlsx (" in line
    assert "là ảnh PNG, không phải bảng số liệu" in line
    assert "khác chưa nạp được" not in line
    [line] = notices("?lang=en")
    assert "is a PNG picture and no table" in line
    assert "notice wrong" in line
    after = beat(before)
    assert after["turn"] == before["turn"] + 1, "a page that is open asks again"

    empty = tmp_path / "nhac nho.csv"
    empty.write_bytes(b"")
    assert load(empty) == 2
    all_rejected = write_csv(tmp_path / "quet.csv", SCANS, [("Nguyễn Thị Hoa 0912345678", "01/10/2021", 3)])
    assert load(all_rejected) == 2
    [line] = notices("?lang=en")
    assert "The file quet.csv could not be loaded (" in line
    assert "2 more could not be loaded" in line
    assert "0912345678" not in line
    assert "Nguyễn Thị Hoa" not in line

    assert load(venues(tmp_path / "so dia diem.csv", 2)) == 0
    [line] = notices()
    assert "Còn 1 tệp khác" in line
    empty.write_text("Mã địa điểm;Ngày nhắc nhở;Lý do nhắc nhở\nV001;04/10/2021;không quét\n", "utf-8")
    assert load(empty) == 0
    assert load(write_csv(all_rejected, SCANS, [("V001", "01/10/2021", 3)])) == 0
    assert notices() == []
