"""Backups that were changed, cut off or made by what is newer: refused, and nothing is harmed by trying."""

import io
import json
import os
from pathlib import Path

import pytest

from data.backup import container, keys, restoring, verifying
from data.backup.__main__ import main
from data.backup.errors import (
    BackupError,
    Changed,
    Damaged,
    Different,
    NotABackup,
    Truncated,
    WrongKey,
)
from data.cluster.server import Cluster
from tests.ops.backups import checksums, made, silent


def places(size: int) -> list[int]:
    """The beginning, the end, and some in between."""
    return [
        0,
        40,
        100,
        200,
        511,
        512,
        5000,
        *(size * part // 7 for part in range(1, 7)),
        size - 1600,
        size - 600,
        size - 1,
    ]


def test_one_byte_changed_anywhere_is_refused(backup_folder: Path, tmp_path: Path) -> None:
    path = made()
    whole = path.read_bytes()
    broken = tmp_path / "broken.tar"
    for place in places(len(whole)):
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        with pytest.raises((Changed, Truncated, NotABackup)):
            verifying.read_manifest(broken, None)
    broken.write_bytes(whole + b"\0")
    with pytest.raises(Changed):
        verifying.read_manifest(broken, None)


def test_one_cut_off_anywhere_is_refused(backup_folder: Path, tmp_path: Path) -> None:
    path = made()
    whole = path.read_bytes()
    broken = tmp_path / "broken.tar"
    for place in places(len(whole)):
        broken.write_bytes(whole[:place])
        with pytest.raises(Truncated if place >= 512 else NotABackup):
            verifying.read_manifest(broken, None)


def test_an_encrypted_one_changed_or_cut_off_is_refused(backup_folder: Path, backup_key: Path, tmp_path: Path) -> None:
    whole = made().read_bytes()
    broken = tmp_path / "broken.tar.age"
    known = keys.read_key(backup_key)
    for place in places(len(whole)):
        broken.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((Changed, Damaged, WrongKey, NotABackup, Truncated)):
            verifying.read_manifest(broken, known)
        broken.write_bytes(whole[:place])
        with pytest.raises((Truncated, Damaged, NotABackup)):
            verifying.read_manifest(broken, known)


def test_a_refused_file_leaves_the_database_as_it_was(
    backup_folder: Path, elsewhere: str, test_cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made()
    restoring.restore(path, silent, into=elsewhere)
    before = checksums(elsewhere)
    path.write_bytes(path.read_bytes()[:-3000])
    assert main(["restore", str(path), "--into", elsewhere, "--replace"]) == 2
    assert "bị cụt" in capsys.readouterr().err
    assert checksums(elsewhere) == before
    assert test_cluster.sql("SELECT count(*) FROM pg_database WHERE datname LIKE '%restoring';") == "0"


def altered(path: Path, target: Path, **facts_of: object) -> Path:
    """A whole backup that says something else of itself."""
    with path.open("rb") as source, target.open("wb") as out:
        writer = container.Writer(out)
        for name, content in container.members(source, path):
            if name == container.MANIFEST:
                manifest = json.loads(content.read())
            elif name.startswith(container.DUMP):
                text = content.read()
                writer._add(name, len(text), io.BytesIO(text))
        writer.finish(manifest | {"files": {}} | facts_of)
    return target


def test_backups_of_a_newer_server_or_program_are_refused(backup_folder: Path, elsewhere: str, tmp_path: Path) -> None:
    path = made()
    with pytest.raises(BackupError, match="PostgreSQL 99 trở lên"):
        restoring.restore(altered(path, tmp_path / "a.tar", server_version=990001), silent, into=elsewhere)
    with pytest.raises(BackupError, match="cập nhật chương trình"):
        restoring.restore(altered(path, tmp_path / "b.tar", schema="9999"), silent, into=elsewhere)


def test_a_restored_table_that_differs_is_found_and_the_database_dropped(
    backup_folder: Path, elsewhere: str, tmp_path: Path, test_cluster: Cluster
) -> None:
    path = made()
    tables = verifying.read_manifest(path, None)["tables"]
    tables["public.venue"]["sum"] = "1/1"
    with pytest.raises(Different, match=r"public\.venue"):
        restoring.restore(altered(path, tmp_path / "a.tar", tables=tables), silent, into=elsewhere)
    assert test_cluster.sql(f"SELECT count(*) FROM pg_database WHERE datname LIKE '{elsewhere}%';") == "0"  # noqa: S608


def test_what_is_no_backup_is_said(backup_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = tmp_path / "ảnh.tar"
    stranger.write_bytes(os.urandom(4096))
    assert main(["restore", str(stranger)]) == 2
    assert "không phải là bản sao lưu" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "none.tar")]) == 2
    assert "none.tar" in capsys.readouterr().err
    assert main(["restore", str(stranger), "--into", "Tên lạ"]) == 2
    assert "tên cơ sở dữ liệu" in capsys.readouterr().err
