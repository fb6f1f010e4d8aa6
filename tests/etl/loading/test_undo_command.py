"""``python -m etl undo`` and the worker's jobs: what is said before and after, and what cannot be taken back."""

from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.status.periods import check
from etl.store import files
from etl.undo.report import sentences
from etl.undo.undo import CannotUndo, undo
from tests.etl.loading.desk import ask, ended, worker
from tests.etl.loading.files import REMINDERS, SCANS, checksum, load_file, one, rows, venues, write_csv
from tests.etl.loading.processes import run
from tests.etl.loading.test_wards import outlines


def silent(_step: int, _text: str) -> None:
    """Progress that nobody looks at."""


def reminders(path: Path, *codes: str) -> Path:
    """Three reminders of each venue."""
    lines = [(code, f"{day:02d}/10/2021", "Chưa tạo mã QR", "Tổ 1") for code in codes for day in (4, 5, 6)]
    return write_csv(path, REMINDERS, lines)


@pytest.fixture
def loaded(tmp_path: Path, fresh_database: str) -> list[int]:
    """Numbers of four loads: a register, another of ten more venues, reminders of both, reminders of the second."""
    return [
        load_file(venues(tmp_path / "so.csv", 5)).load_id,
        load_file(venues(tmp_path / "so-moi.csv", 15)).load_id,
        load_file(reminders(tmp_path / "nhac.csv", "V001", "V010")).load_id,
        load_file(reminders(tmp_path / "nhac-moi.csv", "V011", "V012")).load_id,
    ]


def test_the_command_says_first_what_it_would_do(fresh_database: str, loaded: list[int]) -> None:
    before = checksum(fresh_database)
    code, output = run("undo", loaded[1], "--dry-run", url=fresh_database)
    assert code == 0, output
    assert "Sẽ lấy lại lần nạp số 2: «so-moi.csv»" in output
    assert "10 địa điểm đã thêm, bị bỏ đi" in output
    assert "số 3 «nhac.csv»: nhận 6 → 3, loại 0 → 3, mới hoặc sửa 6 → 3" in output
    assert "số 4 «nhac-moi.csv» cũng bị lấy lại: Tệp «nhac-moi.csv» không có dòng nào dùng được." in output
    assert "Thôi vi phạm (3): V010, V011, V012" in output
    assert "Danh sách lỗi:" not in output  # it lay in a passing folder
    code, output = run("undo", loaded[1], url=fresh_database)
    assert code == 2
    assert "python -m etl undo 2 --yes" in output
    assert checksum(fresh_database) == before


def test_the_command_takes_back_and_a_file_can_be_loaded_again(
    tmp_path: Path, fresh_database: str, loaded: list[int]
) -> None:
    code, output = run("undo", loaded[1], "--yes", url=fresh_database)
    assert code == 0, output
    assert "Đã lấy lại lần nạp số 2" in output
    assert one("SELECT count(*) FROM venue") == 5
    assert rows("SELECT id FROM load WHERE undone_at IS NOT NULL ORDER BY id") == [(2,), (4,)]
    assert rows("SELECT rows_accepted, rows_rejected FROM load WHERE id = 3") == [(3, 3)]
    assert one("SELECT undone_by IS NOT NULL FROM load WHERE id = 2")
    with loader_connection() as conn:
        assert check(conn) == []
    code, output = run("undo", loaded[1], "--yes", url=fresh_database)
    assert code == 2
    assert "đã được lấy lại rồi" in output
    code, output = run("status", url=fresh_database)
    assert code == 0
    assert "Lấy lại" in output
    again = load_file(tmp_path / "so-moi.csv")
    assert again.loaded_before is None
    assert again.changes.new == 10


def test_the_worker_checks_and_takes_back(fresh_database: str, loaded: list[int]) -> None:
    before = checksum(fresh_database)
    with worker(fresh_database):
        checked = ended(ask("undo_check", load=loaded[0]))
        assert checked.state == "done", checked.error
        assert checksum(fresh_database) == before
        assert checked.result["rows"] == {"venue": {"added": 5, "changed": 0, "removed": 0}}
        done = ended(ask("undo", load=loaded[3]))
        assert done.state == "done", done.error
        assert done.result["rows"] == {"reminder": {"added": 6, "changed": 0, "removed": 0}}
        assert "không có lần nạp số 99" in str(ended(ask("undo", load=99)).error).lower()
    assert one("SELECT undone_by FROM load WHERE id = %s", loaded[3]) == "anh Minh"
    assert one("SELECT count(*) FROM venue WHERE status = 'violating'") == 2


def test_what_a_correction_changed_and_removed_is_back(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 5))
    load_file(reminders(tmp_path / "nhac.csv", "V001", "V002"))
    before = rows("SELECT to_jsonb(r) FROM reminder AS r ORDER BY id")
    corrected = load_file(reminders(tmp_path / "nhac.csv", "V001", "V003"))
    assert corrected.changes.removed == 3
    report = undo(corrected.load_id, None, silent)
    assert report.rows == {"reminder": {"added": 3, "changed": 0, "removed": 3}}
    assert rows("SELECT to_jsonb(r) FROM reminder AS r ORDER BY id") == before
    assert one("SELECT count(*) FROM before_image") == 0


@pytest.mark.usefixtures("fresh_database")
def test_a_first_load_keeps_no_image_of_anything(tmp_path: Path) -> None:
    load_file(venues(tmp_path / "so.csv", 5))
    load_file(reminders(tmp_path / "nhac.csv", "V001", "V002"))
    assert one("SELECT count(*) FROM before_image") == 0


@pytest.mark.usefixtures("fresh_database")
def test_a_shapefile_after_it_is_loaded_again_from_its_parts(tmp_path: Path) -> None:
    first = load_file(venues(tmp_path / "so.csv", 5)).load_id
    place = tmp_path / "bản đồ"
    place.mkdir()
    outlines().to_crs(32648).to_file(place / "phuong.shp", engine="pyogrio")
    files.keep(place / "phuong.shp", "ranh giới.SHP")  # the same content came before, under another name
    load_file(place / "phuong.shp")
    report = undo(first, None, silent)
    assert (report.reloaded, report.later) == (1, [])
    assert one("SELECT DISTINCT boundary_source FROM ward") == "official"
    assert one("SELECT count(*) FROM venue") == 0


def test_the_last_load_of_a_kind_of_events_is_taken_out_alone(
    tmp_path: Path, fresh_database: str, loaded: list[int]
) -> None:
    before = rows("SELECT to_jsonb(r) FROM reminder AS r ORDER BY id")
    corrected = load_file(reminders(tmp_path / "nhac.csv", "V001", "V002"))
    load_file(venues(tmp_path / "so-moi.csv", 20))
    load_file(write_csv(tmp_path / "quet.csv", SCANS, [("V001", "01/10/2021", 3)]))
    first = undo(loaded[2], None, silent, dry_run=True)
    assert first.reloaded == 4  # a later book of reminders reads what stands there
    there = rows("SELECT xmin::text FROM scan_count")
    report = undo(corrected.load_id, None, silent)
    assert (report.reloaded, report.later) == (0, [])
    assert rows("SELECT to_jsonb(r) FROM reminder AS r ORDER BY id") == before
    assert rows("SELECT xmin::text FROM scan_count") == there
    assert one("SELECT count(*) FROM venue") == 20
    with loader_connection() as conn:
        assert check(conn) == []


def test_a_load_of_an_older_version_is_not_taken_back(loaded: list[int]) -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE load SET options = '{}' WHERE id = %s", (loaded[2],))
    with pytest.raises(CannotUndo, match="phiên bản cũ"):
        undo(loaded[1], None, silent)
    assert undo(loaded[3], None, silent).reloaded == 0


def test_without_a_later_file_nothing_is_taken_back(fresh_database: str, loaded: list[int]) -> None:
    sha256 = one("SELECT file_sha256 FROM load WHERE id = %s", loaded[2])
    kept = files.path_of(sha256, "nhac.csv")
    content = kept.read_bytes()
    before = checksum(fresh_database)
    kept.unlink()
    with pytest.raises(CannotUndo, match=r"nhac\.csv"):
        undo(loaded[1], None, silent)
    kept.write_bytes(content.replace(b"V001", b"V002"))
    with pytest.raises(files.NotKept):
        undo(loaded[1], None, silent)
    assert checksum(fresh_database) == before
    kept.write_bytes(content)
    report = undo(loaded[2], None, silent, dry_run=True)
    assert "1 lần nạp sau đó sẽ được nạp lại từ tệp đã lưu, kết quả không đổi." in sentences(report)
