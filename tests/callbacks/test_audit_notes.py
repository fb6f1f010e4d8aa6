"""What leaves the product, and what was refused, is in the audit before the answer is; else there is no answer."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.rows import dict_row

from data.errors import DatabaseUnavailable
from data.queries.scope import DISTRICT
from documents import FORMATS
from documents.__main__ import main as documents
from documents.plain_table import LIST_COLUMNS
from documents.venues import VENUES
from tests.data import page_world
from tests.fixtures import accounts


@pytest.fixture(scope="module")
def client(database: str) -> Iterator[FlaskClient]:
    with page_world.filled(database):
        from app import server

        yield accounts.client(server)


class Audit:
    """What has come into the audit since it was last looked at."""

    def __init__(self, url: str) -> None:
        self._url, self._last = url, 0
        self.new()

    def new(self) -> list[dict[str, Any]]:
        with psycopg.connect(self._url, row_factory=dict_row) as conn:
            rows = conn.execute("SELECT * FROM audit_entry WHERE id > %s ORDER BY id", (self._last,)).fetchall()
        self._last = rows[-1]["id"] if rows else self._last
        return rows


@pytest.fixture
def audit(client: FlaskClient, database: str) -> Audit:
    return Audit(database)


DOCUMENTS = [f"/exports/violators.{kind}?day=2021-11-30" for kind in FORMATS["violators"]]
EXPORTS = [f"/exports/venues.{kind}?status=violating" for kind in VENUES]
POSTERS = [f"/exports/poster.{kind}?venue=HD0001" for kind in FORMATS["poster"]]


@pytest.mark.parametrize("address", [*DOCUMENTS, *EXPORTS])
def test_each_file_is_an_entry(client: FlaskClient, audit: Audit, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    (entry,) = audit.new()
    assert entry["action"] == ("export.venues" if "venues" in address else "document.violators")
    assert (entry["login"], entry["role"], entry["address"]) == (accounts.LOGIN, accounts.ROLE, "127.0.0.1")
    assert entry["subject"] in answer.headers["Content-Disposition"]
    told = entry["after"]
    assert (told["day"], told["scope"]) == ("2021-11-30", DISTRICT)
    assert told["format"] == address.partition("?")[0].rpartition(".")[2]
    assert told["rows"] > 0
    if "venues" in address:
        assert told["filters"] == "Tình trạng: Vi phạm"


@pytest.mark.parametrize("address", POSTERS)
def test_a_poster_is_in_the_history_of_its_venue(
    client: FlaskClient, audit: Audit, database: str, address: str
) -> None:
    with psycopg.connect(database) as conn:
        conn.execute("UPDATE registration SET qr_content = 'https://qr.example/1'")
    audit.new()
    assert client.get(address).status_code == 200
    (entry,) = audit.new()
    assert (entry["action"], entry["subject_kind"], entry["subject"]) == ("document.poster", "venue", "HD0001")


@pytest.mark.parametrize("address", [DOCUMENTS[0], EXPORTS[0], POSTERS[0]])
def test_without_an_entry_there_is_no_file(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    def away(*_given: Any, **_named: Any) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr("callbacks.exports.note", away)
    answer = client.get(address)
    assert answer.status_code == 503
    assert "Content-Disposition" not in answer.headers


def test_a_file_that_is_refused_is_no_export_but_a_refusal(client: FlaskClient, audit: Audit) -> None:
    assert client.get("/exports/venues.csv?status=nothing").status_code == 400
    assert audit.new() == []
    assert client.get("/accounts/").status_code == 403
    (entry,) = audit.new()
    assert (entry["action"], entry["subject"], entry["login"]) == ("refused", "/accounts/", accounts.LOGIN)


def test_who_is_not_signed_in_leaves_no_entry(client: FlaskClient, audit: Audit) -> None:
    assert accounts.client(client.application, "unknown").get(EXPORTS[0]).status_code in (303, 401)
    assert audit.new() == []


@pytest.mark.parametrize(("login", "subject"), [(accounts.LOGIN.upper(), accounts.LOGIN), ("mật khẩu của tôi", "")])
def test_a_refused_sign_in_is_an_entry_without_what_may_be_a_password(
    client: FlaskClient, audit: Audit, login: str, subject: str
) -> None:
    stranger = client.application.test_client()
    assert stranger.post("/sign-in", data={"login": login, "password": "sai mật khẩu"}).status_code == 422
    (entry,) = audit.new()
    assert (entry["action"], entry["subject"], entry["role"]) == ("sign_in.refused", subject, "nobody")
    assert entry["address"] == "127.0.0.1"
    assert "mật khẩu" not in str(entry)


def test_documents_by_command_are_entries(client: FlaskClient, audit: Audit, tmp_path: Path) -> None:
    out = tmp_path / "ds.csv"
    assert documents(["violators", "--as-of", "2021-11-30", "--format", "csv", "--out", str(out)]) == 0
    lines = list(csv.reader(out.read_text("utf-8-sig").splitlines()))
    rows = len(lines) - 1 - lines.index(list(LIST_COLUMNS))
    (entry,) = audit.new()
    assert (entry["action"], entry["login"], entry["after"]) == (
        "document.violators",
        "command line",
        {"day": "2021-11-30", "format": "csv", "scope": DISTRICT, "rows": rows},
    )  # fmt: skip
