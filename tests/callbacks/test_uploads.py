"""Files that come in by tus: in pieces, in any of their ways of going wrong; and the files that are given out again."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import server
from callbacks.imports import uploads
from data.database.connection import Connection
from data.desk import imports
from etl.store import files
from tests.fixtures import accounts

VERSION = {"Tus-Resumable": "1.0.0"}
TEXT = "Mã địa điểm;Tên\nHD000001;Quán Ốc\n".encode()


@pytest.fixture
def client(fresh_database: str) -> Iterator[FlaskClient]:
    with accounts.client(server) as made:
        yield made


def announced(client: FlaskClient, name: str, size: int, **headers: str) -> TestResponse:
    metadata = f"filename {base64.b64encode(name.encode()).decode()},filetype dGV4dC9jc3Y="
    return client.post(
        "/imports/uploads", headers=VERSION | {"Upload-Length": str(size), "Upload-Metadata": metadata} | headers
    )


def sent(client: FlaskClient, address: str, offset: int, piece: bytes, **headers: str) -> TestResponse:
    fixed = VERSION | {"Upload-Offset": str(offset), "Content-Type": uploads.PIECE_TYPE}
    return client.patch(address, headers=fixed | headers, data=piece)


def begun(client: FlaskClient, name: str = "sổ.csv", size: int = len(TEXT)) -> str:
    answer = announced(client, name, size)
    assert answer.status_code == 201
    return answer.headers["Location"]


def row(conn: Connection) -> dict[str, Any]:
    found = conn.execute("SELECT * FROM received_file").fetchone()
    assert found
    return found


def test_what_the_server_can_do_is_told(client: FlaskClient) -> None:
    answer = client.options("/imports/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation"
    assert int(answer.headers["Tus-Max-Size"]) == imports.MOST_BYTES


def test_a_file_in_pieces_is_whole_at_its_end_and_is_to_be_read(client: FlaskClient, conn: Connection) -> None:
    address = begun(client)
    assert client.head(address, headers=VERSION).headers["Upload-Offset"] == "0"
    assert sent(client, address, 0, TEXT[:10]).headers["Upload-Offset"] == "10"
    assert client.head(address, headers=VERSION).headers["Upload-Offset"] == "10"
    assert row(conn)["received_bytes"] == 10
    assert sent(client, address, 10, TEXT[10:]).status_code == 204
    conn.rollback()
    found = row(conn)
    assert (found["state"], found["file_name"], found["sha256"]) == (
        "received",
        "sổ.csv",
        hashlib.sha256(TEXT).hexdigest(),
    )
    assert files.path_of(found["sha256"], "sổ.csv").read_bytes() == TEXT
    assert not files.receiving(found["id"]).exists()
    job = conn.execute("SELECT kind, payload, state FROM job").fetchall()
    assert job == [{"kind": "read", "payload": {"file": found["id"]}, "state": "queued"}]
    assert client.head(address, headers=VERSION).headers["Upload-Offset"] == str(len(TEXT))


def test_an_empty_file_is_whole_when_it_is_announced(client: FlaskClient, conn: Connection) -> None:
    begun(client, size=0)
    assert row(conn)["state"] == "received"


def test_a_piece_out_of_place_is_refused_and_changes_nothing(client: FlaskClient) -> None:
    address = begun(client)
    sent(client, address, 0, TEXT[:10])
    assert sent(client, address, 5, TEXT[5:]).status_code == 409
    assert sent(client, address, 10, TEXT).status_code == 413  # longer than announced
    assert client.head(address, headers=VERSION).headers["Upload-Offset"] == "10"


def test_a_file_that_was_whole_when_the_database_went_away_is_put_away_at_the_next_question(
    client: FlaskClient, conn: Connection
) -> None:
    address = begun(client)
    number = int(address.rsplit("/", 1)[1])
    files.receiving(number).write_bytes(TEXT)
    assert client.head(address, headers=VERSION).headers["Upload-Offset"] == str(len(TEXT))
    assert row(conn)["state"] == "received"


def test_a_piece_while_another_connection_sends_one_is_refused(client: FlaskClient) -> None:
    address = begun(client)
    with uploads._held(int(address.rsplit("/", 1)[1])):
        assert sent(client, address, 0, TEXT).status_code == 423
    assert sent(client, address, 0, TEXT).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "viele"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Metadata": "filename"}, 400),
        ({"Upload-Metadata": "filename !!!"}, 400),
        ({"Upload-Length": str(imports.MOST_BYTES + 1)}, 413),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_what_is_not_in_order_is_refused_before_anything_is_written(
    client: FlaskClient, conn: Connection, headers: dict[str, str], status: int
) -> None:
    assert announced(client, "a.csv", 5, **headers).status_code == status
    assert conn.execute("SELECT count(*) AS n FROM received_file").fetchone() == {"n": 0}


def test_a_piece_from_a_foreign_page_is_refused(client: FlaskClient) -> None:
    address = begun(client)
    assert sent(client, address, 0, TEXT, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert sent(client, address, 0, TEXT, **{"Content-Type": "text/plain"}).status_code == 415


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\sổ.xlsx", "sổ.xlsx"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        (".ẩn", "ẩn"),
        ("x" * 300 + ".csv", "x" * 176 + ".csv"),
        ("hoa\u0300.csv", "hoà.csv"),
    ],
)
def test_names_are_made_safe(client: FlaskClient, conn: Connection, name: str, kept: str) -> None:
    begun(client, name, 5)
    assert row(conn)["file_name"] == kept


def test_more_files_than_a_minute_allows_wait(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_NEW_A_MINUTE", 1)
    begun(client)
    answer = announced(client, "b.csv", 5)
    assert answer.status_code == 429
    assert "một phút" in answer.text


def test_more_under_way_than_the_server_takes_is_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_OPEN_BYTES", 10)
    assert announced(client, "b.csv", 11).status_code == 429


def test_a_full_disk_is_told_before_a_byte_is_sent(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "ROOM_LEFT", 1 << 62)
    answer = announced(client, "b.csv", 5)
    assert answer.status_code == 507
    assert "đầy" in answer.text


def test_files_given_up_long_ago_make_room(client: FlaskClient, conn: Connection) -> None:
    address = begun(client)
    number = int(address.rsplit("/", 1)[1])
    conn.execute("UPDATE received_file SET received_at = now() - interval '8 days'")
    conn.commit()
    begun(client)
    assert not files.receiving(number).exists()
    assert client.head(address, headers=VERSION).status_code == 410


def test_a_kept_file_is_downloaded_under_its_own_name(client: FlaskClient) -> None:
    sent(client, begun(client), 0, TEXT)
    sha256 = hashlib.sha256(TEXT).hexdigest()
    answer = client.get(f"/imports/files/{sha256}")
    assert answer.data == TEXT
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "s%E1%BB%95.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert client.get(f"/imports/files/{sha256}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_what_the_database_does_not_know_is_not_given_out(client: FlaskClient) -> None:
    stray = files.folder() / f"{'0' * 64}.csv"
    stray.write_text("x")
    for address in ("0" * 64, "..%2f..%2fetc%2fpasswd", "0" * 63 + "G"):
        assert client.get(f"/imports/files/{address}").status_code == 404
