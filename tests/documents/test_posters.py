"""Posters of many venues: each decodes however it is printed and seen, and an order is made in its asker's name."""

import dataclasses
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from data.access.caller import Caller, acting_as
from data.accounts.standing import caller_of
from data.database.connection import app_connection, desk_connection, loader_connection
from data.desk import posters as desk
from data.project import ROOT
from data.queries import poster_orders
from data.queries.poster_orders import Order
from data.queries.posters import codes_of
from data.settings import get_settings
from data.status.days import data_span
from documents import poster as module
from documents.poster import poster
from documents.poster_orders import BATCH, NoPosters, UnusableLabel, as_json, asked_of, labels_of, make_order, posters
from etl.store import files
from etl.store.files import path_of
from etl.worker.aside import Aside
from tests.documents.disturbed import DISTURBED, PHONE_DPI, PRINT_DPI, page_at, read, sides_mm
from tests.documents.test_poster import DAY, code_of
from tests.fixtures.officers import officer, token_of

LEAST_MM = 150.0
CONTENT = "https://qr.example/địa-điểm/HD0006?ten=Quán Ốc Thủy"


@pytest.fixture(scope="module", autouse=True)
def database(own_demo_database: str) -> str:
    return own_demo_database


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FILE_STORE", str(tmp_path))
    get_settings.cache_clear()
    return tmp_path


def chair() -> Caller:
    """A ward's chair with an account."""
    who = officer("to.in", "Mộ Lao", role="ward_chair")
    token_of(who)
    with loader_connection() as conn:
        row = conn.execute("SELECT id FROM account WHERE login = 'to.in'").fetchone()
        assert row
        found = caller_of(conn, row["id"])
    assert found
    return found


@pytest.mark.parametrize("how", [*DISTURBED, "all at once"])
@pytest.mark.parametrize("dpi", [PRINT_DPI, PHONE_DPI])
def test_a_poster_decodes_however_it_is_printed_and_seen(how: str, dpi: int) -> None:
    page = page_at(poster(code_of(CONTENT), DAY, "pdf"), dpi)
    for disturb in [DISTURBED[how]] if how in DISTURBED else map(DISTURBED.get, ("at 80 %", "dirty", "dim", "tilted")):
        assert disturb
        page = disturb(page)
    assert [code.text for code in read(page)] == [CONTENT]


def test_a_code_is_large_enough_also_on_a_printer_that_shrinks_and_one_mm_less_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shrunk = DISTURBED["at 97 %"](page_at(poster(code_of(CONTENT), DAY, "pdf")))
    assert min(sides_mm(shrunk, read(shrunk)[0])) >= LEAST_MM
    monkeypatch.setattr(module, "SIDE_MM", 149)
    small = page_at(poster(code_of(CONTENT), DAY, "pdf"))
    assert min(sides_mm(small, read(small)[0])) < LEAST_MM
    assert min(sides_mm(small, read(small)[0])) == pytest.approx(149, abs=0.2)


def test_many_are_one_file_of_pages_with_their_labels() -> None:
    codes = [dataclasses.replace(code_of(f"{CONTENT}{n}"), name=f"Quán {n}") for n in range(BATCH)]
    told: list[int] = []
    document = posters(codes, ("Cổng 1", "Tầng 2"), DAY, told.append)
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 2 * BATCH
    assert sorted(told) == [0, BATCH]
    for page in (0, 1, 2 * BATCH - 1):
        picture = page_at(document, 150, page)
        assert [code.text for code in read(picture)] == [f"{CONTENT}{page // 2}"]
        assert min(sides_mm(picture, read(picture)[0], 150)) >= LEAST_MM
    with pytest.raises(NoPosters):
        posters([], (), DAY)


def test_labels_are_lines_without_repetition() -> None:
    assert labels_of(" Cổng 1 ;Tầng 2\n\nCổng 1\n" + "x" * 30) == ("Cổng 1", "Tầng 2", "x" * 30)
    for unusable in ("x" * 31, "\n".join(map(str, range(21)))):
        with pytest.raises(UnusableLabel):
            labels_of(unusable)


def test_a_picture_says_how_large_it_is_printed_and_reads() -> None:
    picture = Image.open(io.BytesIO(poster(code_of(CONTENT), DAY, "png")))
    assert [round(side / dpi * 25.4) for side, dpi in zip(picture.size, picture.info["dpi"], strict=True)] == [210, 297]
    assert [code.text for code in read(picture)] == [CONTENT]
    assert min(sides_mm(picture, read(picture)[0], round(picture.info["dpi"][0]))) >= LEAST_MM


def _ordered(who: Caller, query: str, labels: tuple[str, ...] = ()) -> int:
    with acting_as(who), desk_connection() as conn:
        made = desk.ask(conn, as_json(asked_of(query, data_span(conn).current_day), query), labels, 1)
    assert made
    return made


def _waited_for(who: Caller, number: int, is_so: Callable[[Order], bool]) -> Order:
    deadline = time.monotonic() + 60
    while not ((found := _seen(who, number)) and is_so(found)):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def _seen(who: Caller, number: int) -> Order | None:
    with acting_as(who), app_connection() as conn:
        return poster_orders.order(conn, number)


def test_an_order_holds_the_askers_venues_alone_and_is_theirs_for_a_day(store: Path) -> None:
    who = chair()
    number = _ordered(who, "q=", ("Cổng 1",))  # the whole of what they see
    Aside().look()  # another process makes it; here it is waited for
    found = _waited_for(who, number, lambda one: one.state not in ("queued", "running"))
    assert (found.state, found.error) == ("done", None)
    with acting_as(who), app_connection() as conn:
        day = data_span(conn).current_day
        mine = codes_of(conn, asked_of("", day), day)
    assert {code.ward for code in mine.codes} == {"Mộ Lao"}
    assert found.made == found.total == len(mine.codes)
    assert found.sha256
    path = path_of(found.sha256, poster_orders.FILE_NAME)
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == len(mine.codes)
    assert (
        _seen(
            officer("khac", "Văn Quán", role="ward_chair", account=who.account_id + 1 if who.account_id else 1), number
        )
        is None
    )
    with loader_connection() as conn:
        conn.execute("UPDATE poster_order SET finished_at = finished_at - interval '2 days' WHERE id = %s", (number,))
    Aside().look()
    assert not path.exists()


def test_a_maker_that_is_told_to_end_gives_back_and_one_that_is_killed_is_made_good(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store / "passing").mkdir()
    monkeypatch.setenv("TMPDIR", str(store / "passing"))
    who = chair()
    number = _ordered(who, "", tuple(map(str, range(20))))
    command = [sys.executable, "-m", "documents", "poster_order", "--order", str(number)]

    maker = subprocess.Popen(command, cwd=ROOT)
    _waited_for(who, number, lambda one: one.made > 0)
    maker.terminate()
    maker.wait(30)
    assert not list((store / "passing").iterdir())
    given_back = _seen(who, number)
    assert given_back
    assert given_back.state == "queued"
    with loader_connection() as conn:
        conn.execute("UPDATE poster_order SET labels = '{Cổng 1}' WHERE id = %s", (number,))
    maker = subprocess.Popen(command, cwd=ROOT)
    _waited_for(who, number, lambda one: one.state == "running")
    maker.kill()
    maker.wait()
    with loader_connection() as conn:
        assert poster_orders.waiting(conn) is None, "it may still be at work"
        conn.execute("UPDATE poster_order SET seen_at = seen_at - interval '4 minutes' WHERE id = %s", (number,))
        assert poster_orders.waiting(conn) == number
    make_order(number)
    made = _seen(who, number)
    assert made
    assert made.state == "done"
    with loader_connection() as conn:
        conn.execute(
            "UPDATE poster_order SET state = 'running', seen_at = seen_at - interval '2 hours',"
            " asked_at = asked_at - interval '2 hours' WHERE id = %s",
            (number,),
        )
    Aside().look()
    given_up = _seen(who, number)
    assert given_up
    assert (given_up.state, given_up.error) == ("failed", "Không lập được tệp tờ in; sự cố đã được ghi lại.")


def test_what_is_cancelled_at_the_last_moment_leaves_no_file_and_a_fault_is_told(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = chair()
    keep = files.keep

    def kept_late(path: Path) -> str:
        sha256 = keep(path)
        with acting_as(who), desk_connection() as conn:
            assert desk.cancel(conn, late)
        assert path_of(sha256, poster_orders.FILE_NAME).exists()
        return sha256

    late = _ordered(who, "")
    monkeypatch.setattr(files, "keep", kept_late)
    make_order(late)
    cancelled = _seen(who, late)
    assert cancelled
    assert cancelled.state == "cancelled"
    assert not list(store.glob("*.pdf"))
    faulty = _ordered(who, "")
    monkeypatch.setattr(files, "keep", lambda _path: 1 / 0)
    make_order(faulty)
    failed = _seen(who, faulty)
    assert failed
    assert (failed.state, failed.error) == ("failed", "Không lập được tệp tờ in; sự cố đã được ghi lại.")


def test_who_cancels_gets_no_file_and_what_died_is_made_again(store: Path) -> None:
    del store
    who = chair()
    first, second = _ordered(who, ""), _ordered(who, "q=khôngcóquánnàotênthế")
    with acting_as(who), desk_connection() as conn:
        assert desk.ask(conn, as_json(asked_of("", DAY), ""), (), 1) is None, "two at once are enough"
        assert desk.cancel(conn, first)
        assert not desk.cancel(conn, first)
    make_order(first)
    cancelled = _seen(who, first)
    assert cancelled
    assert (cancelled.state, cancelled.sha256) == ("cancelled", None)
    make_order(second)
    failed = _seen(who, second)
    assert failed
    assert failed.state == "failed"
    assert "không có" in (failed.error or "").lower()
    third = _ordered(who, "")
    with loader_connection() as conn:
        conn.execute(
            "UPDATE poster_order SET state = 'running', seen_at = clock_timestamp() - interval '1 hour' WHERE id = %s",
            (third,),
        )
        assert poster_orders.waiting(conn) == third
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = clock_timestamp() WHERE login = 'to.in'")
    make_order(third)
    with loader_connection() as conn:
        conn.execute("UPDATE account SET disabled_at = NULL WHERE login = 'to.in'")
    ended = _seen(who, third)
    assert ended
    assert ended.state == "failed"
