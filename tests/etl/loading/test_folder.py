"""The folder of files from a shared drive: each is loaded once, when it is whole, and its result lies beside it."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.project import ROOT
from data.settings import get_settings
from etl.validation.read import read
from etl.worker.folder import LOADED, REFUSED, Inbox
from tests.etl.loading.desk import worker
from tests.etl.loading.files import days_of_either_order, load_file, one, register, rows, venues
from tests.etl.loading.processes import LOADER_LOCK, contents, holding, waits
from tests.etl.loading.test_wards import outlines
from tests.fixtures.waiting import until


@pytest.fixture
def folder(tmp_path: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "nhận tệp"
    place.mkdir()
    monkeypatch.setenv("IMPORT_FOLDER", str(place))
    get_settings.cache_clear()
    return place


def looked(inbox: Inbox | None = None) -> int:
    """Two looks, for a file must be seen twice."""
    inbox = inbox or Inbox(steady_seconds=0.01)
    inbox.look()
    time.sleep(0.02)
    return inbox.look()


def test_a_file_is_loaded_and_moved_with_its_result(folder: Path) -> None:
    good = ("V001", "Quán 1", "", "Mộ Lao", "Quán ăn", "105.784", "20.982")
    register(folder / "so.csv", good, ("V002", "", "", "Mộ Lao", "Quán ăn", "", ""))
    assert looked() == 1
    assert contents(folder) == {LOADED}
    assert contents(folder / LOADED) == {"so.csv", "so.csv.ket-qua.txt", "so.loi.xlsx"}
    result = (folder / LOADED / "so.csv.ket-qua.txt").read_text("utf-8")
    assert "Đọc 2 dòng = nhận 1 (mới 1, sửa 0, không đổi 0) + loại 1" in result
    assert read(folder / LOADED / "so.loi.xlsx", "venues").rows_read == 1
    assert rows("SELECT file_name, loaded_by FROM load") == [("so.csv", "thư mục")]


def test_a_file_of_a_name_that_came_before_gets_another(folder: Path) -> None:
    for number in (2, 3):
        venues(folder / "so.csv", number)
        looked()
    assert contents(folder / LOADED) == {"so.csv", "so.csv.ket-qua.txt", "so (2).csv", "so (2).csv.ket-qua.txt"}
    assert one("SELECT count(*) FROM load") == 2


def test_what_cannot_be_used_is_set_aside_with_the_reason(folder: Path) -> None:
    (folder / "ảnh.csv").write_bytes(b"\x89PNG" + bytes(100))
    assert looked() == 1
    assert contents(folder / REFUSED) == {"ảnh.csv", "ảnh.csv.ket-qua.txt"}
    assert "là ảnh PNG" in (folder / REFUSED / "ảnh.csv.ket-qua.txt").read_text("utf-8")
    assert one("SELECT count(*) FROM refused_file WHERE settled_at IS NULL") == 1


def test_a_file_in_doubt_is_set_aside_with_the_question(folder: Path, tmp_path: Path) -> None:
    load_file(venues(tmp_path / "so.csv", 1))
    days_of_either_order(folder / "quet.csv")
    looked()
    assert contents(folder / REFUSED) == {"quet.csv", "quet.csv.ket-qua.txt"}
    result = (folder / REFUSED / "quet.csv.ket-qua.txt").read_text("utf-8")
    assert "Hãy trả lời ở trang Nạp dữ liệu." in result
    assert "có thể viết tháng trước ngày" in result
    assert "Có thể chọn: «ngày/tháng/năm» hoặc «tháng/ngày/năm»." in result
    assert one("SELECT count(*) FROM scan_count") == 0
    assert one("SELECT count(*) FROM refused_file WHERE kind = 'scans' AND settled_at IS NULL") == 1


def test_a_file_that_grows_and_passing_files_wait(folder: Path) -> None:
    inbox = Inbox(steady_seconds=0.05)
    for name in (".so.csv", "~$so.xlsx", "so.csv.part", "so.tmp", "rỗng.csv"):
        (folder / name).write_text("" if "rỗng" in name else "x")
    growing = venues(folder / "so.csv", 3)
    inbox.look()
    time.sleep(0.06)
    venues(growing, 4)
    assert inbox.look() == 0
    time.sleep(0.06)
    assert inbox.look() == 1
    assert one("SELECT count(*) FROM venue") == 4
    assert len(contents(folder)) == 6


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = venues(tmp_path / "bí mật.csv", 2)
    (folder / "so.csv").symlink_to(secret)
    (folder / "thư mục").symlink_to(tmp_path)
    assert looked() == 0
    assert one("SELECT count(*) FROM load") == 0


def test_a_shapefile_goes_with_its_parts(folder: Path) -> None:
    outlines().to_crs(32648).to_file(folder / "phuong.shp", engine="pyogrio")
    looked()
    assert contents(folder) == {LOADED}
    assert {"phuong.shp", "phuong.shx", "phuong.dbf", "phuong.prj"} <= contents(folder / LOADED)
    assert one("SELECT kind FROM load") == "wards"


def test_what_was_loaded_before_the_worker_died_is_not_loaded_again(folder: Path) -> None:
    load_file(venues(folder / "so.csv", 3))  # ... and it was killed before it moved the file
    looked()
    assert one("SELECT count(*) FROM load") == 1
    assert "đã được nạp" in (folder / LOADED / "so.csv.ket-qua.txt").read_text("utf-8")


def test_a_folder_that_is_not_there_is_told_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.rmdir()
    caplog.set_level(logging.WARNING, logger="etl.worker.folder")
    inbox = Inbox(steady_seconds=0.01)
    for _ in range(3):
        inbox.look()
    assert [record.message for record in caplog.records] == [
        f"Không đọc được thư mục nhận tệp «{folder}»: No such file or directory."
    ]


def test_the_worker_looks_and_a_killed_one_leaves_the_file(folder: Path, fresh_database: str) -> None:
    venues(folder / "so.csv", 3)
    os.utime(folder / "so.csv")
    with holding(fresh_database, LOADER_LOCK) as watch, worker(fresh_database) as process:
        watch.rollback()  # the lock is the session's; the statistics are read anew in each transaction
        until(lambda: _waits(watch), "the load from the folder to wait")
        process.kill()
        process.wait()
    assert {name for name in contents(folder) if not name.startswith(".")} == {"so.csv"}
    with worker(fresh_database):
        until(lambda: contents(folder) == {LOADED}, "the file to be moved")
    assert one("SELECT count(*) FROM load") == 1


def _waits(watch: object) -> bool:
    watch.rollback()  # type: ignore[attr-defined]
    return waits(watch)  # type: ignore[arg-type]


def test_a_file_that_ends_the_worker_again_and_again_is_set_aside(folder: Path) -> None:
    register(folder / "so.csv", ("V001", "Quán 1", "", "Mộ Lao", "Quán ăn", "105.784", "20.982"))
    dying = (
        "import os; from etl.worker import folder; folder._outcome = lambda path: os._exit(3);"
        " look = folder.Inbox(0.0).look"
    )
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", f"{dying}; look(); look()"], cwd=ROOT, check=False).returncode == 3
    assert looked() == 1
    assert contents(folder) == {REFUSED}
    assert "nhiều lần" in (folder / REFUSED / "so.csv.ket-qua.txt").read_text("utf-8")
    register(folder / "so.csv", ("V001", "Quán 1", "", "Mộ Lao", "Quán ăn", "105.784", "20.982"))
    assert looked() == 1
    assert contents(folder) == {REFUSED, LOADED}
