"""``python -m etl load`` and ``status`` as a clerk meets them: order of files, exit codes, sentences."""

import os
from pathlib import Path

import pytest

from etl.__main__ import main
from tests.etl.loading.files import (
    REGISTRATIONS,
    SCANS,
    checksum,
    load_file,
    one,
    register,
    rows,
    venues,
    write_csv,
)
from tests.etl.loading.processes import contents, run

pytestmark = pytest.mark.usefixtures("fresh_database")


def command(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "scans": write_csv(tmp_path / "1.csv", SCANS, [("V001", "01/10/2021", 3), ("V009", "01/10/2021", 3)]),
        "registrations": write_csv(tmp_path / "2.csv", REGISTRATIONS, [("V001", "28/09/2021", "Q1", None)]),
        "venues": venues(tmp_path / "3.csv", 3),
    }


def test_files_in_any_order_are_loaded_as_they_build_on_one_another(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = command(capsys, "load", *files.values())
    assert (code, err) == (0, "")
    assert rows("SELECT kind FROM load ORDER BY id") == [("venues",), ("registrations",), ("scans",)]
    for step in range(1, 7):
        assert f"Bước {step}/6" in out
    assert "Đọc 2 dòng = nhận 1 (mới 1, sửa 0, không đổi 0) + loại 1" in out
    assert "«V009» – không có địa điểm mang mã này" in out
    assert "1.loi.xlsx" in out
    assert (files["scans"].parent / "1.loi.xlsx").exists()


def test_the_same_file_again_says_when_it_was_loaded(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], fresh_database: str
) -> None:
    command(capsys, "load", files["venues"])
    before = checksum(fresh_database)
    code, out, _ = command(capsys, "load", files["venues"])
    assert code == 0
    assert "Tệp này đã được nạp (lần nạp số 1, ngày " in out
    assert "không có gì thay đổi" in out
    assert checksum(fresh_database) == before


def test_a_dry_run_tells_all_and_keeps_nothing(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], fresh_database: str
) -> None:
    command(capsys, "load", files["venues"], files["registrations"])
    before = checksum(fresh_database)
    code, out, _ = command(capsys, "load", "--dry-run", files["scans"])
    assert code == 0
    assert "chạy thử, không lưu gì" in out
    assert "nhận 1 (mới 1" in out
    assert checksum(fresh_database) == before
    code, out, _ = command(capsys, "load", files["scans"])
    assert "mới 1" in out


def test_a_dry_run_leaves_the_list_of_rejects_that_is_being_mended(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "load", files["venues"])
    path = write_csv(
        tmp_path / "dk.csv", REGISTRATIONS, [("V001", "28/09/2021", "Q1", ""), ("V9", "1/10/2021", "", "")]
    )
    command(capsys, "load", path)
    mended = tmp_path / "dk.loi.xlsx"
    mended.write_bytes(b"mended")
    path.write_text(path.read_text("utf-8") + "V8;02/10/2021;;\n", encoding="utf-8")
    code, out, _ = command(capsys, "load", "--dry-run", path)
    assert (code, "loại 2" in out) == (0, True)
    assert mended.read_bytes() == b"mended"


def test_files_of_one_stem_have_lists_of_rejects_of_their_own(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "load", files["venues"])
    rows = [("V001", "28/09/2021", "Q1", ""), ("V9", "1/10/2021", "", "")]
    twins = [write_csv(tmp_path / name, REGISTRATIONS, rows) for name in ("dk.csv", "dk.txt")]
    command(capsys, "load", *twins)
    assert sorted(file.name for file in tmp_path.glob("dk*.loi.xlsx")) == ["dk-csv.loi.xlsx", "dk-txt.loi.xlsx"]


def test_columns_that_were_not_read_are_named(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "load", files["venues"])
    path = write_csv(tmp_path / "dk.csv", (*REGISTRATIONS, "Hủy từ hôm"), [("V001", "28/09/2021", "Q1", "", "x")])
    _, out, _ = command(capsys, "load", path)
    assert "Không đọc 1 cột có tiêu đề không nhận ra: «Hủy từ hôm»" in out


def test_a_wrong_command_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["load", "--as-of", "2021-13-01", "a.csv"])
    assert capsys.readouterr().err.startswith("Lệnh không đúng (")


def test_an_unusable_file_does_not_keep_the_others_out(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "so.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    code, _, err = command(capsys, "load", picture, files["venues"], tmp_path / "missing.csv")
    assert code == 2
    assert len(err.strip().splitlines()) == 2
    assert "so.xlsx" in err
    assert "missing.csv" in err
    assert one("SELECT count(*) FROM venue") == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--crs", "VN-3000"), "Không có hệ tọa độ «VN-3000»"),
        (("--as-of", "2100-01-01"), "chưa tới"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    code, _, err = command(capsys, "load", *arguments, files["venues"])
    assert code == 2
    assert sentence in err
    assert one("SELECT count(*) FROM load") == 0


def test_a_file_loaded_with_another_crs_is_loaded_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = ("Mã địa điểm", "Tên địa điểm", "X (m)", "Y (m)")
    path = register(tmp_path / "so.csv", ("A", "Quán", "2318716.96", "579876.08"), header=header)
    command(capsys, "load", path)
    assert one("SELECT round(ST_X(geom)::numeric, 4)::float FROM venue") == pytest.approx(105.77, abs=2e-4)
    code, out, _ = command(capsys, "load", path, "--crs", "EPSG:3405")
    assert (code, "sửa 1" in out) == (0, True)
    assert one("SELECT ST_Y(geom) FROM venue") > 20.965


def test_a_refusal_of_the_database_is_a_sentence_and_exit_2(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], fresh_database: str
) -> None:
    import psycopg

    with psycopg.connect(fresh_database, autocommit=True) as conn:
        conn.execute("ALTER TABLE venue ADD CONSTRAINT unforeseen CHECK (code <> 'V002')")
    code, _, err = command(capsys, "load", files["venues"])
    assert code == 2
    assert "cơ sở dữ liệu báo lỗi" in err
    assert "Không có gì của tệp được giữ lại" in err
    assert "Traceback" not in err
    assert one("SELECT count(*) FROM venue") == 0


def test_a_database_that_is_not_there_is_a_sentence_and_exit_2(files: dict[str, Path]) -> None:
    code, output = run("load", files["venues"], url="postgresql://qr_owner@/nowhere?host=/nonexistent")
    assert code == 2
    assert "Không kết nối được cơ sở dữ liệu" in output
    assert "Traceback" not in output


def test_a_folder_that_cannot_be_written_keeps_the_file_out(
    files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rejects that nobody can read are no rejects: "a file is in, with its rejects listed, or out as a whole"."""
    load_file(files["venues"])
    (tmp_path / "1.loi.xlsx").mkdir()
    code, _, err = command(capsys, "load", files["scans"])
    assert code == 2
    assert "1.loi.xlsx" in err
    assert one("SELECT count(*) FROM scan_count") == 0


def test_status_says_what_is_known(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert "Chưa nạp tệp nào" in command(capsys, "status")[1]
    command(capsys, "load", *files.values())
    code, out, _ = command(capsys, "status")
    assert code == 0
    assert "Địa điểm: 3 (không khớp phường: 0, chưa định vị: 0)" in out
    assert "Lượt quét đã biết: 1 ngày, từ 01/10/2021 đến 01/10/2021" in out
    assert "nhắc nhở: chưa có" in out
    assert "DỮ LIỆU MINH HỌA" not in out


def test_nothing_but_the_rejects_is_left_beside_the_source(files: dict[str, Path], tmp_path: Path) -> None:
    before = contents(tmp_path)
    code, output = run("load", *files.values(), url=os.environ["DATABASE_URL"])
    assert code == 0, output
    assert contents(tmp_path) - before == {"1.loi.xlsx"}
