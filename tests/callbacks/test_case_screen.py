"""The screen of cases: what each sees of a chain, the forms of its steps, and refusals beside them."""

import re
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.access.caller import Caller
from data.database.connection import loader_connection
from data.desk.cases import Taken
from data.status.days import today
from tests.callbacks.phone_requests import signed_in
from tests.data.cases_world import DAY, OWNER, PAPER, People, ground, open_as, registered, state, step_as
from tests.etl.loading.files import one

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    ground(tmp_path)
    return People()


@pytest.fixture
def client(people: People) -> FlaskClient:
    from app import server

    return server.test_client()


def page(client: FlaskClient, who: Caller, address: str, status: int = 200) -> str:
    with signed_in(client, who):
        answer = client.get(f"/cases/{address}")
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def steps(text: str) -> list[str]:
    return re.findall(r'data-step="(\w+)"', text)


def send(client: FlaskClient, who: Caller, case: Taken, step: str, /, **said: str) -> Any:
    said = {"client": str(uuid.uuid4())} | said
    with signed_in(client, who):
        return client.post(f"/cases/{case.id}/{step}", data=said)


def test_each_sees_the_steps_that_are_theirs_and_takes_them_from_their_forms(
    client: FlaskClient, people: People
) -> None:
    case = open_as(people.police, "suspension_request", "request", facts={"reason": "đã nhắc 3 lần"})
    address = f"?case={case.id}"
    assert steps(page(client, people.police, address)) == ["withdraw"]
    assert steps(page(client, people.chair, address)) == ["confirm", "decline"]
    assert steps(page(client, people.centre, address)) == []
    page(client, people.other, address, 404)
    answer = send(client, people.chair, case, "confirm", note="đúng hiện trạng")
    assert (answer.status_code, state(case)) == (303, "confirmed")
    assert "đúng hiện trạng" in page(client, people.police, address)

    said = {"owner": "Bà  Nguyễn Thị <b>Hoa</b>", "starts_on": f"{today()}", "signed": "1"}
    refused = send(client, people.police, case, "agree", **said)
    text = unescape(refused.text)
    assert (refused.status_code, state(case)) == (422, "confirmed")
    assert "Hãy đánh dấu xác nhận" in text
    assert (
        'value="Bà  Nguyễn Thị <b>Hoa</b>"' in text
    )  # unescaped here: nothing typed is lost, and none of it is markup
    assert "<b>Hoa</b>" not in refused.text
    number = str(uuid.uuid4())
    for _ in range(2):
        again = send(client, people.police, case, "agree", confirmed="1", client=number, **said)
        assert (again.status_code, state(case)) == (303, "agreed")
    assert one("SELECT count(*) FROM case_entry WHERE step = 'agree'") == 1
    assert "Bà Nguyễn Thị <b>Hoa</b>" in page(client, people.police, address)
    assert "Hoa" not in page(client, people.command, address)  # the owner's name is for who may see contacts


def test_a_refusal_of_the_database_stands_beside_the_form_with_what_was_typed(
    client: FlaskClient, people: People
) -> None:
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{today()}"})
    said = {"number": "13/QĐ-UBND", "day": f"{today() + DAY}", "signer": "Trần Văn B", "confirmed": "1"}
    answer = send(client, people.command, case, "repeal", **said)
    assert (answer.status_code, state(case)) == (422, "in_force")
    assert f"Ngày ký {today() + DAY:%d/%m/%Y} chưa tới" in answer.text
    assert 'value="13/QĐ-UBND"' in answer.text
    with signed_in(client, people.command):  # a browser that opens its tabs again asks for the address of the refusal
        back = client.get(f"/cases/{case.id}/repeal?lang=en")
    assert (back.status_code, back.location) == (303, f"/cases/?case={case.id}&lang=en")
    assert send(client, people.chair, case, "repeal", **said).status_code == 403
    assert send(client, people.command, case, "nothing", **said).status_code == 404
    assert send(client, people.command, case, "repeal", client="x").status_code == 400
    assert send(client, people.command, case, "repeal", **said | {"day": "mai"}).status_code == 422


def test_the_board_counts_by_state_marks_what_is_overdue_and_keeps_to_the_callers_ward(
    client: FlaskClient, people: People
) -> None:
    first = open_as(people.police, "suspension_request", "request")
    open_as(people.police, "suspension_request", "request", "V5")
    with loader_connection() as conn:
        conn.execute("UPDATE case_file SET due_on = add_working_days(current_day(), 1) - 7 WHERE id = %s", (first.id,))
    text = page(client, people.police, "")
    assert re.findall(r'data-case="(\d+)"', text)[0] == str(first.id)
    assert "chờ phường <b>2</b> <em>1 quá hạn</em>" in text
    assert "việc của tôi" not in text
    mine = page(client, people.chair, "?mine=1")
    assert (mine.count("data-case="), mine.count("việc của tôi</em>")) == (1, 1)
    ward = one("SELECT code FROM ward WHERE name = 'La Khê' ORDER BY valid_from DESC LIMIT 1")
    assert "Quán 5" in page(client, people.police, f"?ward={ward}")
    assert "Quán 1" not in page(client, people.police, f"?ward={ward}")
    assert "Quán 1" in page(client, people.police, "?venue=V1")
    assert 'data-action="refer"' in page(client, people.police, "?venue=V1")
    acts = re.findall(r'<details class="row-acts">.*?</details>', text)
    assert 'data-venues="["V1"]"' in acts[0]  # a row offers what may be done at its venue
    for part in (acts[0], page(client, people.police, "?venue=V1")):
        assert 'data-action="request_suspension"' not in part
        assert f'Địa điểm đã có một hồ sơ loại này chưa xong. <a href="/cases/?case={first.id}"' in part
    assert "row-acts" not in page(client, people.command, "?process=visit")
    for odd in ("?case=x", f"?case={10**30}", "?venue=nobody"):
        page(client, people.police, odd, 404)
    assert page(client, people.police, "?process=nothing&state=%27&ward=%00", 200)


def test_a_suspension_whose_reminders_were_withdrawn_since_is_doubted(client: FlaskClient, people: People) -> None:
    case = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, case, "confirm")
    step_as(people.police, case, "agree", facts=OWNER)
    assert "Cần xem lại" not in page(client, people.police, f"?case={case.id}")
    with loader_connection() as conn:
        conn.execute("UPDATE reminder SET withdrawn_on = current_day() WHERE id = (SELECT min(id) FROM reminder)")
    assert "nay chỉ còn 2 lần nhắc được tính, cần 3" in page(client, people.police, f"?case={case.id}")


def test_announcements_are_counted_by_day_and_a_registration_is_no_doubt(
    client: FlaskClient, people: People, tmp_path: Path
) -> None:
    signed = today() - 2 * DAY
    facts = {"issued_at": f"{signed}T08:00:00+07:00"}
    case = open_as(people.police, "suspension_decision", "enter", paper=PAPER | {"day": f"{signed}"}, facts=facts)
    assert "Quá hạn" in page(client, people.centre, "")
    for day in (signed, signed, signed, signed, signed + DAY, signed - DAY):
        answer = send(client, people.centre, case, "announce", medium="loa phường", day=f"{day}")
        assert answer.status_code == (422 if day < signed else 303)  # not before it was signed
    text = page(client, people.centre, f"?case={case.id}")
    assert "4/21 lần" in text
    assert f"{signed + DAY:%d/%m/%Y} (2), {today():%d/%m/%Y} (3)" in text
    late = open_as(
        people.police, "suspension_decision", "enter", "V5", paper=PAPER | {"day": f"{signed}", "number": "14/QĐ"}
    )
    assert send(client, people.centre, late, "announce", medium="loa phường", day=f"{today()}").status_code == 303
    text = page(client, people.centre, f"?case={late.id}")
    assert "1/21 lần" in text
    assert f"{today():%d/%m/%Y} (2)" in text  # the seven days begin when it is first read out
    assert f"{signed:%d/%m/%Y} (3)" not in text
    registered(tmp_path, "V1", today())
    assert state(case) == "lift_due"
    text = page(client, people.police, f"?case={case.id}")
    assert "Cần xem lại" not in text
    assert "tự động, theo quy định" in text
    assert f"/exports/lifting.pdf?case={case.id}" in text
    said = {"number": "13/QĐ-UBND", "day": f"{today()}", "signer": "Trần Văn B", "confirmed": "1"}
    assert send(client, people.command, case, "repeal", **said).status_code == 303
    text = page(client, people.police, f"?case={case.id}")
    assert state(case) == "repealed"
    assert "13/QĐ-UBND" in text
    assert "/exports/lifting.pdf" not in text


def test_a_referral_is_answered_and_its_paper_taken(client: FlaskClient, people: People) -> None:
    asked = {"to": "UBND quận", "for_what": "xử phạt theo thẩm quyền"}
    case = open_as(people.police, "referral", "refer", facts=asked)
    with signed_in(client, people.police):
        assert client.get(f"/exports/referral.pdf?case={case.id}").data.startswith(b"%PDF")
        assert client.get(f"/exports/minutes.pdf?case={case.id}").status_code == 400
    assert one("SELECT count(*) FROM audit_entry WHERE action = 'document.referral'") == 1
    said = {"number": "7/UBND", "day": f"{today()}", "signer": "Lê C", "answer": "Đã xử phạt"}
    assert send(client, people.police, case, "answer", **said | {"answer": " "}).status_code == 422
    assert send(client, people.police, case, "answer", **said).status_code == 303
    assert "Đã xử phạt" in page(client, people.command, f"?case={case.id}")


def test_a_visit_is_recorded_once_and_leads_to_the_next(client: FlaskClient, people: People) -> None:
    visit = open_as(people.police, "visit", "plan", facts={"kind": "inspection"})
    assert steps(page(client, people.chair, f"?case={visit.id}")) == []  # inspections are the police's
    said = {"outcome": "partly", "day": f"{today()}", "words": "Sẽ treo mã\nto hơn", "signed": "refused"}
    assert send(client, people.police, visit, "record", **said).status_code == 303
    text = page(client, people.police, f"?case={visit.id}")
    assert "có mã nhưng nhỏ hoặc chưa treo" in text
    assert "từ chối ký" in text
    following = one("SELECT max(id) FROM case_file")
    assert f'data-case="{following}"' in text
    assert steps(page(client, people.police, f"?case={following}")) == ["plan", "record", "waive"]
