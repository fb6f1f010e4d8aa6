"""Visits recorded at the door: once, in order, as their author; what is refused is kept; a team's route."""

import datetime as dt
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from data.access.caller import Caller, acting_as
from data.access.roles import ROLES
from data.database.connection import desk_connection, loader_connection
from data.desk import field
from data.desk.cases import StepRefused, open_case, take_step
from data.locks import LOADER
from etl.linking import merges
from tests.callbacks.phone_requests import answers, client_of_two_wards, sent, signed_in
from tests.callbacks.test_field_photos_and_proposals import work
from tests.etl.loading.files import MO_LAO, load_file, one, register, rows
from tests.fixtures.officers import now, officer, tell, token_of
from tests.fixtures.routes import assigned, known, planned

pytestmark = pytest.mark.usefixtures("database")
GUIDANCE = {"kind": "guidance"}
INSPECTION = {"kind": "inspection"}


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of_two_wards(tmp_path_factory.mktemp("so"))


@pytest.fixture
def lan(client: FlaskClient) -> Caller:
    return officer("lan", "Mộ Lao")


@pytest.fixture
def police(client: FlaskClient) -> Caller:
    return known(officer("an", role="police"))


@pytest.fixture
def two_persons() -> Iterator[None]:
    with loader_connection() as conn:
        conn.execute("UPDATE policy SET two_person = true")
    yield
    with loader_connection() as conn:
        conn.execute("UPDATE policy SET two_person = false")


def visit(venue: str, outcome: str = "partly", **said: Any) -> dict[str, Any]:
    return sent("visit", venue, payload=GUIDANCE | {"outcome": outcome} | said)


def state_of(case: int) -> str:
    return str(one("SELECT state FROM case_file WHERE id = %s", case))


def test_a_visit_is_recorded_once_in_its_order_with_its_one_follow_up(client: FlaskClient, lan: Caller) -> None:
    case = planned(lan, "V001")
    said = visit("V001", "partly", case=case, words="sẽ in lại", signed="refused", note="mã 8 cm")
    reminder = sent(venue="V001")
    for _ in range(3):
        told = answers(client, lan, reminder, said)
    assert [answer["state"] for answer in told] == ["applied", "applied"]
    assert told[1]["case"] == case
    assert told[1]["next"] == str(one("SELECT due_on FROM case_file WHERE state = 'due' AND venue_code = 'V001'"))
    assert rows("SELECT outcome, words, signed, outcome_on = current_day() FROM visit WHERE case_id = %s", case) == [
        ("partly", "sẽ in lại", "refused", True)
    ]
    entry = "SELECT login, by_name, role, client::text FROM case_entry WHERE case_id = %s AND step = 'record'"
    assert rows(entry, case) == [("lan", "cán bộ lan", "ward_officer", said["id"])]
    assert one("SELECT count(*) FROM case_file WHERE venue_code = 'V001'") == 2


def test_whoever_comes_by_where_nothing_is_planned_opens_the_visit_and_records_it(
    client: FlaskClient, lan: Caller, police: Caller
) -> None:
    [told] = answers(client, lan, visit("V002", "compliant"))
    assert (told["state"], state_of(told["case"])) == ("applied", "recorded")
    # what is planned there after all is taken up
    case = planned(police, "V002", kind="inspection")
    [told] = answers(client, police, sent("visit", "V002", payload=INSPECTION | {"outcome": "compliant"}))
    assert told["case"] == case
    # and one that may not be opened leaves nothing behind
    before = one("SELECT count(*) FROM case_file")
    [told] = answers(client, police, sent("visit", "V002", payload=INSPECTION | {"outcome": "compliant"}))
    assert (told["state"], told["why"], told["values"]["most"]) == ("conflict", "yearly", 1)
    assert one("SELECT count(*) FROM case_file") == before


def test_what_may_not_be_is_a_conflict_that_its_author_can_drop(
    client: FlaskClient, lan: Caller, police: Caller, two_persons: None
) -> None:
    inspection = sent("visit", "V003", payload=INSPECTION | {"outcome": "refused"})
    [told] = answers(client, lan, inspection)
    assert (told["state"], told["why"]) == ("conflict", "not_police")
    [told] = answers(client, police, inspection | {"id": str(uuid.uuid4())})
    assert told["why"] == "two_person"
    alone = INSPECTION | {"outcome": "refused", "second": "an"}
    [told] = answers(client, police, sent("visit", "V003", payload=alone))
    assert told["why"] == "two_person"
    token_of(officer("binh", role="police"))
    together = sent("visit", "V003", payload=alone | {"second": "binh"})
    withdrawal = sent("withdrawal", about=inspection["id"], payload={"why": "ghi nhầm loại"})
    [told, dropped] = answers(client, police, together, withdrawal)
    assert (told["state"], dropped["why"]) == ("applied", "not_yours")
    again = sent("withdrawal", about=inspection["id"], payload={"why": "ghi nhầm loại"})
    assert answers(client, lan, again)[0]["state"] == "applied"
    assert one("SELECT withdrawn_by FROM field_event WHERE id = %s", inspection["id"]) == "cán bộ lan"
    # of another ward, and of a case that is closed or another venue's
    khe = officer("khe", "La Khê")
    assert answers(client, khe, visit("V003"))[0]["why"] == "not_yours"
    case = planned(lan, "V004")
    assert answers(client, khe, visit("K1", case=case))[0]["why"] == "gone"
    assert answers(client, lan, visit("V005", case=case))[0]["why"] == "gone"
    with acting_as(lan), desk_connection() as conn:
        take_step(conn, case, "waive", facts={"why": "đã nộp ảnh mã"})
    [told] = answers(client, lan, visit("V004", case=case))
    assert (told["why"], told["values"]) == ("state", {"state": "waived"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "fined"},
        {"kind": "raid"},
        {"case": "7"},
        {"case": True},
        {"case": 2**70},
        {"signed": "yes"},
        {"signature": "../x"},
    ],
)
def test_what_is_no_visit_is_refused(client: FlaskClient, lan: Caller, wrong: dict[str, Any]) -> None:
    [told] = answers(client, lan, visit("V005", **wrong))
    assert (told["state"], told["why"]) == ("refused", "malformed")


def test_what_waits_for_a_load_is_applied_later_as_its_author_could_when_they_recorded_it(
    client: FlaskClient, lan: Caller, police: Caller
) -> None:
    chair = officer("khe.ct", "La Khê", role="ward_chair")
    with loader_connection() as load:
        load.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOADER)
        payload = INSPECTION | {"outcome": "not_compliant"}
        assert tell(police, "visit", "V006", payload=payload, wait=False)["state"] == "waiting"
        assert tell(lan, "visit", "V007", payload=GUIDANCE | {"outcome": "closed"}, wait=False)["state"] == "waiting"
        assert tell(lan, "visit", "V008", payload=payload, wait=False)["state"] == "waiting"
    # somebody of another ward comes by; their own is still applied as theirs
    tell(chair, "visit", "K1", payload=GUIDANCE | {"outcome": "compliant"})
    with loader_connection() as load:
        load.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOADER)
        assert tell(police, "visit", "V009", payload=payload, wait=False)["state"] == "waiting"
    # the worker, whose settings are as they were once it is done
    settings = "SELECT current_setting('app.rights') AS rights, current_setting('app.wards') AS wards"
    with acting_as(chair), loader_connection() as conn:
        before = conn.execute(settings).fetchone()
        assert field.apply_waiting(conn) == 1
        assert conn.execute(settings).fetchone() == before
    found = rows(
        "SELECT e.venue_code, e.state, e.answer ->> 'why', c.login, c.by_name FROM field_event AS e"
        " LEFT JOIN case_entry AS c ON c.client = e.id"
        " WHERE e.kind = 'visit' AND e.venue_code IN ('V006', 'V007', 'V008', 'V009', 'K1')"
        " AND e.answer ->> 'why' IS DISTINCT FROM 'gone' ORDER BY e.seq"
    )
    assert found == [
        ("V006", "applied", None, "an", "cán bộ an"),
        ("V007", "applied", None, "lan", "cán bộ lan"),
        ("V008", "conflict", "not_police", None, None),
        ("K1", "applied", None, "khe.ct", "cán bộ khe.ct"),
        ("V009", "applied", None, "an", "cán bộ an"),
    ]


def test_a_visit_of_a_place_that_is_proposed_waits_for_the_office(client: FlaskClient, lan: Caller) -> None:
    chair = officer("ct", "Mộ Lao", role="ward_chair")
    new, other = (sent("proposal_new", payload={"name": name, "lon": 105.784, "lat": 20.982}) for name in ("Cháo", "X"))
    found, lost = (sent("visit", about=of["id"], payload=GUIDANCE | {"outcome": "partly"}) for of in (new, other))
    for _ in range(2):
        told = answers(client, lan, new, found, other, lost, visit("V005", "compliant"))
        assert [answer["state"] for answer in told] == ["waiting"] * 4 + ["applied"]
    with signed_in(client, chair):
        client.post(f"/field/proposals/{new['id']}", data={"decision": "accept"})
        client.post(f"/field/proposals/{other['id']}", data={"decision": "refuse"})
    assert [answer["state"] for answer in answers(client, lan, found, lost)] == ["waiting", "conflict"]
    work()
    made, told, declined = answers(client, lan, new, found, lost)
    assert (told["state"], told["venue"]) == ("applied", made["made"])
    assert declined["why"] == "declined"
    assert one("SELECT venue_code FROM case_file WHERE id = %s", told["case"]) == made["made"]


def test_a_signature_is_made_anew_and_shown_to_whoever_sees_its_record(client: FlaskClient, lan: Caller) -> None:
    drawn = Image.new("RGBA", (600, 200), (0, 0, 0, 0))
    ImageDraw.Draw(drawn).line((10, 150, 300, 20, 590, 150), fill="black", width=6)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    with signed_in(client, lan):
        kept = client.post("/field/photos", data=out.getvalue(), content_type="image/png")
        assert client.post("/field/photos", data=b"GIF89a", content_type="image/png").status_code == 422
    signature = kept.json["sha256"]
    [told] = answers(client, lan, visit("V009", "not_compliant", signed="signed", signature=signature))
    assert one("SELECT signature FROM visit WHERE case_id = %s", told["case"]) == signature
    with signed_in(client, lan):
        shown = client.get(f"/field/photos/{signature}")
    assert shown.mimetype == "image/png"
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert (picture.mode, picture.getpixel((1, 1)), picture.getpixel((300, 21))) == ("L", 255, 0)
    with signed_in(client, officer("khe", "La Khê")):
        assert client.get(f"/field/photos/{signature}").status_code == 404


def route(client: FlaskClient, who: Caller, **headers: str) -> Any:
    with signed_in(client, who):
        return client.get("/field/route.json", headers=headers)


def test_members_of_a_team_have_its_stops_share_them_out_and_see_what_became_of_each(
    client: FlaskClient, police: Caller
) -> None:
    mate = known(officer("binh", role="police"))
    # a member from a ward is shown, of the team's stops, those of the ward
    ward = known(officer("khe", "La Khê"))
    stops = assigned(police, [n for who in (police, mate, ward) if (n := who.account_id)], "V010", "V011", "V012", "K1")
    ward = Caller(ward.account_id, "khe", "cán bộ khe", "ward_officer", ROLES["ward_officer"].rights,
                  officer("khe", "La Khê").wards)  # fmt: skip
    response = route(client, police)
    [told] = response.json["routes"]
    assert [stop["id"] for stop in told["stops"]] == stops
    [first] = told["stops"][0]["venues"]
    assert (first["code"], first["state"], first["flags"], first["reasons"][0]["part"]) == (
        "V010", "planned", [], "status",
    )  # fmt: skip
    assert route(client, police, **{"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert [stop["title"] for stop in route(client, ward).json["routes"][0]["stops"]] == ["Quán Khê"]
    assert route(client, officer("lan", "Mộ Lao")).json["routes"] == []
    # the last who says so has it; who had it before is told
    for who, by in ((police, None), (mate, "cán bộ an"), (police, "cán bộ binh")):
        [answer] = answers(client, who, sent("stop_claim", payload={"stop": stops[0], "mine": True}))
        assert (answer["state"], answer.get("by")) == ("applied", by)
    [answer] = answers(client, officer("lan", "Mộ Lao"), sent("stop_claim", payload={"stop": stops[0], "mine": True}))
    assert answer["state"] == "refused"
    assert route(client, mate).json["routes"][0]["stops"][0]["holder"] == "an"
    answers(client, mate, sent("stop_claim", payload={"stop": stops[0]}))
    assert route(client, mate).json["routes"][0]["stops"][0]["holder"] == "an"  # not theirs to give back
    answers(client, police, sent("stop_claim", payload={"stop": stops[0]}))
    assert route(client, mate).json["routes"][0]["stops"][0]["holder"] is None
    # one is done, one is missed by both, one has moved
    cases = [stop["venues"][0]["case"] for stop in told["stops"]]
    answers(client, police, visit("V010", "compliant", case=cases[0]))
    missed = {"case": cases[1], "why": "mưa to"}
    assert answers(client, police, sent("visit_missed", "V011", payload=missed))[0]["state"] == "applied"
    [again] = answers(client, mate, sent("visit_missed", "V011", payload=missed))
    assert (again["state"], again["by"]) == ("duplicate", "cán bộ an")
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET geom = ST_Translate(geom, 0.01, 0) WHERE code = 'V012'")
    seen = [stop["venues"][0] for stop in route(client, mate).json["routes"][0]["stops"]]
    assert [(row["state"], row["outcome"], row["why"], row["flags"]) for row in seen[:3]] == [
        ("recorded", "compliant", None, []),
        ("due", None, "mưa to", []),
        ("planned", None, None, ["moved"]),
    ]
    # what was missed is open for whoever comes by later
    assert answers(client, mate, visit("V011", "made_on_spot", case=cases[1]))[0]["state"] == "applied"
    # a route is taken along the evening before; what was left open yesterday stays until the office closes the day
    for days in (1, -2):
        with loader_connection() as conn:
            conn.execute("UPDATE visit_plan SET day = day + %s", (days,))
        assert len(route(client, mate).json["routes"]) == 1
    with loader_connection() as conn:
        conn.execute("UPDATE visit_plan SET state = 'closed'")
    assert route(client, mate).json["routes"] == []


def test_who_missed_a_visit_is_told_to_its_own_ward_alone(client: FlaskClient, lan: Caller, police: Caller) -> None:
    case = planned(lan, "V001")
    missed = {"case": case, "why": "mưa"}
    assert answers(client, lan, sent("visit_missed", "V001", payload=missed))[0]["state"] == "applied"
    assert answers(client, police, sent("visit_missed", "V001", payload=missed))[0]["by"] == "cán bộ lan"
    [told] = answers(client, officer("khe", "La Khê"), sent("visit_missed", "K1", payload=missed))
    assert (told["state"], told["why"], "by" in told) == ("conflict", "gone", False)


def test_a_visit_set_aside_for_another_of_the_merged_venue_is_recorded_as_that_one(
    client: FlaskClient, lan: Caller, tmp_path: Path
) -> None:
    place = ("Quán Gộp", "Số 20 phố Trần Phú", "Mộ Lao", "Quán ăn", *MO_LAO)
    load_file(register(tmp_path / "them.csv", ("T1", *place), ("T2", *place)))
    first, second = planned(lan, "T1"), planned(lan, "T2")
    with loader_connection() as conn:
        kept, twin = (one("SELECT id FROM venue WHERE code = %s", code) for code in ("T1", "T2"))
        merges.merge(conn, kept, twin, "chị Lan")
    assert (state_of(first), state_of(second)) == ("planned", "set_aside")
    missed = sent("visit_missed", "T2", payload=GUIDANCE | {"case": second, "why": "mưa"})
    [told] = answers(client, lan, missed)
    assert (told["why"], told["values"]) == ("state", {"state": "set_aside"})
    [told] = answers(client, lan, visit("T2", "compliant", case=second))
    assert (told["state"], told["case"]) == ("applied", first)
    assert (state_of(first), state_of(second)) == ("recorded", "set_aside")


def withdrawal(of: dict[str, Any], why: str = "ghi nhầm nhà bên", **said: Any) -> dict[str, Any]:
    return sent("withdrawal", about=of["id"], payload={"why": why}, **said)


def test_an_outcome_is_taken_back_once_and_recorded_again(client: FlaskClient, lan: Caller, police: Caller) -> None:
    case = planned(lan, "V004")
    wrong, right = visit("V004", "partly", case=case, signed="refused"), visit("V004", "closed", case=case)
    back = withdrawal(wrong)
    [told] = answers(client, lan, wrong)
    follow = one("SELECT case_id FROM visit WHERE follows = %s", case)
    assert answers(client, police, withdrawal(wrong))[0]["why"] == "not_yours"
    for _ in range(2):  # what was written without a network comes in its order, and may come twice
        told, again = answers(client, lan, back, right)
        assert (told["state"], "next" in told, again["state"], again["case"]) == ("applied", False, "applied", case)
    assert state_of(follow) == "withdrawn"
    steps = "SELECT step, to_state, by_name FROM case_entry WHERE case_id = %s ORDER BY id"
    assert rows(steps, case)[1:] == [
        ("record", "recorded", "cán bộ lan"), ("withdraw", "due", "cán bộ lan"), ("record", "recorded", "cán bộ lan"),
    ]  # fmt: skip
    assert rows(steps, follow)[-1] == ("lapse", "withdrawn", None)
    assert rows("SELECT outcome, signed FROM visit WHERE case_id = %s", case) == [("closed", None)]
    assert one("SELECT count(*) FROM visit WHERE follows = %s", case) == 1
    marked = "SELECT withdrawn_by, withdrawn_why FROM field_event WHERE id = %s"
    assert rows(marked, wrong["id"]) == [("cán bộ lan", "ghi nhầm nhà bên")]
    audited = "SELECT count(*) FROM audit_entry WHERE login = 'lan' AND subject = %s AND after ->> %s = %s"
    assert one(audited, str(case), "step", "withdraw") == 1
    assert one(audited, "V004", "withdrawn_why", "***") == 1  # what an officer wrote is theirs
    # one that nobody had planned leaves nothing to be visited
    walk_in = visit("V006", "not_found")
    told, _ = answers(client, lan, walk_in, withdrawal(walk_in))
    assert state_of(told["case"]) == "withdrawn"


def test_an_outcome_upon_which_something_was_built_stays(client: FlaskClient, lan: Caller, police: Caller) -> None:
    chair = officer("ct", "Mộ Lao", role="ward_chair")

    def refused(who: Caller, said: dict[str, Any]) -> Any:
        told = answers(client, who, withdrawal(said))[0]
        return told["state"] == "refused" and told["why"]

    signed = visit("V008", "compliant", signed="signed")
    printed, followed = visit("V009", "compliant"), visit("V010", "refused")
    inspected = sent("visit", "V011", payload=INSPECTION | {"outcome": "not_compliant"})
    cases = [told["case"] for told in answers(client, lan, signed, printed, followed)]
    [told] = answers(client, police, inspected)
    with signed_in(client, lan):
        assert client.get(f"/exports/minutes.pdf?case={cases[1]}").status_code == 200
    with acting_as(lan), desk_connection() as conn:
        follow = one("SELECT case_id FROM visit WHERE follows = %s", cases[2])
        take_step(conn, follow, "plan", facts=GUIDANCE)
    with acting_as(police), desk_connection() as conn:
        open_case(conn, "referral", "refer", "V011", facts={"to": "UBND quận", "for_what": "xử phạt"})
    assert [refused(lan, said) for said in (signed, printed, followed)] == [
        "withdraw.signed", "withdraw.printed", "withdraw.followed",
    ]  # fmt: skip
    assert refused(police, inspected) == "withdraw.ground"
    assert refused(chair, inspected) == "not_police"
    # on a later day its author may not, whatever way it is asked; the chair of the ward may
    late = visit("V012", "compliant") | {"happened_at": (now() - dt.timedelta(days=2)).isoformat()}
    [told] = answers(client, lan, late)
    assert refused(lan, late) == "too_late"
    with loader_connection() as conn:
        conn.execute("UPDATE case_entry SET day = day - 2 WHERE case_id = %s", (told["case"],))
    with acting_as(lan), desk_connection() as conn, pytest.raises(StepRefused) as why:
        take_step(conn, told["case"], "withdraw", facts={"why": "nhầm"})
    assert why.value.why == "withdraw.late"
    made = one("SELECT outcome_on::text FROM visit WHERE case_id = %s", told["case"])
    with acting_as(lan), pytest.raises(StepRefused) as why, desk_connection() as conn:
        take_step(conn, told["case"], "withdraw", facts={"why": "nhầm", "day": made})  # a claim
    assert why.value.why == "withdraw.late"
    with acting_as(police), desk_connection() as conn, pytest.raises(StepRefused) as why:
        take_step(conn, told["case"], "withdraw", facts={"why": "nhầm"})
    assert why.value.why == "withdraw.author"
    assert answers(client, chair, withdrawal(late))[0]["state"] == "applied"
