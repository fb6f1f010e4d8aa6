"""On an English page nothing that the import screen says of a file is Vietnamese, but for what the file says itself.

The files of these tests say nothing with a Vietnamese letter.
"""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from callbacks.imports import cards, reading
from data.queries.imports import File, Work
from data.texts.sentences import Sentence, as_json, told
from etl.errors import UnusableFile
from etl.loading.load import STEPS
from etl.validation.read import read
from etl.worker.preview import preview
from tests.etl.english import is_english
from tests.etl.reading.files import TODAY, csv_file

NOW = dt.datetime(2021, 12, 1, tzinfo=dt.UTC)
BOOK = (
    "Ma dia diem,Ten,Ghi ten,,Ngay nhac,Ly do\n"
    "HD1,A,xyz,0912345678,12/9/2021,chua tao\nHD2,B,xyz,0912345679,?,chua tao\n"
)


def received(path: Path, kind: str | None = None) -> File:
    """The file as the worker shows it, given back by the database."""
    try:
        what: Any = read(path, kind, today=TODAY)
    except UnusableFile as error:
        what = error
    shown = json.loads(json.dumps(preview(what)))
    return File(1, path.name, 9, 9, "", "read", shown["kind"], {}, shown, {}, None, None, None, NOW, None)


def words(component: Any) -> Iterator[str]:
    """Every text in ``component``: what it holds, its labels, and the choices of its lists."""
    if isinstance(component, str):
        yield component
    elif isinstance(component, Component):
        plain = component.to_plotly_json()["props"]
        yield from words([value for name, value in plain.items() if name != "id"])
    elif isinstance(component, dict):
        yield from words(list(component.values()))
    elif isinstance(component, list | tuple):
        for part in component:
            yield from words(part)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        (BOOK, None, ["Reminded on", "Reason of the reminder", "(column D)", "Telephone"]),
        ("Ma dia diem,Ten,Ghi\nHD1,A,x\n", "reminders", ["Reminded on", "are missing"]),
        ("Ma dia diem,Ten dia diem,Ngay hoat dong\nHD1,A,32/1/2021\n", None, ["Opened on", "must be a day"]),
    ],
)
def test_how_a_file_was_read_is_told_in_english(tmp_path: Path, text: str, kind: str | None, said: list[str]) -> None:
    file = received(csv_file(tmp_path / "a.csv", text), kind)
    found = [is_english(word) for word in words(reading.panel(file, "en", folded=False))]
    assert [one for one in said if not any(one in word for word in found)] == []


@pytest.mark.parametrize("kind", ["load", "read"])
def test_progress_is_told_in_english_and_of_an_earlier_version_as_it_stands(kind: str) -> None:
    doing = Sentence("imports.doing.rows", step=STEPS[2], count="1200")
    job: dict[str, Any] = {
        "id": 1,
        "kind": kind,
        "state": "running",
        "step": 3,
        "steps": 6 if kind == "load" else 1,
        "error": None,
    }
    now = Work(**job, progress=str(doing), result={"doing": as_json(doing)}, seconds=1, finished_at=None)
    assert "checking row by row: 1200 rows" in is_english(cards.steps_of(now, "en")["text"])
    assert "Kiểm tra từng dòng: 1200 dòng" in cards.steps_of(now, "vi")["text"]
    old = Work(**job, progress="Kiểm tra từng dòng", result={}, seconds=1, finished_at=None)
    assert "Kiểm tra từng dòng" in cards.steps_of(old, "en")["text"]


def test_a_preview_of_an_earlier_version_is_shown(tmp_path: Path) -> None:
    file = received(csv_file(tmp_path / "a.csv", BOOK))
    for table in file.preview["tables"]:
        for column in table["columns"]:
            del column["told"]
    file.preview["missing"] = ["Ngày nhắc nhở"]
    found = list(words(reading.panel(file, "en", folded=False)))
    assert {told("(cột D)", "en"), "Reminded on"} <= set(found)
    assert any("«Ngày nhắc nhở»" in word for word in found)
