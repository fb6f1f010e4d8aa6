"""Merged venues: one status of both, codes that go on loading, and un-merging that leaves nothing behind."""

from dataclasses import replace
from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.desk import jobs
from data.status import periods
from etl.linking import merges
from etl.undo.undo import undo
from etl.worker.jobs import UnusablePayload
from etl.worker.jobs import merge as merge_job
from tests.etl.loading.files import (
    LA_KHE,
    MO_LAO,
    REGISTRATIONS,
    REMINDERS,
    SCANS,
    load_file,
    one,
    register,
    rows,
    write_csv,
)
from tests.etl.loading.whole_database import whole

pytestmark = pytest.mark.usefixtures("fresh_database")

KEPT, TWIN, OTHER = "HD001", "HD009", "HD005"
DERIVED = ("venue", "status_period", "scan_stretch", "venue_reading", "scan_count", "registration", "reminder")


def venue(code: str) -> int:
    return int(one("SELECT id FROM venue WHERE code = %s", code))


def history() -> dict[str, list[str]]:
    """What the database says of venues and of their statuses through time."""
    with loader_connection() as conn:
        assert periods.check(conn) == []
        found = whole(conn)
    return {name: found[name] for name in DERIVED}


def merge() -> None:
    with loader_connection() as conn:
        merges.merge(conn, venue(KEPT), venue(TWIN), "chị Lan")


def unmerge() -> None:
    with loader_connection() as conn:
        merges.unmerge(conn, venue(TWIN))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A venue in two rows of the register: one row has its QR, scans and reminders lie on both; and running totals."""
    load_file(register(tmp_path / "so-1.csv", (OTHER, "Bia hơi", "Số 9 phố Lê Lợi", "La Khê", "Quán ăn", *LA_KHE)))
    place = ("Phở Thìn", "Số 12 phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO)
    load_file(register(tmp_path / "so-2.csv", (KEPT, *place), (TWIN, *place)))
    load_file(
        write_csv(tmp_path / "dk.csv", REGISTRATIONS, [(TWIN, "01/09/2021", "Q1", ""), (OTHER, "02/09/2021", "Q2", "")])
    )
    scans = [(TWIN, f"{day:02d}/10/2021", 4) for day in (1, 2, 3)] + [(KEPT, "05/10/2021", 1), (OTHER, "09/10/2021", 0)]
    load_file(write_csv(tmp_path / "quet.csv", SCANS, scans))
    reasons = [(KEPT, f"{day:02d}/10/2021", "Chưa tạo mã QR", "Tổ 1") for day in (6, 7, 8)]
    load_file(write_csv(tmp_path / "nhac.csv", REMINDERS, [*reasons, (TWIN, "08/10/2021", "Chưa quét mã QR", "Tổ 1")]))
    for number, total in enumerate((30, 37)):
        title = f"TỔNG LƯỢT QUÉT Tính đến 00h00 ngày {12 + number}/10/2021"
        lines = [(TWIN, total), (OTHER, 3 * total)]
        load_file(write_csv(tmp_path / f"luy-ke-{number}.csv", ("Mã địa điểm", "Tổng lượt quét"), lines, title))
    return tmp_path


def test_merging_and_unmerging_leaves_everything_as_it_was(folder: Path) -> None:
    before = history()
    apart = dict(rows("SELECT code, status::text FROM venue"))
    merge()
    merged = dict(rows("SELECT code, status::text FROM venue"))
    assert (merged[TWIN], merged[OTHER]) == (None, apart[OTHER])
    assert merged[KEPT] == apart[TWIN] != apart[KEPT]
    assert rows("SELECT DISTINCT code FROM status_period JOIN venue ON venue.id = venue_id ORDER BY 1") == [
        (KEPT,), (OTHER,),
    ]  # fmt: skip
    assert history() != before
    unmerge()
    assert history() == before


def test_the_code_of_a_merged_venue_goes_on_loading_for_the_venue_kept(folder: Path) -> None:
    before = history()
    merge()
    merged = history()
    ended = (*REGISTRATIONS, "Ngày kết thúc")
    outcome = load_file(write_csv(folder / "dk-2.csv", ended, [(TWIN, "01/09/2021", "Q1", "", "20/10/2021")]))
    assert (len(outcome.rejects), outcome.changes.changed) == (0, 1)
    status = "SELECT s.status::text FROM venue_status(%s, '2021-10-19') AS s"
    assert one(status, venue(KEPT)) != "unregistered"
    assert one(status.replace("10-19", "10-20"), venue(KEPT)) in ("unregistered", "uncooperative")
    undo(outcome.load_id, None, lambda _step, _text: None)
    assert history() == merged
    unmerge()
    assert history() == before


def test_merges_stand_after_a_load_of_registers_is_taken_back(folder: Path) -> None:
    merge()
    merged = rows("SELECT code, status::text FROM venue WHERE code <> %s ORDER BY code", OTHER)
    undo(one("SELECT min(id) FROM load"), None, lambda _step, _text: None)
    assert rows("SELECT v.code, k.code AS kept FROM venue AS v JOIN venue AS k ON k.id = v.merged_into") == [
        (TWIN, KEPT)
    ]
    assert rows("SELECT code, status::text FROM venue ORDER BY code") == merged
    history()


def test_the_newest_word_about_two_venues_holds_whichever_way_round_it_names_them(folder: Path) -> None:
    merge()
    with loader_connection() as conn:
        merges.keep_apart(conn, venue(TWIN), venue(KEPT), "anh Minh")
    assert rows("SELECT verdict FROM merge_decision") == [("different",)]
    assert one("SELECT count(*) FROM venue WHERE merged_into IS NOT NULL") == 0
    merge()
    assert rows("SELECT verdict FROM merge_decision") == [("merged",)]
    assert one("SELECT merged_into FROM venue WHERE code = %s", TWIN) == venue(KEPT)


def test_a_pair_with_a_merged_venue_is_no_doubt_but_looked_at_anew(folder: Path) -> None:
    pairs = [sorted((venue(TWIN), venue(other))) for other in (KEPT, OTHER)]
    with loader_connection() as conn:
        conn.execute("DELETE FROM job")
        for pair in pairs:
            conn.execute(
                "INSERT INTO duplicate_candidate (first_id, second_id, probability, forbidden, doubtful, reasons)"
                " VALUES (%s, %s, 0.8, false, true, '[]')",
                pair,
            )
    doubts = "SELECT count(*) FROM venue_doubt WHERE reason = 'possible_duplicate'"
    assert one(doubts) == 3
    merge()
    assert one(doubts) == 0
    assert rows("SELECT kind, state FROM job") == [("duplicates", "queued")]


@pytest.mark.parametrize("verdict", ["perhaps", "", None, "MERGED", ["merged"]])
@pytest.mark.usefixtures("fresh_database", "folder")
def test_a_job_with_a_verdict_that_nobody_knows_merges_nothing(verdict: object) -> None:
    with loader_connection() as conn:
        number = jobs.ask(conn, "merge", {"keep": venue(KEPT), "duplicate": venue(TWIN)}, "chị Lan")
        asked = jobs.job(conn, number)
    assert asked is not None
    before = history()
    with pytest.raises(UnusablePayload, match="merge"):
        merge_job.run(replace(asked, payload=asked.payload | {"verdict": verdict}), lambda *_: None)
    assert history() == before
    assert rows("SELECT * FROM merge_decision") == []
    merge_job.run(asked, lambda *_: None)
    assert history() != before
