"""``python -m documents verify``: a list's file as the database sealed it, over the list's life; and a PDF."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.settings import get_settings
from documents.__main__ import main
from etl.publishing.ticking import Ticker
from proof import keys
from proof.manifest import published_file
from tests.data.cases_world import People
from tests.data.publication_world import published, taken
from tests.etl.loading.files import rows

pytestmark = pytest.mark.usefixtures("signing_key")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = main(["verify", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def file_of(list_id: int) -> bytes:
    """The list's file, as anybody gets it."""
    ((manifest, signature),) = rows("SELECT manifest, signature FROM published.seal WHERE list_id = %s", list_id)
    said: list[Any] = [
        one for (one,) in rows("SELECT said FROM published.entry WHERE list_id = %s ORDER BY position", list_id)
    ]
    return published_file(str(manifest), str(signature), said)


def test_a_lists_file_is_good_as_long_as_the_list_stands(people: People, run: Run, tmp_path: Path) -> None:
    list_id, _ = published(people)
    content = file_of(list_id)
    file = tmp_path / "danh-sach.json"
    file.write_bytes(content)
    code, said, complaint = run(file)
    assert (code, complaint) == (0, "")
    assert "30/2020" in said
    told = json.loads(content)
    told["entries"].reverse()
    file.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True), "utf-8")
    assert run(file)[0] == 1
    taken(people.centre, list_id, "withdraw", facts={"why": "Sai số liệu"})
    file.write_bytes(content)
    code, said, _ = run(file)
    assert code == 1
    assert "gỡ" in said


def test_without_a_database_it_is_not_known_whether_a_list_stands(
    people: People, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id, _ = published(people)
    file, register = tmp_path / "danh-sach.json", get_settings().publication_keys / keys.REGISTER
    file.write_bytes(file_of(list_id))
    monkeypatch.setenv("APP_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    get_settings.cache_clear()
    code, said, complaint = run(file, "--keys", register)
    assert (code, bool(complaint)) == (3, True)
    assert "Không thể biết" in said
    assert run(tmp_path / "none.json")[0] == 2
    assert run(file, "--keys", file)[0] == 2
    file.write_bytes(b"%PDF-1.7\n")
    assert run(file)[0] == 2


def test_the_standing_that_is_published_says_it_without_a_database(
    people: People, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id, _ = published(people)
    file, standing = tmp_path / "danh-sach.json", tmp_path / "tinh-trang.json"
    file.write_bytes(file_of(list_id))
    known = ("--keys", get_settings().publication_keys / keys.REGISTER, "--standing", standing)

    def told() -> int:
        ((content,),) = rows("SELECT standing FROM published.state")
        standing.write_text(str(content), "utf-8")
        with monkeypatch.context() as without:
            without.setenv("APP_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
            return run(file, *known)[0]

    assert told() == 0
    taken(people.centre, list_id, "withdraw", facts={"why": "Sai số liệu"})
    assert told() == 1
    Ticker().look()
    assert told() == 1
