"""Guidance: anybody reads it, the centre alone words it, two at once are told, and every version can be taken back."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient

from app import server
from data.access.caller import acting_as
from data.database.connection import close_pools, desk_connection, loader_connection, public_connection
from data.desk import guidance as desk
from data.errors import NotAllowed
from data.queries import guidance as query
from data.reference.guidance import LANGUAGES, SHEETS, Sheet, sheet_of_parts, shipped
from documents.__main__ import main
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

EDITOR = "/guidance/owners/vi/"
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}#set page()<img src=https://evil.example/x>'


@pytest.fixture(scope="module", autouse=True)
def database(own_demo_database: str) -> Iterator[None]:
    """A demonstration of our own, in which nothing was ever published."""
    del own_demo_database
    yield
    close_pools()


@pytest.fixture(autouse=True)
def _as_shipped() -> None:
    with loader_connection() as conn:
        conn.execute("DELETE FROM guidance_draft")
        conn.execute("DELETE FROM guidance_version")
        conn.execute("DELETE FROM published.guidance")
        conn.commit()


@pytest.fixture
def centre() -> FlaskClient:
    return accounts.client(server, token_of(officer("gd.trungtam", role="culture_centre", name="chị Hoa")))


def nobody(path: str = "", status: int = 200) -> str:
    answer = server.test_client().get(f"/huong-dan{path}")
    assert answer.status_code == status, path
    assert "session" not in answer.headers.get("Set-Cookie", "")
    return answer.get_data(as_text=True)


def form(serial: int, **parts: str) -> dict[str, object]:
    words = shipped("owners", "vi").parts()
    return words | {key.replace("__", "."): said for key, said in parts.items()} | {"serial": serial}


def serial_of(page: str) -> int:
    found = re.search(r'name="serial" value="(\d+)"', page)
    assert found
    return int(found[1])


def saved(client: FlaskClient, serial: int, **parts: str) -> int:
    answer = client.post(EDITOR, data=form(serial, **parts), follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return serial_of(answer.get_data(as_text=True))


def made_public(client: FlaskClient, serial: int) -> str:
    answer = client.post(f"{EDITOR}publish", data={"serial": serial}, follow_redirects=True)
    return str(answer.get_data(as_text=True))


def test_anybody_reads_every_sheet_without_a_publication_a_script_or_another_site() -> None:
    for lang in LANGUAGES:
        page = nobody(f"?lang={lang}")
        for sheet in SHEETS:
            assert f'href="/huong-dan/{sheet}?lang={lang}"' in page
            told = nobody(f"/{sheet}?lang={lang}")
            assert all(step.heading.split()[0] in told for step in shipped(sheet, lang).steps)
            assert told.count('role="img"') == 6
            for each in (page, told):
                assert "<script" not in each
                assert re.findall(r'(?:src|href|action)="(?!/)[^"]*"', each) == []
                assert set(re.findall(r"https?://[^\"' ]+", each)) <= {"http://www.w3.org/2000/svg"}
    for path in ("/nobody", "/owners/a3.pdf", "/nobody/a4.pdf", "/owners%00"):
        nobody(path, 404)
    assert 'href="/huong-dan"' in server.test_client().get("/cong-khai").get_data(as_text=True)
    assert 'href="/huong-dan?' in server.test_client().get("/sign-in").get_data(as_text=True)


def test_what_was_made_is_kept_until_a_sheet_changes(centre: FlaskClient) -> None:
    visitor = server.test_client()
    for path in ("", "/owners", "/owners/a5.pdf?lang=vi"):
        first = visitor.get(f"/huong-dan{path}")
        assert visitor.get(f"/huong-dan{path}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert first.headers["Cache-Control"] == "no-cache"
    made_public(centre, saved(centre, 0, title="Tiêu đề mới"))
    answer = visitor.get("/huong-dan/owners/a5.pdf?lang=vi", headers={"If-None-Match": first.headers["ETag"]})
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert "Tiêu đề mới" in nobody("/owners?lang=vi")


def test_nothing_is_public_before_it_is_published_and_every_version_can_be_taken_back(centre: FlaskClient) -> None:
    first = saved(centre, 0, title="Bản thứ nhất")
    assert "Bản thứ nhất" not in nobody("/owners?lang=vi")
    preview = centre.get(f"{EDITOR}a4.pdf")
    assert preview.data.startswith(b"%PDF")
    assert preview.headers["Cache-Control"] == "no-store"
    page = made_public(centre, first)
    assert "Bản thứ nhất" in nobody("/owners?lang=vi")
    for number, is_said in ((1, True), (2, False), (10**20, False)):
        assert ("Đã công bố bản" in centre.get(f"{EDITOR}?told={number}").get_data(as_text=True)) is is_said
    made_public(centre, saved(centre, serial_of(page), title="Bản thứ hai", ask="Hỏi tổ dân phố"))
    page = centre.get(EDITOR).get_data(as_text=True)
    assert "<del>nhất</del> <ins>hai</ins>" in page
    answer = centre.post(f"{EDITOR}revert", data={"serial": serial_of(page), "number": 1}, follow_redirects=True)
    assert "Bản thứ hai" in nobody("/owners?lang=vi")
    assert "version 3" in made_public(centre, serial_of(answer.get_data(as_text=True))).lower().replace(
        "bản", "version"
    )
    assert "Bản thứ nhất" in nobody("/owners?lang=vi")
    page = centre.get(EDITOR).get_data(as_text=True)
    answer = centre.post(f"{EDITOR}revert", data={"serial": serial_of(page), "number": 0}, follow_redirects=True)
    made_public(centre, serial_of(answer.get_data(as_text=True)))
    with public_connection() as conn:
        shown = query.public_sheet(conn, "owners", "vi")
    assert (shown.words, shown.number) == (shipped("owners", "vi"), 4)
    assert "For owners" in nobody("/owners?lang=en")
    answer = centre.post(f"{EDITOR}publish", data={"serial": serial_of(centre.get(EDITOR).get_data(as_text=True))})
    assert answer.status_code == 422
    assert centre.post(f"{EDITOR}revert", data={"serial": 0, "number": 9}).status_code == 404


def test_two_at_once_are_told_and_nothing_is_lost(centre: FlaskClient) -> None:
    other = accounts.client(server, token_of(officer("gd.hai", role="culture_centre", name="anh Nam")))
    for _ in range(2):  # the button was pressed twice
        saved(other, 0, title="Của anh Nam")
    answer = centre.post(EDITOR, data=form(0, title="Của chị Hoa"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "anh Nam" in page
    assert 'value="Của chị Hoa"' in page, "what was typed is still there"
    assert "<ins>anh Nam</ins>" in page, "and what the other has saved stands beside it"
    for path in ("publish", "revert"):
        assert centre.post(EDITOR + path, data={"serial": 0, "number": 0}).status_code in (409, 422)
    saved(centre, serial_of(page), title="Của cả hai")


def test_hostile_and_long_words_are_text_or_refused(centre: FlaskClient) -> None:
    page = made_public(centre, saved(centre, 0, **{"1__text": HOSTILE, "title": "\u202eA\x00B <b>"}))
    for said in (page, nobody("/owners?lang=vi")):
        assert "<script>alert" not in said
        assert "<img" not in said
        assert "{{ 7*7 }}" in said
        assert "AB &lt;b&gt;" in said
    long = centre.post(EDITOR, data=form(serial_of(page), **{"2__text": "a" * 221}))
    assert long.status_code == 422
    assert "220" in long.get_data(as_text=True)
    wide = {f"{n}__{part}": "W" * most for n in range(1, 7) for part, most in (("heading", 50), ("text", 220))}
    refused = centre.post(EDITOR, data=form(serial_of(page), **wide))
    assert refused.status_code == 422
    assert "một trang A4" in refused.get_data(as_text=True)
    assert "W" * 50 in refused.get_data(as_text=True), "what was typed is not lost"


def test_the_database_refuses_who_may_not_and_what_is_no_sheet() -> None:
    words = shipped("owners", "vi")
    for role in ("culture_office", "police", "district_command", "admin"):
        with acting_as(officer(f"gd.{role}", role=role)), desk_connection() as conn:
            for act in (
                lambda c: desk.saved(c, "owners", "vi", 0, words),
                lambda c: desk.made_public(c, "owners", "vi", 0),
            ):
                with pytest.raises(NotAllowed):
                    act(conn)
    broken = (Sheet("", words.steps, ""), Sheet("x", words.steps[:5], ""), Sheet("x" * 61, words.steps, ""))
    with acting_as(officer("gd.ba", role="culture_centre")), desk_connection() as conn:
        for each in broken:
            with pytest.raises(desk.GuidanceRefused):
                desk.saved(conn, "owners", "vi", 0, each)
        with pytest.raises(desk.GuidanceRefused):
            desk.saved(conn, "nobody", "vi", 0, words)
        for sql in ("UPDATE guidance_version SET words = '{}'", "DELETE FROM published.guidance"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
                conn.execute(sql)  # type: ignore[arg-type]
        desk.saved(conn, "owners", "vi", 0, sheet_of_parts(words.parts()))
    with loader_connection() as conn:
        told = conn.execute("SELECT login FROM audit_entry WHERE subject_kind = 'guidance'").fetchall()
    assert "gd.ba" in {row["login"] for row in told}


def test_the_command_line_makes_what_is_public(tmp_path: Path, centre: FlaskClient) -> None:
    out = tmp_path / "huong-dan.pdf"
    options = ["guidance", "--sheet", "owners", "--lang", "vi", "--format", "pdf", "--out", str(out)]
    assert main([*options, "--paper", "a4"]) == 0
    assert out.read_bytes() == server.test_client().get("/huong-dan/owners/a4.pdf?lang=vi").data
    del centre
