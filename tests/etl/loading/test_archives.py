"""An archive of several tables becomes as many files, each loaded, kept and taken back under its own name."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.settings import get_settings
from etl.__main__ import main
from etl.store import files as store
from etl.undo.undo import undo
from etl.worker.folder import LOADED, REFUSED, Inbox
from tests.etl.loading.desk import ask, ended, file_row, receive, worker
from tests.etl.loading.files import REMINDERS, SCANS, days_of_either_order, load_file, one, rows, venues, write_csv
from tests.etl.loading.processes import contents

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Reminders of a ward's folder, and the register that they need, named after them."""
    place = tmp_path / "Mộ Lao"
    place.mkdir()
    reminders = [("V001", "04/10/2021", "Chưa tạo mã QR", "Tổ 1"), ("X9", "04/10/2021", "Chưa tạo mã QR", "Tổ 1")]
    return [write_csv(place / "nhắc.csv", REMINDERS, reminders), venues(place / "sổ.csv", 3)]


def packed(archive: Path, parts: list[Path]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for part in parts:
            out.write(part, f"{part.parent.name}/{part.name}")
    return archive


def is_loaded() -> None:
    assert rows("SELECT file_name, kind FROM load ORDER BY id") == [("sổ.csv", "venues"), ("nhắc.csv", "reminders")]
    assert one("SELECT count(*) FROM reminder") == 1
    for sha256, name in rows("SELECT file_sha256, file_name FROM load"):
        assert store.path_of(sha256, name).is_file()


def test_the_command_loads_each_table_as_a_file_beside_the_archive(
    tmp_path: Path, parts: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    archive = packed(tmp_path / "tuần.zip", parts)
    assert main(["load", str(archive)]) == 0
    assert "chứa 2 bảng; mỗi bảng là một tệp riêng: «nhắc.csv», «sổ.csv»." in capsys.readouterr().out
    is_loaded()
    assert (tmp_path / "nhắc.loi.xlsx").is_file()
    assert main(["load", str(archive)]) == 0
    assert one("SELECT count(*) FROM load") == 2


def test_a_dry_run_keeps_nothing(tmp_path: Path, parts: list[Path]) -> None:
    assert main(["load", "--dry-run", str(packed(tmp_path / "tuần.zip", [parts[1], *_scans(tmp_path)]))]) == 2
    assert one("SELECT count(*) FROM load") == 0
    assert not get_settings().file_store.exists()


def _scans(folder: Path) -> Iterator[Path]:
    yield write_csv(folder / "quét.csv", SCANS, [("X1", "01/10/2021", 3)])


def test_one_bad_table_leaves_the_others_alone(
    tmp_path: Path, parts: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "ảnh.csv"
    picture.write_bytes(b"\x89PNG" + bytes(100))
    assert main(["load", str(packed(tmp_path / "tuần.zip", [*parts, picture]))]) == 2
    assert "«ảnh.csv» là ảnh PNG" in capsys.readouterr().err
    is_loaded()
    assert rows("SELECT file_name FROM refused_file") == [("ảnh.csv",)]


def test_a_table_of_an_archive_is_taken_back_from_the_store(tmp_path: Path, parts: list[Path]) -> None:
    load_file(venues(tmp_path / "cũ.csv", 2))
    archive = packed(tmp_path / "tuần.zip", parts)
    assert main(["load", str(archive)]) == 0
    archive.unlink()
    report = undo(one("SELECT min(id) FROM load"), "chị Lan", lambda _step, _text: None)
    assert report.reloaded == 2
    assert rows("SELECT file_name FROM load WHERE undone_at IS NULL ORDER BY id") == [("sổ.csv",), ("nhắc.csv",)]
    assert one("SELECT count(*) FROM reminder") == 1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "nhận tệp"
    place.mkdir()
    monkeypatch.setenv("IMPORT_FOLDER", str(place))
    get_settings.cache_clear()
    return place


def looked() -> None:
    inbox = Inbox(steady_seconds=0.0)
    inbox.look()


def test_the_folder_loads_each_table(folder: Path, parts: list[Path]) -> None:
    packed(folder / "tuần.zip", parts)
    looked()
    is_loaded()
    assert contents(folder / LOADED) == {"tuần.zip", "tuần.zip.ket-qua.txt", "nhắc.loi.xlsx"}
    result = (folder / LOADED / "tuần.zip.ket-qua.txt").read_text("utf-8")
    assert "chứa 2 bảng" in result
    assert "«sổ.csv»:\n" in result
    assert "nhận 1 (mới 1, sửa 0, không đổi 0) + loại 1" in result


def test_the_folder_sets_an_archive_aside_of_which_a_table_is_not_loaded(folder: Path, parts: list[Path]) -> None:
    packed(folder / "tuần.zip", [*parts, days_of_either_order(parts[0].with_name("quét.csv"))])
    looked()
    is_loaded()
    assert contents(folder / REFUSED) == {"tuần.zip", "tuần.zip.ket-qua.txt", "nhắc.loi.xlsx"}
    assert "«quét.csv»:\nTệp «quét.csv» còn 1 câu hỏi" in (folder / REFUSED / "tuần.zip.ket-qua.txt").read_text("utf-8")


def test_a_received_archive_becomes_the_files_in_it(tmp_path: Path, parts: list[Path], fresh_database: str) -> None:
    number = receive(packed(tmp_path / "tuần.zip", parts), as_of="2021-10-05")
    with worker(fresh_database):
        read = ended(ask("read", file=number))
        assert read.state == "done", read.error
        archive = file_row(number)
        assert archive["state"] == "discarded"
        assert archive["error"] == read.result["said"]
        assert "«nhắc.csv», «sổ.csv»" in archive["error"]
        numbers = read.result["files"]
        for job in rows("SELECT id FROM job WHERE kind = 'read'"):
            ended(*job)
        files = [file_row(part) for part in numbers]
        assert [(file["file_name"], file["state"], file["kind"]) for file in files] == [
            ("nhắc.csv", "read", "reminders"),
            ("sổ.csv", "read", "venues"),
        ]
        for file in files:
            assert file["options"] == {"as_of": "2021-10-05", "archive": "tuần.zip"}
            assert store.path_of(file["sha256"], file["file_name"]).is_file()
        for part in reversed(numbers):
            loaded = ended(ask("load", file=part))
            assert loaded.state == "done", loaded.error
    is_loaded()
