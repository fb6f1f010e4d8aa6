"""What officers propose and the office accepts: closures and new venues, whatever files say or are taken back."""

import datetime as dt
import uuid
from pathlib import Path

import pytest

from data.access.caller import acting_as
from data.database.connection import desk_connection, loader_connection
from data.desk import jobs
from data.desk.field import decide, take_back
from data.status.days import today
from etl.linking import merges
from etl.undo.undo import undo
from etl.worker.jobs import proposal
from tests.etl.loading.doors import reminders, states, status, written
from tests.etl.loading.files import (
    load_file,
    one,
    register,
    rows,
    venues,
    write_csv,
)
from tests.fixtures.officers import now, officer, tell

pytestmark = pytest.mark.usefixtures("fresh_database", "statuses_hold")

DAY = dt.timedelta(days=1)


def decided(number: uuid.UUID, *, accept: bool | None = True) -> None:
    """The chair decides a proposal (None: takes the decision back), and the worker does what follows."""
    with acting_as(officer("chu.tich", "Mộ Lao", role="ward_chair")), desk_connection() as conn:
        assert take_back(conn, number) if accept is None else decide(conn, number, accept=accept)
    with loader_connection() as conn:
        [job] = [job for job in jobs.open_jobs(conn) if job.kind == "proposal"]
    with acting_as(job.asker):
        proposal.run(job, lambda _step, _text: None)


def closed_on(code: str = "V001") -> object:
    return one("SELECT closed_on FROM venue_opening AS o JOIN venue AS v ON v.id = o.venue_id WHERE v.code = %s", code)


def test_an_accepted_closure_closes_whatever_files_say_and_can_be_taken_back(tmp_path: Path) -> None:
    lan, number = officer("lan", "Mộ Lao"), uuid.uuid4()
    tell(lan, "proposal_closure", "V001", id=number, happened_at=now() - DAY)
    decided(number)
    assert closed_on() == today() - DAY
    assert rows("SELECT status FROM venue WHERE code = 'V001'") == [(None,)]
    assert tell(lan, venue="V001")["why"] == "closed"
    header = ("Mã địa điểm", "Tên địa điểm", "Phường", "Ngày hoạt động", "Ngày đóng cửa")
    open_again = load_file(register(tmp_path / "mo.csv", ("V001", "Quán 1", "Mộ Lao", "01/09/2021", ""), header=header))
    assert closed_on() == today() - DAY
    undo(open_again.load_id, "thử", lambda _step, _text: None)
    assert closed_on() == today() - DAY
    decided(number, accept=None)
    assert closed_on() is None
    # before the worker has come to it, a decision is simply not taken
    with acting_as(officer("chu.tich", "Mộ Lao", role="ward_chair")), desk_connection() as conn:
        assert decide(conn, number, accept=True)
        assert take_back(conn, number)
        assert not take_back(conn, number)
    assert status() == "unregistered"
    assert states()[0] == "waiting"
    history = rows("SELECT action FROM audit_entry WHERE split_part(action, '.', 1) = 'venue' ORDER BY id")
    assert history == [("venue.closed",), ("venue.reopened",)]


@pytest.mark.parametrize("later_first", [True, False])
def test_two_closures_of_one_venue_taken_back_in_either_order_leave_what_files_say(
    tmp_path: Path, later_first: bool
) -> None:
    lan, later, earlier = officer("lan", "Mộ Lao"), uuid.uuid4(), uuid.uuid4()
    for number, days in ((later, 1), (earlier, 6)):
        tell(lan, "proposal_closure", "V001", id=number, happened_at=now() - days * DAY)
        decided(number)
    assert closed_on() == today() - 6 * DAY
    load_file(venues(tmp_path / "so.csv", 6))
    assert closed_on() == today() - 6 * DAY
    decided(later if later_first else earlier, accept=None)
    assert closed_on() == today() - (6 if later_first else 1) * DAY
    decided(earlier if later_first else later, accept=None)
    assert closed_on() is None
    assert status() == "unregistered"
    reopened = one("SELECT count(*) FROM audit_entry WHERE action = 'venue.reopened' AND subject = 'V001'")
    assert reopened == (1 if later_first else 2)  # what changes nothing is not told


def test_a_venue_that_files_close_on_the_same_day_stays_closed_once_the_closure_is_taken_back(tmp_path: Path) -> None:
    lan, number = officer("lan", "Mộ Lao"), uuid.uuid4()
    tell(lan, "proposal_closure", "V001", id=number, happened_at=now() - DAY)
    decided(number)
    header = ("Mã địa điểm", "Tên địa điểm", "Phường", "Ngày hoạt động", "Ngày đóng cửa")
    said = ("V001", "Quán 1", "Mộ Lao", "01/09/2021", f"{today() - DAY:%d/%m/%Y}")
    load_file(register(tmp_path / "dong.csv", said, header=header))
    decided(number, accept=None)
    assert closed_on() == today() - DAY
    assert one("SELECT count(*) FROM audit_entry WHERE action = 'venue.reopened'") == 0


def test_a_made_venue_is_linked_like_others_and_stays_once_something_is_known_of_it(tmp_path: Path) -> None:
    lan, number, outside = officer("lan", "Mộ Lao"), uuid.uuid4(), uuid.uuid4()
    payload = {"name": "Nhà thuốc Minh Khai", "address": "Số 77 phố Trần Phú", "lon": 105.784, "lat": 20.982}
    tell(lan, "proposal_new", id=number, payload=payload)
    tell(lan, "proposal_new", id=outside, payload=payload | {"lon": 106.7, "lat": 10.8})
    decided(outside)
    assert rows("SELECT state, answer ->> 'why' FROM field_event WHERE id = %s", outside) == [
        ("waiting", "outside_district")
    ]
    decided(number)
    code = one("SELECT venue_code FROM field_event WHERE id = %s", number)
    # somebody has decided about it
    made, other = (int(one("SELECT id FROM venue WHERE code = %s", known)) for known in (code, "V001"))
    with loader_connection() as conn:
        merges.keep_apart(conn, made, other, "tổ 3")
    decided(number, accept=None)
    assert rows("SELECT state, answer ->> 'why' FROM field_event WHERE id = %s", number) == [("applied", "in_use")]
    with loader_connection() as conn:
        merges.forget(conn, made, other)
    described = ("Tên địa điểm", "Địa chỉ", "Phường", "Ngày nhắc nhở", "Lý do nhắc nhở", "Người nhắc nhở")
    said = ("Nhà thuốc Minh Khai", "77 Trần Phú", "Mộ Lao", written(), "Chưa tạo mã QR", "tổ 3")
    load_file(write_csv(tmp_path / "sổ.csv", described, [said], "SỔ NHẮC NHỞ"))
    assert [row[0] for row in reminders()] == [code]
    decided(number, accept=None)
    assert rows("SELECT state, answer ->> 'why' FROM field_event WHERE id = %s", number) == [("applied", "in_use")]
    assert status(code) == "reminded"
