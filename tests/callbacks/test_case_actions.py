"""Acts that open cases: what the database would refuse is shown beforehand in its words; what was done is undone."""

import json
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from callbacks.drawer import levels as drawer
from data.access.caller import Caller, acting_as
from data.status.days import today
from tests.callbacks.phone_requests import signed_in
from tests.data.cases_world import DAY, People, ground, open_as, step_as
from tests.etl.loading.files import one, rows
from tests.fixtures.officers import officer

pytestmark = pytest.mark.usefixtures("database")
PAPER = {
    "number": "12/QĐ-UBND",
    "day": f"{today()}",
    "signer": "Nguyễn Văn A",
    "authority": "UBND quận Hà Đông",
    "scope": "toàn bộ cơ sở",
}


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    from app import server

    ground(tmp_path_factory.mktemp("so"))
    return server.test_client()


@pytest.fixture
def police(client: FlaskClient) -> Caller:
    return People().police


def told(client: FlaskClient, who: Caller, path: str, /, *codes: str, **sent: Any) -> dict[str, tuple[str, str]]:
    body = {"venues": list(codes), "form": {}, "client": str(uuid.uuid4())} | sent
    with signed_in(client, who):
        answer = client.post(f"/actions/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return {line["venue"]: (line["state"], line["text"]) for line in answer.json["lines"]}


def drawer_of(code: str) -> str:
    content = drawer.fill({"level": "venue", "search": "", "venue": code, "place": None}, None)
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


def states(process: str) -> list[tuple[str, str]]:
    return [
        (code, state)
        for code, state in rows(
            "SELECT venue_code, state FROM case_file WHERE process = %s ORDER BY venue_code, id", process
        )
    ]


def test_a_visit_is_planned_once_in_many_venues_and_taken_back(client: FlaskClient, police: Caller) -> None:
    form = {"kind": "inspection", "day": f"{today() + DAY}"}
    number = str(uuid.uuid4())
    codes = ("V1", "V2", "V4")
    will = f"Kiểm tra, ngày {today() + DAY:%d/%m/%Y}."
    preview = told(client, police, "plan_visit/preview", *codes, form=form)
    assert preview == dict.fromkeys(codes, ("done", will))
    assert states("visit") == []
    for _again in range(2):
        answer = told(client, police, "plan_visit", *codes, form=form, client=number)
        assert {line[0] for line in answer.values()} == {"done"}
    assert states("visit") == [(code, "planned") for code in codes]
    state, text = told(client, police, "plan_visit/preview", "V1", form=form)["V1"]
    assert (state, text) == ("refused", "Địa điểm đã có một lượt đến trong lịch.")
    past = told(client, police, "plan_visit/preview", "V3", form={"kind": "guidance", "day": f"{today() - DAY}"})
    assert past["V3"][0] == "refused"
    assert {line[0] for line in told(client, police, "plan_visit/undo", *codes, client=number, form=form).values()} == {
        "done"
    }
    assert states("visit") == [(code, "waived") for code in codes]


def test_a_ward_plans_guidance_in_its_own_ward_and_no_inspection(client: FlaskClient) -> None:
    officer_of_ward = officer("ld", "Mộ Lao")
    for kind, expected in (("inspection", "refused"), ("guidance", "done")):
        form = {"kind": kind, "day": f"{today() + DAY}"}
        answer = told(client, officer_of_ward, "plan_visit/preview", "V3", "V5", form=form)
        assert [line[0] for line in answer.values()] == [expected, "refused"]


def test_a_suspension_is_requested_where_the_reminders_suffice_and_nowhere_else(
    client: FlaskClient, police: Caller
) -> None:
    number = str(uuid.uuid4())
    expected = {"V1": "done", "V2": "refused", "V5": "done"}
    for path in ("request_suspension/preview", "request_suspension"):
        answer = told(client, police, path, *expected, client=number)
        assert {code: line[0] for code, line in answer.items()} == expected
        assert "2 lần được tính" in answer["V2"][1]
    assert states("suspension_request") == [("V1", "requested"), ("V5", "requested")]
    for role, is_told, acts in (
        ("police", True, True),
        ("culture_office", True, False),
        ("economy_office", False, False),
    ):
        with acting_as(officer(f"open.{role}", role=role)):
            shown = drawer_of("V1")
        assert ("Đang mở tại đây" in shown, "Tiếp theo: Phường xác nhận." in shown) == (is_told, is_told)
        assert ("Đề nghị tạm dừng: không làm được lúc này." in shown) == acts
        assert '"data-action": "request_suspension"' not in shown
        assert ('"data-action": "refer"' in shown, "/cases/?case=" in shown) == (acts, acts)
    told(client, police, "request_suspension/undo", "V1", "V5", client=number)
    with acting_as(police):
        assert '"data-action": "request_suspension"' in drawer_of("V1")
    assert states("suspension_request") == [("V1", "withdrawn"), ("V5", "withdrawn")]


def test_a_referral_needs_a_ground_an_addressee_and_its_words(client: FlaskClient, police: Caller) -> None:
    body = {"venues": ["V1"], "form": {"to": "UBND quận"}, "client": str(uuid.uuid4())}
    with signed_in(client, police):
        answer = client.post("/actions/refer/preview?lang=en", json=body)
    assert (answer.status_code, "For what" in answer.json["sentence"]) == (422, True)
    form = {"to": "UBND quận", "for_what": "xử phạt"}
    answer = told(client, police, "refer", "V1", "V4", form=form)
    assert {code: line[0] for code, line in answer.items()} == {"V1": "done", "V4": "refused"}
    assert states("referral") == [("V1", "sent")]


def test_a_decision_is_entered_from_its_paper_one_venue_at_a_time_and_a_number_is_asked_about(
    client: FlaskClient, police: Caller
) -> None:
    number = str(uuid.uuid4())
    assert told(client, police, "enter_decision", "V1", form=PAPER, client=number)["V1"][0] == "done"
    assert one("SELECT status FROM venue WHERE code = 'V1'") == "suspended"
    state, text = told(client, police, "enter_decision", "V5", form=PAPER)["V5"]
    assert (state, "12/QĐ-UBND" in text) == ("asks", True)
    assert told(client, police, "enter_decision", "V5", form=PAPER, confirmed=True)["V5"][0] == "done"
    told(client, police, "enter_decision/undo", "V1", form=PAPER, client=number)
    assert one("SELECT status FROM venue WHERE code = 'V1'") == "violating"
    with signed_in(client, police):
        body = {"venues": ["V1", "V5"], "form": PAPER, "client": number}
        assert client.post("/actions/enter_decision", json=body).status_code == 400


@pytest.mark.parametrize("key", ["plan_visit", "request_suspension", "refer", "enter_decision"])
def test_with_the_apps_own_checks_removed_the_database_refuses(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    form = PAPER | {"kind": "inspection", "to": "ai", "for_what": "gì"}
    clerk = officer("kt.y", role="economy_office")
    body = {"venues": ["V1"], "form": form, "client": str(uuid.uuid4())}
    before = one("SELECT count(*) FROM case_entry")
    for is_checked in (True, False):
        if not is_checked:
            monkeypatch.setattr("callbacks.server.stated.Stated.is_met", lambda _stated: True)
        with signed_in(client, clerk):
            assert client.post(f"/actions/{key}", json=body).status_code == 403
    assert one("SELECT count(*) FROM case_entry") == before


def test_a_ward_is_offered_what_is_its_own_and_the_police_the_chain(client: FlaskClient) -> None:
    def offered(who: Caller) -> list[str]:
        with signed_in(client, who):
            return [action["key"] for action in client.get("/actions/").json["actions"]]

    assert offered(officer("ld", "Mộ Lao")) == ["remind", "plan_visit"]
    assert offered(People().police) == ["remind", "plan_visit", "request_suspension", "refer", "enter_decision"]
    assert offered(People().command) == ["enter_decision"]


def test_a_visit_that_was_due_before_it_was_planned_is_due_again_once_that_is_undone(
    client: FlaskClient, police: Caller
) -> None:
    number, form = str(uuid.uuid4()), {"kind": "guidance", "day": f"{today() + DAY}"}
    visit = open_as(police, "visit", "plan", "V4", facts={"kind": "guidance"})
    step_as(police, visit, "record", facts={"outcome": "partly"})
    for path, state in (("plan_visit", "planned"), ("plan_visit/undo", "due")):
        assert told(client, police, path, "V4", client=number, form=form)["V4"][0] == "done"
        assert one("SELECT state FROM case_file WHERE about = %s", visit.id) == state
