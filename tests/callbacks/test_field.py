"""What the phone asks for and sends: only of its wards, once each, in order; and the screen's own files."""

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.access.caller import Caller, acting_as
from data.database.connection import app_connection, loader_connection
from data.project import TIMEZONE
from data.queries import field as queries
from data.queries.proposals import waiting
from tests.callbacks.phone_requests import answers, client_of_two_wards, post, sent, signed_in, taken
from tests.etl.loading.files import one, rows
from tests.fixtures.officers import now, officer

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def client(database: str, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of_two_wards(tmp_path_factory.mktemp("so"))


@pytest.fixture
def lan(client: FlaskClient) -> Caller:
    return officer("lan", "Mộ Lao")


def test_a_phone_takes_its_wards_venues_along_and_no_others(client: FlaskClient, lan: Caller) -> None:
    response = taken(client, lan)
    assert response.json["account"]["login"] == "lan"
    columns = response.json["columns"]
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in response.json["venues"]}
    assert set(found) == {f"V{i:03d}" for i in range(1, 13)}
    assert found["V003"]["status"] == "unregistered"
    assert (found["V003"]["has_qr"], found["V003"]["counted"], found["V003"]["last"]) == (False, 0, None)
    assert [(ward["name"], ward["approximate"]) for ward in response.json["wards"]] == [("Mộ Lao", True)]
    assert "phone" not in response.text
    assert taken(client, lan, **{"If-None-Match": response.headers["ETag"]}).status_code == 304
    # another's list is another answer, even of the same data
    other = officer("khe", "La Khê")
    theirs = taken(client, other, **{"If-None-Match": response.headers["ETag"]})
    assert [row[0] for row in theirs.json["venues"]] == ["K1"]
    everybody = taken(client, officer("ca", role="police"))
    assert len(everybody.json["venues"]) == 13
    assert sorted(ward["name"] for ward in everybody.json["wards"]) == ["La Khê", "Mộ Lao"]


def test_a_phone_is_told_which_places_are_estimated(client: FlaskClient, lan: Caller) -> None:
    with loader_connection() as conn:
        conn.execute("UPDATE venue SET location = 'exact' WHERE code = 'V004'")
        conn.execute("UPDATE venue SET location = 'street' WHERE code = 'V005'")
    answer = taken(client, lan).json
    code, unsure = (answer["columns"].index(name) for name in ("code", "unsure"))
    assert {row[code]: row[unsure] for row in answer["venues"] if row[unsure]} == {"V005": "street"}


def test_with_the_apps_own_checks_removed_the_database_shows_and_takes_nothing_of_another_ward(
    client: FlaskClient, lan: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(lan), app_connection() as conn:
        # as if the query asked for the whole district
        assert {row[0] for row in queries.venues(conn, None)} == {f"V{i:03d}" for i in range(1, 13)}
    clerk = officer("vh.x", role="economy_office")
    with monkeypatch.context() as unchecked:
        unchecked.setattr("callbacks.server.stated.Stated.is_met", lambda _stated: True)
        before = one("SELECT count(*) FROM field_event")
        assert post(client, clerk, sent(venue="V001")).status_code == 403
        assert taken(client, clerk).status_code == 200
        assert one("SELECT count(*) FROM field_event") == before
        with acting_as(clerk), app_connection() as conn:
            assert waiting(conn) == []
    khe = officer("khe", "La Khê")
    [told] = answers(client, khe, sent(venue="K1", payload={"note": "gặp chủ quán"}))
    assert told["state"] == "applied"
    with acting_as(lan), app_connection() as conn:
        assert queries.recorded(conn, "K1", "lan") == []
        assert conn.execute("SELECT FROM field_event WHERE venue_code = 'K1'").fetchall() == []
    with acting_as(None), app_connection() as conn:
        assert conn.execute("SELECT FROM field_event").fetchall() == []
    with acting_as(khe), app_connection() as conn:
        assert [row.note for row in queries.recorded(conn, "K1", "khe")] == ["gặp chủ quán"]
    # and none is written there: the database asks itself
    [told] = answers(client, lan, sent(venue="K1"))
    assert (told["state"], told["why"]) == ("refused", "not_yours")


def test_records_are_answered_in_order_and_again_the_same(client: FlaskClient, lan: Caller) -> None:
    first, second = sent(venue="V001"), sent(venue="V002", payload={"note": "  hẹn   mai ", "refused_to_sign": True})
    withdrawal = sent("withdrawal", about=first["id"], payload={"why": "nhầm cửa"})
    batch = (first, second, withdrawal)
    told = answers(client, lan, *batch)
    assert [answer["state"] for answer in told] == ["applied"] * 3
    assert [answer["id"] for answer in told] == [event["id"] for event in batch]
    again = answers(client, lan, *batch)
    assert [answer["state"] for answer in again] == ["applied"] * 3
    assert rows(
        "SELECT venue_code, kind, payload FROM field_event WHERE id = ANY(%s::uuid[]) ORDER BY seq",
        [event["id"] for event in batch],
    ) == [
        ("V001", "reminder", {}),
        ("V002", "reminder", {"note": "hẹn mai", "refused_to_sign": True}),
        ("V001", "withdrawal", {"why": "nhầm cửa"}),
    ]
    assert one("SELECT status FROM venue WHERE code = 'V001'") == "unregistered"
    assert one("SELECT status FROM venue WHERE code = 'V002'") == "reminded"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "suspension"},
        {"id": "7"},
        {"reason": "rude"},
        {"venue": None},
        {"venue": 3},
        {"happened_at": "yesterday"},
        {"happened_at": "2021-11-01T10:00:00"},
        {"payload": {"note": 7}},
        {"payload": {"lon": float("inf")}},
        {"payload": {"lon": True}},
        {"payload": {"lon": 10**400}},
        {"stated_day": "thứ hai"},
        {"payload": []},
        {"photo": "../../etc/passwd"},
    ],
)
def test_what_is_no_record_is_refused_and_does_not_keep_the_others(
    client: FlaskClient, lan: Caller, wrong: dict[str, Any]
) -> None:
    before = one("SELECT count(*) FROM field_event")
    told = answers(client, lan, sent(venue="V003") | wrong, sent(venue="V004"))
    assert (told[0]["state"], told[0]["why"]) == ("refused", "malformed")
    assert told[1]["state"] in ("applied", "duplicate")
    assert one("SELECT count(*) FROM field_event") == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "proposal_new", "payload": dict.fromkeys(("name", "address", "note"), "😀" * 500)},
        {"kind": "qr_seen", "payload": {"content": "\\" * 600, "lon": 1}, "venue": "V\x00003"},
        {"venue": "KHÔNG CÓ"},
        {"happened_at": "1970-01-01T00:00:00Z"},
        {"happened_at": "2099-12-31T23:59:59+00:00"},
    ],
)
def test_what_the_tables_may_not_hold_keeps_none_of_the_others(
    client: FlaskClient, lan: Caller, wrong: dict[str, Any]
) -> None:
    told = answers(client, lan, sent(venue="V003") | wrong, sent(venue="V004"))
    assert told[0]["state"] in ("refused", "conflict", "applied")
    assert told[0].get("why") in ("malformed", "gone", "clock", None)
    assert told[1]["state"] in ("applied", "duplicate")


def test_a_record_whose_clock_cannot_be_believed_waits_for_the_day_that_its_author_states(
    client: FlaskClient, lan: Caller
) -> None:
    day = now().astimezone(TIMEZONE).date()
    reset, ahead, doubtful = (
        sent(venue="V010", happened_at="2000-01-01T00:07:00Z"),
        sent(venue="V010", happened_at=(now() + dt.timedelta(days=30)).isoformat()),
        sent(venue="V010", clock_is_doubtful=True),
    )
    before = one("SELECT count(*) FROM field_event")
    for told in answers(client, lan, reset, ahead, doubtful):
        assert (told["state"], told["why"], told["today"]) == ("conflict", "clock", day.isoformat())
    assert one("SELECT count(*) FROM field_event") == before  # they wait on the phone
    yesterday = day - dt.timedelta(days=1)
    [told] = answers(client, lan, reset | {"stated_day": yesterday.isoformat()})
    assert told["state"] == "applied"
    assert rows("SELECT day, clock_said::date::text FROM field_event WHERE id = %s", reset["id"]) == [
        (yesterday, "2000-01-01")
    ]
    said = one("SELECT after FROM audit_entry WHERE action = 'field_event.insert' ORDER BY id DESC LIMIT 1")
    assert said["clock_said"].startswith("2000-01-01")
    [told] = answers(client, lan, ahead | {"stated_day": (day + dt.timedelta(days=1)).isoformat()})
    assert told["why"] == "clock"
    [told] = answers(client, lan, doubtful | {"stated_day": (day - dt.timedelta(days=61)).isoformat()})
    assert (told["state"], told["why"]) == ("refused", "too_old")
    # a clock that is wrong as it sends, too, is put right by itself: also one of another century
    slow = sent(venue="V011", happened_at="1970-01-02T00:00:00Z")
    with signed_in(client, lan):
        body = {"login": lan.login, "sent_at": "1970-01-03T00:00:00Z", "events": [slow]}
        assert client.post("/field/events", json=body).json["answers"][0]["state"] == "applied"
    [(slow_day, ago)] = rows("SELECT day, now() - happened_at FROM field_event WHERE id = %s", slow["id"])
    assert slow_day == yesterday
    assert dt.timedelta(hours=24) <= ago < dt.timedelta(hours=24, minutes=5)
    # a screen of before cannot ask, and would take "clock" for the last word: it is answered as it always was
    old = [sent(venue="V012", happened_at=event["happened_at"]) for event in (ahead, reset)]
    for event in old:
        del event["clock_is_doubtful"]
    told = answers(client, lan, *old)
    assert [(answer["state"], answer.get("why")) for answer in told] == [("applied", None), ("refused", "too_old")]
    assert one("SELECT day FROM field_event WHERE id = %s", old[0]["id"]) == day


def test_long_and_odd_texts_are_kept_within_bounds(client: FlaskClient, lan: Caller) -> None:
    [told] = answers(client, lan, sent(venue="V005", payload={"note": "ẩ\x00\u202e" * 900, "other": "x" * 9000}))
    assert told["state"] == "applied"
    assert one("SELECT payload ->> 'note' FROM field_event WHERE venue_code = 'V005'") == "ẩ" * 500
    assert post(client, lan, *[sent(venue="V005")] * 51).status_code == 400
    with signed_in(client, lan):
        deep = client.post("/field/events", data="[" * 100_000, content_type="application/json")
    assert deep.status_code == 400
    [told] = answers(client, lan, sent(venue="V005", id=[["x"]]))
    assert (told["id"], told["why"]) == (None, "malformed")


def test_nobody_and_those_who_may_not_are_told_so_as_json(client: FlaskClient, lan: Caller) -> None:
    with signed_in(client, None):
        for response in (
            client.get("/field/venues.json"),
            client.post("/field/events", json={}),
            client.post("/field/photos"),
        ):
            assert response.status_code == 401
            assert response.json["error"] == "sign_in"
        assert client.get("/field/").status_code == 200  # the screen itself holds nothing
    for role in ("culture_office", "culture_centre", "economy_office", "district_command", "admin"):
        who = officer(role, role=role)
        assert taken(client, who).status_code == 403
        assert post(client, who, sent(venue="V001")).status_code == 403
    # what one officer recorded is not taken under another's name
    response = post(client, lan, sent(venue="V001"), login="minh")
    assert (response.status_code, response.json["login"]) == (409, "lan")
    with signed_in(client, lan):
        foreign = {"Origin": "https://example.org"}
        assert client.post("/field/events", json={}, headers=foreign).status_code == 403


def test_a_code_read_at_the_door_is_tied_to_its_venue(client: FlaskClient, lan: Caller) -> None:
    [told] = answers(client, lan, sent("qr_seen", "V009", payload={"content": "https://qr.example/9"}))
    assert told["state"] == "applied"
    assert (
        one("SELECT payload ->> 'content' FROM field_event WHERE kind = 'qr_seen' AND venue_code = 'V009'")
        == "https://qr.example/9"
    )


def test_the_screens_files_are_of_one_version_and_nothing_else_is_served(client: FlaskClient) -> None:
    page = client.get("/field/").text
    files = page.split('data-files="')[1].split('"')[0]
    assert client.get(f"{files}field/app.mjs").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for outside in (
        f"{files}../../../app.py",
        f"{files}page.css",
        "/field/files/0/field/app.mjs",
        f"{files}field/worker.mjs",
    ):
        assert client.get(outside).status_code == 404
    assert client.get(f"{files}map.json").json["style"]["sources"]["streets"]["data"]["features"]
    worker = client.get("/field/sw.js")
    assert worker.mimetype == "text/javascript"
    for address in worker.text.split("const KEPT = [")[1].split("]")[0].replace('"', "").split(", "):
        assert client.get(address).status_code == 200, address
    assert "camera=(self), geolocation=(self)" in client.get("/field/").headers["Permissions-Policy"]
    assert "camera=()" in client.get("/healthz").headers["Permissions-Policy"]
    manifest = client.get("/field/manifest.webmanifest?lang=en").json
    assert (manifest["scope"], manifest["start_url"]) == ("/field/", "/field/?lang=en")
