"""The screen of plans behind its script: what police read and do, and that nobody else may."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.desk.plans import JOB
from data.status.days import today
from tests.data import plan_world as world
from tests.data.cases_world import registered
from tests.etl.loading.files import MO_LAO, one, rows
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("fresh_database")
TEAM = {
    "name": "Tổ 1",
    "travel": "motorbike",
    "lon": float(MO_LAO[0]),
    "lat": float(MO_LAO[1]),
    "shifts": [["07:30", "11:30"], ["13:30", "17:00"]],
    "wards": None,
    "members": [],
}


@pytest.fixture
def client(tmp_path: Path, fresh_database: str) -> FlaskClient:
    return police()


def police(login: str = "an", name: str = "Công an An") -> FlaskClient:
    from app import server

    return accounts.client(server, token_of(officer(login, role="police", name=name)))


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, fresh_database: str) -> None:
    world.ground(tmp_path)


def form(**said: Any) -> dict[str, Any]:
    day = (dt.datetime.now(dt.UTC) + dt.timedelta(days=7)).date()
    plan = {"title": "", "day": f"{day}", "kind": "inspection", "count": 50, "drawn": 0, "filters": "", "teams": [TEAM]}
    return plan | said


def refused(client: FlaskClient, **said: Any) -> str:
    answer = client.post("/inspections/plans", json=form(**said))
    assert answer.status_code == 400, answer.get_json()
    return str(answer.get_json()["sentence"])


@pytest.fixture
def plan(client: FlaskClient) -> int:
    return routed(client)


def routed(client: FlaskClient) -> int:
    """A plan for two teams, with routes."""
    number = client.post("/inspections/plans", json=form(teams=[TEAM, TEAM | {"name": "Tổ 2"}])).get_json()["id"]
    world.work(one("SELECT max(id) FROM job WHERE kind = %s", JOB))
    rows("UPDATE job SET state = 'done' WHERE kind = %s RETURNING id", JOB)
    return int(number)


def seen(client: FlaskClient, plan: int) -> dict[str, Any]:
    return dict(client.get(f"/inspections/plans/{plan}.json").get_json()["plan"])


def do(client: FlaskClient, plan: int, step: str, **said: Any) -> dict[str, Any]:
    sent = {"version": seen(client, plan)["version"], **said}
    answer = client.post(f"/inspections/plans/{plan}/{step}", json=sent)
    assert answer.status_code == 200, answer.get_json()
    return dict(answer.get_json())


def means(client: FlaskClient, plan: int, team: int, *members: int) -> Any:
    asked = ",".join(map(str, members))
    return client.get(f"/inspections/plans/{plan}/members.json?team={team}&members={asked}").get_json()


def test_the_form_knows_who_can_go_from_where_and_when(client: FlaskClient) -> None:
    token_of(officer("phuong", "Mộ Lao"))
    known = client.get("/inspections/known.json").get_json()
    assert dt.date.fromisoformat(known["next"]) > dt.date.fromisoformat(known["today"])
    mo_lao = next(ward for ward in known["wards"] if ward["name"] == "Mộ Lao")
    officers = {each["name"]: each for each in known["officers"]}
    assert officers["cán bộ phuong"]["wards"] == [mo_lao["id"]]
    assert officers["Công an An"]["role"] == "police"
    assert "chị Lan" not in officers  # the culture office goes nowhere
    counted = client.get("/inspections/count.json?kind=inspection").get_json()
    assert counted["count"] == 8
    assert client.get("/inspections/count.json?kind=inspection&ward=none").get_json()["count"] == 0


def test_a_plan_is_made_with_routes_totals_and_reasons(client: FlaskClient, plan: int) -> None:
    found = seen(client, plan)
    assert [team["name"] for team in found["teams"]] == ["Tổ 1", "Tổ 2"]
    going = [stop for stop in found["stops"] if stop["team"]]
    assert len(going) == found["totals"]["visits"] == 7
    assert found["totals"]["metres"] == sum(r["metres"] for team in found["teams"] for r in team["routes"]) > 0
    [left] = [stop for stop in found["stops"] if not stop["team"]]
    assert left["why"] == "Chưa có vị trí trên bản đồ."
    assert going[0]["arrives"] >= "07:30"
    assert any("điểm" in reason for reason in going[0]["venues"][0]["reasons"])
    [listed] = client.get("/inspections/plans.json").get_json()["plans"]
    assert (listed["visits"], listed["state"], listed["area"]) == (7, "draft", "cả quận")
    assert "Công an An" in listed["changed"]


def test_what_cannot_be_planned_is_refused_with_a_sentence(client: FlaskClient) -> None:
    assert "Giờ" in refused(client, teams=[TEAM | {"shifts": [["11:30", "07:30"]]}])
    assert "chưa đủ" in refused(client, teams=[TEAM | {"shifts": [["", "07:30"]]}])
    assert "tổ" in refused(client, teams=[])
    assert refused(client, teams=[TEAM | {"lon": 106.7, "lat": 10.77}])
    assert refused(client, filters="ward=none")
    assert refused(client, day="2020-01-02")
    assert refused(client, day="")
    assert refused(client, count=0)
    assert client.post("/inspections/plans", json=form(kind="raid")).status_code == 400
    assert client.post("/inspections/plans", json=form(teams=[TEAM | {"lon": "x"}])).status_code == 400
    assert client.post("/inspections/plans", data="{").status_code == 400
    assert not client.get("/inspections/plans.json").get_json()["plans"]


def test_a_stop_is_moved_held_taken_off_and_added(client: FlaskClient, plan: int) -> None:
    before = seen(client, plan)
    stop = next(each for each in before["stops"] if each["team"])
    other = next(team["id"] for team in before["teams"] if team["id"] != stop["team"])
    after = do(client, plan, "move", stop=stop["id"], team=other, shift=1, position=1)["plan"]
    moved = next(each for each in after["stops"] if each["id"] == stop["id"])
    assert (moved["team"], moved["shift"], moved["position"]) == (other, 1, 1)
    assert moved["arrives"] >= "13:30"
    assert after["totals"]["metres"] != before["totals"]["metres"]
    held = do(client, plan, "lock", stop=stop["id"], locked=True)["plan"]
    assert next(each for each in held["stops"] if each["id"] == stop["id"])["locked"]
    longer = do(client, plan, "hours", stop=stop["id"], minutes=40, opens="14:30", closes="")["plan"]
    assert next(each for each in longer["stops"] if each["id"] == stop["id"])["hours"] == "mở cửa 14:30–…"
    team, shift = (other, 1)
    given = do(client, plan, "handover", team=team, shift=shift, to_team=stop["team"], to_shift=1)["plan"]
    assert not [each for each in given["stops"] if (each["team"], each["shift"]) == (team, shift)]
    do(client, plan, "remove", stop=stop["id"])
    code = stop["venues"][0]["code"]
    number = one("SELECT id FROM venue WHERE code = %s", code)
    added = do(client, plan, "add", venue=number, team=other)["plan"]
    assert next(each for each in added["stops"] if each["venues"][0]["code"] == code)["team"] == other
    found = client.get("/inspections/search.json?q=la khe").get_json()["venues"]
    assert [venue["code"] for venue in found] == ["V7"]


def test_the_second_of_two_planners_is_told_who_was_first(client: FlaskClient, plan: int) -> None:
    version = seen(client, plan)["version"]
    stop = next(each["id"] for each in seen(client, plan)["stops"] if each["team"])
    do(police("binh", "Công an Bình"), plan, "lock", stop=stop, locked=True)
    late = client.post(f"/inspections/plans/{plan}/remove", json={"stop": stop, "version": version})
    assert late.status_code == 409
    assert late.get_json()["error"] == "changed"
    assert "Công an Bình" in late.get_json()["sentence"]
    assert any(each["id"] == stop for each in seen(client, plan)["stops"])


def test_assigning_tells_what_the_database_refuses(client: FlaskClient, plan: int) -> None:
    other = routed(client)
    first = do(client, plan, "assign")
    [line] = first["lines"]
    assert (first["plan"]["state"], line.startswith("Chưa có thành viên: Tổ")) == ("assigned", True)
    second = do(client, other, "assign")
    assert len(second["lines"]) == 7
    assert all(line.startswith("V") and "đã có" in line for line in second["lines"])
    assert {stop["why"] for stop in second["plan"]["stops"]} >= {"Không được phép đến; lý do ở dưới."}
    team = first["plan"]["teams"][0]["id"]
    stops = sum(stop["team"] == team for stop in first["plan"]["stops"])
    officer_id = one("SELECT id FROM account WHERE login = 'an'")
    [comes, left] = means(client, plan, team, officer_id)["lines"]
    assert ("Công an An vào tổ" in comes, left) == (
        True,
        f"Tổ còn {stops} điểm dừng chưa đến; đường đi và giờ giữ nguyên.",
    )
    joined = do(client, plan, "members", team=team, members=[officer_id], why="")["plan"]["teams"][0]
    assert ([each["id"] for each in joined["members"]], "Vào: Công an An" in joined["turnover"][0]) == (
        [officer_id],
        True,
    )
    version = seen(client, plan)["version"]
    silent = client.post(f"/inspections/plans/{plan}/members", json={"team": team, "members": [], "version": version})
    assert (silent.status_code, silent.get_json()["sentence"]) == (400, "Hãy ghi vì sao có người không đi.")
    assert "không điện thoại nào" in " ".join(means(client, plan, team)["lines"])
    do(client, plan, "close")
    assert seen(client, plan)["state"] == "closed"
    version = seen(client, plan)["version"]
    late = client.post(
        f"/inspections/plans/{plan}/members", json={"team": team, "members": [], "version": version, "why": "ốm"}
    )
    assert late.status_code == 400
    assert seen(client, plan)["teams"][0]["members"]


def test_what_has_changed_since_is_said_at_the_stop(client: FlaskClient, plan: int, tmp_path: Path) -> None:
    other = routed(client)
    registered(tmp_path, "V1", today())
    rows("UPDATE venue SET geom = ST_Translate(geom, 0.001, 0) WHERE code = 'V2' RETURNING id")
    rows("UPDATE venue SET status = 'scanning' WHERE code = 'V4' RETURNING id")
    flags = {stop["venues"][0]["code"]: stop["flags"] for stop in seen(client, plan)["stops"]}
    assert flags["V1"] == flags["V3"]  # a code alone is no compliance: scans are still to be seen
    assert "đã chuyển chỗ" in flags["V2"]
    assert "nay đã tuân thủ" in flags["V4"]
    assert "hai tổ cùng đến" in flags["V3"]
    do(client, other, "delete")
    assert client.get(f"/inspections/plans/{other}.json").status_code == 404
    assert not [stop for stop in seen(client, plan)["stops"] if "hai tổ cùng đến" in stop["flags"]]


def test_only_who_inspects_may(client: FlaskClient, plan: int) -> None:
    from app import server

    chair = accounts.client(server, token_of(officer("chutich", "Mộ Lao", role="ward_chair")))
    for address in (
        "plans.json",
        f"plans/{plan}.json",
        f"plans/{plan}/members.json?team=1",
        "known.json",
        "count.json",
        "search.json?q=quan",
    ):
        answer = chair.get(f"/inspections/{address}")
        assert answer.status_code == 403, address
        assert answer.get_json()["sentence"]
    stop = seen(client, plan)["stops"][0]["id"]
    sent = {"stop": stop, "version": seen(client, plan)["version"]}
    assert chair.post(f"/inspections/plans/{plan}/remove", json=sent).status_code == 403
    assert chair.post("/inspections/plans", json=form()).status_code == 403
    assert any(each["id"] == stop for each in seen(client, plan)["stops"])
    assert client.get("/inspections/plans/999999.json").status_code == 404
    assert client.post(f"/inspections/plans/{plan}/bomb", json={"version": 1}).status_code == 404
