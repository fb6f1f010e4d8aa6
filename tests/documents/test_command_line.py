"""``python -m documents``: what it writes, what it says when it cannot, and the codes it ends with."""

import datetime as dt
import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from data.database.connection import Connection
from data.errors import UnknownFilter
from data.project import ROOT
from documents import FORMATS, make
from documents.__main__ import main
from documents.made import MEDIA_TYPES
from tests.documents.district import LISTED
from tests.documents.disturbed import page_at, read
from tests.documents.reading import READERS

pytestmark = pytest.mark.usefixtures("district")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.mark.parametrize("fmt", FORMATS["violators"])
def test_writes_the_list_in_every_format(fmt: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"danh sách.{fmt}"
    code, said, complaint = run("violators", "--as-of", "2021-11-30", "--format", fmt, "--out", out)
    assert (code, complaint) == (0, "")
    assert str(out) in said
    assert len(READERS[fmt](out.read_bytes()).rows) == len(LISTED)
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


def test_prints_codes_of_standard_input_and_tells_nothing_of_them(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("personal_codes", "--format", "pdf", "--out", tmp_path / "the.pdf")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\ufeffMã\x1dmột\r\nhai\n".encode())))
    assert run(*arguments)[::2] == (0, "")
    printed = read(page_at((tmp_path / "the.pdf").read_bytes()))
    assert {code.bytes.decode() for code in printed} == {"Mã\x1dmột", "hai"}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SECRET \xff")))
    code, said, complaint = run(*arguments)
    assert (code, said) == (2, "")
    assert "SECRET" not in complaint


def test_runs_as_a_module_and_takes_the_current_day(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "documents", "violators", "--format", "csv", "--out", str(tmp_path / "a.csv")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tính đến hết ngày 30/11/2021" in (tmp_path / "a.csv").read_text("utf-8-sig")


def test_writes_posters_of_many_and_names_those_that_have_none(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "ma-qr.pdf"
    venues = ("--venue", "HD2003", "HD0001", "HD2008", "HD9999")
    code, _, complaint = run("posters", *venues, "--labels", "Cổng 2; Tầng 3", "--out", out)
    assert code == 0
    assert [len(read(page_at(out.read_bytes(), 150, page))) for page in (0, 1)] == [1, 1]
    for venue, why in (
        ("HD0001", "chưa có mã QR"),
        ("HD2008", "nguồn không cho biết"),
        ("HD9999", "không có trong sổ"),
    ):
        assert re.search(f"{venue}.*{why}", complaint)
    assert run("posters", "--street", "không có phố này", "--out", out)[0] == 2


@pytest.mark.parametrize("fmt", FORMATS["poster"])
def test_writes_the_poster(fmt: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / f"ma.{fmt}"
    code, _, complaint = run("poster", "--venue", "HD2003", "--format", fmt, "--out", out)
    assert (code, complaint) == (0, "")
    assert out.read_bytes().startswith({"pdf": b"%PDF", "svg": b"<svg", "png": b"\x89PNG"}[fmt])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("violators", "--as-of", str(dt.date.today() + dt.timedelta(3))), "chưa tới"),
        (("violators", "--as-of", "2021-09-30"), "số liệu bắt đầu từ ngày 01/10/2021"),
        (("poster", "--venue", "HD0001"), "chưa tạo mã QR"),
        (("poster", "--venue", "HD2008"), "không ghi nội dung mã"),
        (("poster", "--venue", "HD' OR 1=1 --"), "Không có địa điểm nào mang mã"),
    ],
)
def test_says_in_one_sentence_why_not_and_writes_nothing(
    arguments: tuple[str, ...], sentence: str, run: Run, tmp_path: Path
) -> None:
    code, said, complaint = run(*arguments, "--format", "pdf", "--out", tmp_path / "a.pdf")
    assert (code, said) == (2, "")
    assert sentence in complaint
    assert complaint.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    code, _, complaint = run("violators", "--format", "csv", "--out", tmp_path / "khong-co" / "a.csv")
    assert code == 2
    assert complaint.startswith("Không ghi được tệp")


def test_what_is_no_plain_file_is_written_into_and_stays(run: Run, tmp_path: Path) -> None:
    pipe, link, real, folder = (tmp_path / name for name in ("pipe", "link", "real.csv", "folder"))
    os.mkfifo(pipe)
    folder.mkdir()
    real.write_text("cũ")
    link.symlink_to(real)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("violators", "--format", "csv", "--out", pipe)[0] == 0
    # Were the pipe renamed over, its reader would wait for ever: the test goes on without it, and says so.
    reader.join(20)
    assert pipe.is_fifo()
    assert run("violators", "--format", "csv", "--out", link)[0] == 0
    assert link.is_symlink()
    assert read == [real.read_bytes()]
    code, _, complaint = run("violators", "--format", "csv", "--out", folder)
    assert (code, complaint.startswith("Không ghi được tệp")) == (2, True)
    assert folder.is_dir()


def test_a_day_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["violators", "--as-of", "30/11/2021", "--format", "csv", "--out", "a.csv"])
    assert ended.value.code == 2
    assert "«30/11/2021» không phải là ngày" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["violators", "poster"])
def test_make_gives_bytes_name_and_media_type(kind: str, conn: Connection) -> None:
    for fmt in FORMATS[kind]:
        content, name, media_type, _ = make(kind, fmt, conn, day=dt.date(2021, 11, 30), venue="HD2003")
        assert content
        assert name == {"violators": f"danh-sach-vi-pham-2021-11-30.{fmt}", "poster": f"ma-qr-HD2003.{fmt}"}[kind]
        assert media_type == MEDIA_TYPES[fmt]


@pytest.mark.parametrize(("kind", "fmt"), [("violators", "svg"), ("poster", "docx"), ("report", "pdf")])
def test_make_refuses_what_there_is_not(kind: str, fmt: str, conn: Connection) -> None:
    with pytest.raises(UnknownFilter):
        make(kind, fmt, conn, venue="HD2003")
    with pytest.raises(UnknownFilter, match="Cần mã"):
        make("poster", "pdf", conn)
