"""Actions from any screen: offered to whom they are for, shown beforehand by the rule itself, done, taken back."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from callbacks.actions import buttons, reading
from callbacks.actions.action import Action, Form, Outcome
from callbacks.actions.registry import REGISTRY
from data.access.caller import Caller, acting_as
from data.access.roles import ROLES
from data.database.connection import Connection, loader_connection
from data.queries.acting import Place
from data.texts import catalogue
from tests.callbacks.phone_requests import client_of_two_wards, signed_in
from tests.etl.loading.files import one, rows
from tests.fixtures.officers import officer, tell

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of_two_wards(tmp_path_factory.mktemp("so"))


@pytest.fixture
def lan(client: FlaskClient) -> Caller:
    return officer("lan", "Mộ Lao")


def act(client: FlaskClient, who: Caller | None, path: str, /, *codes: str, **more: Any) -> Any:
    """Ask for the act at the venues; ``more``: form, client, confirmed."""
    body = {"venues": list(codes), "form": {"reason": "by_state"}, "client": str(uuid.uuid4())} | more
    with signed_in(client, who):
        return client.post(f"/actions/{path}", json=body)


def lines(client: FlaskClient, who: Caller, path: str, /, *codes: str, **more: Any) -> dict[str, tuple[str, str]]:
    answer = act(client, who, path, *codes, **more)
    assert answer.status_code == 200, answer.text
    return {line["venue"]: (line["state"], line["text"]) for line in answer.json["lines"]}


def reminders(code: str) -> list[tuple[Any, ...]]:
    return rows(
        "SELECT r.reason, r.withdrawn_on IS NULL FROM reminder AS r JOIN venue AS v ON v.id = r.venue_id"
        " WHERE v.code = %s ORDER BY r.id",
        code,
    )


def register_qr(code: str) -> None:
    with loader_connection() as conn:
        conn.execute(
            "INSERT INTO registration (venue_id, registered_on) SELECT id, '2021-10-01' FROM venue WHERE code = %s",
            (code,),
        )
        conn.execute("SELECT field_refresh(id) FROM venue WHERE code = %s", (code,))


def test_a_reminder_is_shown_before_it_is_recorded_and_can_be_taken_back(client: FlaskClient, lan: Caller) -> None:
    number = str(uuid.uuid4())
    before = one("SELECT count(*) FROM field_event")
    assert lines(client, lan, "remind/preview", "V001", client=number)["V001"][0] == "done"
    assert one("SELECT count(*) FROM field_event") == before
    assert one("SELECT status FROM venue WHERE code = 'V001'") == "unregistered"
    for _again in range(2):  # the same act again is the same act
        assert lines(client, lan, "remind", "V001", client=number)["V001"][0] == "done"
    assert reminders("V001") == [("no_qr", True)]
    assert one("SELECT status FROM venue WHERE code = 'V001'") == "reminded"
    assert lines(client, lan, "remind/undo", "V001", client=number)["V001"][0] == "done"
    assert reminders("V001") == [("no_qr", False)]
    assert one("SELECT status FROM venue WHERE code = 'V001'") == "unregistered"


def test_what_speaks_against_a_reminder_is_asked_at_once_and_nothing_is_kept_of_it(
    client: FlaskClient, lan: Caller
) -> None:
    register_qr("V002")
    wrong = {"reason": "no_qr"}
    number = str(uuid.uuid4())
    for path in ("remind/preview", "remind"):
        state, text = lines(client, lan, path, "V002", form=wrong, client=number)["V002"]
        assert (state, "01/10/2021" in text) == ("asks", True)
    assert reminders("V002") == []
    assert lines(client, lan, "remind", "V002", form=wrong, client=number, confirmed=True)["V002"][0] == "done"
    assert reminders("V002") == [("no_qr", True)]
    # its own reason for each of many
    assert lines(client, lan, "remind", "V002", "V003") == {
        "V002": ("done", catalogue.t("action.remind.done", reason=catalogue.t("action.remind.reason.not_scanning"))),
        "V003": ("done", catalogue.t("action.remind.done", reason=catalogue.t("action.remind.reason.no_qr"))),
    }
    state, text = lines(client, lan, "remind/preview", "V003")["V003"]
    assert (state, lan.name in text) == ("asks", True)


def test_many_at_once_each_for_itself(client: FlaskClient, lan: Caller) -> None:
    told = lines(client, lan, "remind", "V005", "K1", "V999", "V006")
    assert {code: state for code, (state, _) in told.items()} == {
        "V005": "done",
        "K1": "refused",  # of another ward: to this officer there is no such venue
        "V999": "refused",
        "V006": "done",
    }
    assert told["K1"][1] == told["V999"][1] == catalogue.t("action.unseen")
    assert reminders("K1") == []


def test_with_the_apps_own_checks_removed_the_database_refuses(
    client: FlaskClient, lan: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = officer("kt.x", role="economy_office")
    assert act(client, clerk, "remind", "V007").status_code == 403
    monkeypatch.setattr("callbacks.server.stated.Stated.is_met", lambda _stated: True)
    assert act(client, clerk, "remind", "V007").status_code == 403
    everywhere = {code: Place(code, code, "unregistered", has_qr=False) for code in ("K1",)}
    monkeypatch.setattr("callbacks.actions.doing.places", lambda _conn, _codes: everywhere)
    state, _ = lines(client, lan, "remind", "K1")["K1"]
    assert (state, reminders("V007"), reminders("K1")) == ("refused", [], [])


@pytest.mark.parametrize("role", sorted(ROLES))
def test_actions_are_offered_to_whom_they_are_for(client: FlaskClient, role: str) -> None:
    who = officer(f"a.{role}", *([] if ROLES[role].scope == "district" else ["Mộ Lao"]), role=role)
    with signed_in(client, who):
        told = client.get("/actions/?lang=en").json
    expected = {key for key, action in REGISTRY.items() if action.rights & ROLES[role].rights}
    assert {action["key"] for action in told["actions"]} == expected
    assert ("remind" in expected) == (role in ("ward_officer", "ward_chair", "police"))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"venues": []}, 400),
        ({"venues": [f"V{i}" for i in range(reading.PIECE + 1)]}, 400),
        ({"venues": [{"code": "V001"}]}, 400),
        ({"venues": ["V001\n"]}, 400),
        ({"client": "7"}, 400),
        ({"client": None}, 400),
        ({"form": []}, 400),
        ({"form": {"reason": "rude"}}, 400),
        ({"form": {"reason": ["no_qr"]}}, 400),
        ({"form": {}}, 422),
    ],
)
def test_what_is_no_act_is_refused(client: FlaskClient, lan: Caller, wrong: dict[str, Any], status: int) -> None:
    before = one("SELECT count(*) FROM field_event")
    assert act(client, lan, "remind", **({"venues": ["V008"]} | wrong)).status_code == status
    assert one("SELECT count(*) FROM field_event") == before


def test_an_action_that_there_is_not_is_not_found(client: FlaskClient, lan: Caller) -> None:
    assert act(client, lan, "explode", "V001").status_code == 404
    assert act(client, None, "remind", "V001").status_code == 401
    body = {"venues": ["V001"], "form": {"reason": "by_state"}, "client": str(uuid.uuid4())}
    with signed_in(client, lan):
        foreign = client.post("/actions/remind", json=body, headers={"Origin": "http://elsewhere.example"})
    assert foreign.status_code == 403


def test_all_that_the_filters_let_through_can_be_acted_on(client: FlaskClient, lan: Caller) -> None:
    with signed_in(client, lan):
        assert len(client.get("/actions/venues").json["venues"]) == 12
        assert client.get("/actions/venues?q=K1").json["venues"] == []


def test_a_new_action_is_one_entry_and_one_function(
    client: FlaskClient, lan: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"action.praise": "Khen", "action.praise.title": "Khen", "action.praise.go": "Khen"}
    texts = {lang: catalogue.texts()[lang] | said for lang in catalogue.LANGUAGES}
    monkeypatch.setattr(catalogue, "texts", lambda: texts)

    def praise(conn: Connection, place: Place, form: Form) -> Outcome:
        assert conn.execute("SELECT code FROM venue WHERE code = %s", (place.code,)).fetchone()
        return Outcome("done", f"{place.name} ({form.lang})")

    action = Action("praise", frozenset(("remind",)), frozenset(("unregistered",)), praise)
    monkeypatch.setitem(REGISTRY, "praise", action)
    with acting_as(lan):
        here, elsewhere = (Place("V009", "Quán 9", status, has_qr=False) for status in ("unregistered", "scanning"))
        assert "Khen" in [button.children for button in buttons.at_venue(here, "vi")]
        assert "Khen" not in [button.children for button in buttons.at_venue(elsewhere, "vi")]
        assert "Khen" in [button.children for button in buttons.at_ticked("vi")]
    with signed_in(client, lan):
        assert "praise" in {each["key"] for each in client.get("/actions/").json["actions"]}
    for path in ("praise/preview", "praise"):
        assert lines(client, lan, path, "V009", form={})["V009"][0] == "done"
    assert act(client, lan, "praise/undo", "V009", form={}).status_code == 404


def test_a_reminder_at_the_door_and_one_from_the_map_count_once(client: FlaskClient, lan: Caller) -> None:
    assert tell(lan, venue="V010")["state"] == "applied"
    assert lines(client, lan, "remind/preview", "V010")["V010"][0] == "asks"
    assert lines(client, lan, "remind", "V010", confirmed=True)["V010"][0] == "done"
    assert (
        one("SELECT counted_reminders FROM venue_status((SELECT id FROM venue WHERE code = 'V010'), current_day())")
        == 1
    )
