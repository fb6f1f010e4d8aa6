"""What the page asks for is done by the worker, told as it goes, and told in a sentence where it cannot be done."""

from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.desk import imports
from etl.store import files
from etl.store.retention import forget_discarded
from tests.etl.loading.desk import answer, ask, ended, file_row, job, receive, worker
from tests.etl.loading.files import REMINDERS, days_of_either_order, load_file, one, rows, venues, write_csv
from tests.etl.loading.processes import LOADER_LOCK, holding, read_until
from tests.fixtures.waiting import until


@pytest.fixture(autouse=True)
def _twelve_venues(tmp_path: Path, fresh_database: str) -> None:
    load_file(venues(tmp_path / "so.csv", 12))


def reminders(path: Path, number: int, unknown: int = 0) -> Path:
    """Three reminders each of ``number`` venues, and ``unknown`` rows of venues that nobody knows."""
    lines = [
        (f"V{i:03d}", f"{day:02d}/10/2021", "Chưa tạo mã QR", "Tổ 1") for i in range(1, number + 1) for day in (4, 5, 6)
    ]
    lines += [(f"X{i:03d}", "04/10/2021", "Chưa tạo mã QR", "Tổ 1") for i in range(unknown)]
    return write_csv(path, REMINDERS, lines)


def test_a_file_is_read_checked_and_loaded(tmp_path: Path, fresh_database: str) -> None:
    number = receive(reminders(tmp_path / "nhac.csv", 5, unknown=2))
    with worker(fresh_database):
        assert ended(ask("read", file=number)).state == "done"
        read = file_row(number)
        assert (read["state"], read["kind"]) == ("read", "reminders")
        [table] = read["preview"]["tables"]
        assert [column["heading"] for column in table["columns"]] == list(REMINDERS)
        assert table["rows"][0][0] == "V001"

        checked = ended(ask("check", file=number))
        assert checked.state == "done", checked.error
        report = file_row(number)["report"]
        assert report["rows"] == {
            "read": 17, "accepted": 15, "new": 15, "changed": 0, "unchanged": 0, "removed": 0, "rejected": 2
        }  # fmt: skip
        assert report["statuses"]["changed"] == [{"before": "unregistered", "after": "violating", "venues": 5}]
        assert report["statuses"]["violating"]["count"] == 5
        assert report["statuses"]["violating"]["venues"][0] == {"code": "V001", "name": "Quán 1"}
        rejects = report["rejects_file"]
        assert rejects["name"] == "nhac.loi.xlsx"
        assert files.path_of(rejects["sha256"], rejects["name"]).is_file()
        assert one("SELECT count(*) FROM reminder") == 0
        assert one("SELECT count(*) FROM load") == 1

        loaded = ended(ask("load", file=number))
        assert loaded.state == "done", loaded.error
    row = file_row(number)
    assert row["state"] == "loaded"
    assert one("SELECT loaded_by FROM load WHERE id = %s", row["load_id"]) == "anh Minh"
    assert one("SELECT count(*) FROM reminder") == 15
    assert one("SELECT count(*) FROM venue WHERE status = 'violating'") == 5


def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, fresh_database: str) -> None:
    picture = tmp_path / "anh.csv"
    picture.write_bytes(b"\x89PNG" + bytes(100))
    strangers = receive(reminders(tmp_path / "nhac.csv", 0, unknown=2))
    with worker(fresh_database):
        number = receive(picture)
        failed = ended(ask("read", file=number))
        assert failed.state == "failed"
        assert failed.error == file_row(number)["error"]
        assert "ảnh PNG" in str(failed.error)
        checked = ended(ask("check", file=strangers))
    assert checked.state == "failed"
    assert "không có dòng nào dùng được" in str(checked.error)
    assert "/" not in str(checked.error).replace("04/10/2021", "")
    row = file_row(strangers)
    assert row["state"] == "refused"
    assert row["report"]["rejects_file"]["name"] == "nhac.loi.xlsx"


def test_a_file_in_doubt_is_not_loaded_before_a_person_has_answered(tmp_path: Path, fresh_database: str) -> None:
    number = receive(days_of_either_order(tmp_path / "quet.csv"))
    with worker(fresh_database):
        assert ended(ask("read", file=number)).state == "done"
        read = file_row(number)
        assert read["state"] == "read"
        assert [doubt["kind"] for doubt in read["preview"]["doubts"]] == ["day_order"]
        for kind in ("check", "load"):
            failed = ended(ask(kind, file=number))
            assert failed.state == "failed"
            assert "còn 1 câu hỏi chưa có câu trả lời" in str(failed.error)
            assert "--" not in str(failed.error)
            row = file_row(number)
            assert (row["state"], row["error"], row["preview"]) == ("read", None, read["preview"])
        assert one("SELECT count(*) FROM load") == 1
        assert one("SELECT count(*) FROM refused_file") == 0

        answer(number, day_order="month_first")
        assert ended(ask("read", file=number)).state == "done"
        assert file_row(number)["preview"]["doubts"] == read["preview"]["doubts"]  # the answer may have slipped
        loaded = ended(ask("load", file=number))
        assert loaded.state == "done", loaded.error
    assert one("SELECT max(day)::text FROM scan_count") == "2021-10-06"
    assert one("SELECT options ->> 'day_order' FROM load ORDER BY id DESC LIMIT 1") == "month_first"


def test_what_a_person_answers_reaches_the_reading(tmp_path: Path, fresh_database: str) -> None:
    in_tcvn3 = tmp_path / "so.csv"
    in_tcvn3.write_bytes(b"Ma dia diem;Ten dia diem;Dia chi\nHD1;M\xe9;5\n")
    without_reason = write_csv(
        tmp_path / "nhac.csv", ("Mã địa điểm", "Ngày nhắc nhở", "Người nhắc nhở"), [("V001", "04/10/2021", "Tổ 1")]
    )
    without_day = write_csv(tmp_path / "qr.csv", ("Mã địa điểm", "Đã tạo mã QR"), [("V001", "x"), ("V002", "")])
    numbers = [receive(path) for path in (in_tcvn3, without_reason, without_day)]
    with worker(fresh_database):
        for number in numbers:
            ended(ask("read", file=number))
        doubts = [[doubt["kind"] for doubt in file_row(number)["preview"]["doubts"]] for number in numbers]
        assert doubts == [["encoding"], ["reason"], ["as_of"]]
        answers = ({"encoding": "tcvn3"}, {"reason": "no_qr"}, {"as_of": "2021-10-05"})
        for number, said in zip(numbers, answers, strict=True):
            answer(number, **said)
            assert ended(ask("load", file=number)).state == "done", file_row(number)["error"]
    assert one("SELECT name FROM venue WHERE code = 'HD1'") == "Mộ"
    assert one("SELECT reason::text FROM reminder") == "no_qr"
    assert one("SELECT registered_on::text FROM registration") == "2021-10-05"
    kept = [row[0] for row in rows("SELECT options FROM load ORDER BY id OFFSET 1")]
    assert all(said.items() <= options.items() for said, options in zip(answers, kept, strict=True))


def test_progress_is_seen_while_a_job_waits(tmp_path: Path, fresh_database: str) -> None:
    number = receive(reminders(tmp_path / "nhac.csv", 5))
    with holding(fresh_database, LOADER_LOCK), worker(fresh_database):
        asked = ask("load", file=number)
        until(lambda: "chờ" in job(asked).progress, "the job to wait")
        assert (job(asked).state, job(asked).step, job(asked).steps) == ("running", 2, 6)
    # the lock is free again, but its worker is gone
    with worker(fresh_database):
        assert ended(asked).state == "done"
    assert one("SELECT count(*) FROM reminder") == 15


def test_a_second_worker_waits_for_the_first(fresh_database: str) -> None:
    with worker(fresh_database) as first:
        read_until(first, "ready")
        with worker(fresh_database) as second:
            read_until(second, "another worker")
            first.kill()
            read_until(second, "ready")


def test_a_worker_told_to_end_leaves_its_job_for_the_next(tmp_path: Path, fresh_database: str) -> None:
    number = receive(reminders(tmp_path / "nhac.csv", 5))
    with holding(fresh_database, LOADER_LOCK), worker(fresh_database) as process:
        asked = ask("load", file=number)
        until(lambda: "chờ" in job(asked).progress, "the job to wait")
        process.terminate()
        assert process.wait(30) == 0
        assert job(asked).state == "queued"


def test_what_is_no_job_is_told(fresh_database: str) -> None:
    with worker(fresh_database):
        assert "Máy chưa biết" in str(ended(ask("dance")).error)
        assert "thiếu số" in str(ended(ask("load")).error)
        assert "Không có tệp số 7" in str(ended(ask("load", file=7)).error)


def test_an_answer_can_be_taken_for_another(tmp_path: Path, fresh_database: str) -> None:
    number = receive(days_of_either_order(tmp_path / "quet.csv"))
    with worker(fresh_database):
        for said in ({}, {"day_order": "month_first"}, {"day_order": "day_first"}):
            answer(number, **said)
            ended(ask("read", file=number))
            assert [doubt["kind"] for doubt in file_row(number)["preview"]["doubts"]] == ["day_order"]
        assert ended(ask("load", file=number)).state == "done"
    assert one("SELECT max(day)::text FROM scan_count") == "2021-06-10"


def test_what_postgres_refuses_is_told_by_a_reference_number(tmp_path: Path, fresh_database: str) -> None:
    number = receive(reminders(tmp_path / "nhac.csv", 2))
    with loader_connection() as conn:
        conn.execute("ALTER TABLE reminder ADD CONSTRAINT unforeseen CHECK (reminded_on < '2020-01-01')")
    with worker(fresh_database):
        failed = ended(ask("load", file=number))
    assert failed.state == "failed"
    assert f"tham chiếu {failed.id}-" in str(failed.error)
    assert "CheckViolation" not in str(failed.error)


def test_what_was_put_aside_is_forgotten_after_a_week_unless_something_stands_on_it(
    tmp_path: Path, fresh_database: str
) -> None:
    alone, loaded, fresh = (
        receive(reminders(tmp_path / f"{name}.csv", size)) for name, size in (("a", 1), ("b", 2), ("c", 3))
    )
    load_file(tmp_path / "b.csv")
    kept = {
        number: files.path_of(file_row(number)["sha256"], file_row(number)["file_name"])
        for number in (alone, loaded, fresh)
    }
    with loader_connection() as conn:
        conn.execute("UPDATE received_file SET state = 'discarded'")
        conn.execute(
            "UPDATE received_file SET received_at = clock_timestamp() - interval '8 days' WHERE id = ANY(%s)",
            ([alone, loaded],),
        )
    with holding(fresh_database, LOADER_LOCK):
        assert not forget_discarded()  # never beside a load
    assert forget_discarded()
    assert [kept[number].is_file() for number in (alone, loaded, fresh)] == [False, True, True]
    assert one("SELECT array_agg(id) FROM received_file") == [fresh]


@pytest.mark.parametrize("work", ["check", "load"])
def test_what_is_being_checked_or_loaded_is_not_told_otherwise(tmp_path: Path, work: str) -> None:
    number = receive(reminders(tmp_path / "nhac.csv", 1))
    with loader_connection() as conn:
        conn.execute("UPDATE received_file SET state = 'checked' WHERE id = %s", (number,))
    asked = ask(work, file=number)
    with loader_connection() as conn, pytest.raises(imports.NotThere):
        imports.say(conn, number, {"replace": True})
    with loader_connection() as conn:
        conn.execute("UPDATE job SET state = 'done' WHERE id = %s", (asked,))
        imports.say(conn, number, {"replace": True})
    assert (file_row(number)["state"], file_row(number)["options"]) == ("read", {"replace": True})
