"""The screen of weights and the drawer's number: what would change before it is set, who may, and what goes nowhere."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from plotly.utils import PlotlyJSONEncoder

from callbacks.drawer import levels as drawer
from callbacks.weights import screen
from callbacks.weights.effect import effect, in_order, number_by
from data.access.caller import Caller, acting_as
from data.database.connection import app_connection
from data.errors import NotAllowed
from data.queries.filters import Filters
from data.queries.priority import PARTS, Candidate, ranked
from data.status.days import today
from data.texts.catalogue import t
from documents.catalogue import FORMATS
from documents.venues import VENUES
from tests.callbacks.map_world import tiles_of_district
from tests.callbacks.vector_tile import read_tile
from tests.data.cases_world import People, ground
from tests.data.priority_world import scan
from tests.etl.loading.files import one, rows
from tests.fixtures import accounts
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("fresh_database")
TRIED = {"status": 0, "days": 10, "people": 15, "risk": 10, "unseen": 10, "sure": 5, "token": 10, "inspections": 2}


@pytest.fixture
def people(tmp_path: Path, fresh_database: str) -> People:
    ground(tmp_path)
    scan(tmp_path)
    return People()


def words(content: Any) -> str:
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


def shown(who: Caller, search: str = "") -> str:
    with acting_as(who):
        return words(screen.show(search))


def query(**more: object) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in (TRIED | more).items())


def client(who: Caller) -> FlaskClient:
    from app import server

    return accounts.client(server, token_of(who))


def ordered(who: Caller) -> list[Candidate]:
    with acting_as(who), app_connection() as conn:
        return ranked(conn, Filters(today()), today())


def test_the_effect_says_who_enters_and_who_leaves(people: People) -> None:
    before = ordered(people.police)
    assert [one.code for one in before] == ["V1", "V5", "V4", "V3", "V2", "FELL", "RARE"]
    weights = dict.fromkeys(PARTS, 0) | {"unseen": 10}
    after = in_order(before, weights)
    assert [(one.code, number_by(one, weights)) for one in after[:3]] == [("FELL", 10), ("RARE", 10), ("V4", 10)]
    found = effect(before, after, first=3)
    assert [(one.venue.code, one.was, one.becomes) for one in found.entering] == [("FELL", 6, 1), ("RARE", 7, 2)]
    assert [(one.venue.code, one.was) for one in found.leaving] == [("V1", 1), ("V5", 2)]
    assert {(one.name, one.was, one.becomes) for one in found.wards} == {("Mộ Lao", 2, 3), ("La Khê", 1, 0)}
    assert (found.households.was, found.households.becomes, found.organisations.becomes) == (3, 3, 0)
    assert effect(before, before).entering == ()


def test_weights_are_tried_set_and_taken_back(people: People) -> None:
    assert t("priority.effect.title") not in shown(people.command)
    tried = shown(people.command, query())
    assert t("priority.effect", count=0, first=7) in tried
    assert t("priority.save", day=today()) in tried
    assert one("SELECT count(*) FROM policy WHERE priority IS NOT NULL") == 0
    asked = client(people.command)
    answer = asked.post("/priority/set", data=TRIED | {"two_person": "1", "since": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/priority/?done=set")
    assert rows("SELECT inspections_a_year, two_person FROM policy WHERE priority IS NOT NULL") == [(2, True)]
    assert people.command.name in shown(people.police)
    # made of what is not in force any more
    assert asked.post("/priority/set", data=TRIED | {"since": ""}).status_code == 400
    assert asked.post("/priority/back").headers["Location"] == "/priority/?done=back"
    assert one("SELECT priority_weights() ->> 'status'") == "40"


def test_what_may_not_be_set_is_said_before_and_refused_after(people: People) -> None:
    for wrong, why in (
        ({"status": 101}, t("priority.refused.bounds", part=t("priority.part.status"))),
        ({"status": "x"}, t("priority.refused.malformed")),
        ({"inspections": 13}, t("priority.refused.inspections")),
        (dict.fromkeys(PARTS, 0), t("priority.refused.nothing")),
    ):
        assert why in shown(people.command, query(**wrong)), wrong
        answer = client(people.command).post("/priority/set", data=TRIED | wrong | {"since": ""})
        assert answer.status_code == 400, wrong
    assert one("SELECT count(*) FROM policy") == 1


def test_who_may_not_weigh_is_refused(people: People) -> None:
    with pytest.raises(NotAllowed):
        shown(people.chair)
    for path in ("/priority/set", "/priority/back"):
        assert client(people.chair).post(path, data=TRIED | {"since": ""}).status_code == 403


def drawn(who: Caller, code: str) -> str:
    with acting_as(who):
        return words(drawer.fill({"level": "venue", "search": "", "venue": code, "place": None}, None))


def test_the_drawer_says_how_a_venue_got_its_number_to_who_acts_on_it(people: People) -> None:
    told = drawn(people.chair, "V1")
    assert t("priority.drawer.title", day=today(), number="63,30") in told
    for part in ("1,00 × 40", "0,63 × 10", "0,20 × 15", "0,60 × 10", "0,30 × 10", "1,00 × 5"):
        assert part in told
    assert t("priority.drawer.of_category") in told
    assert t("priority.drawer.token", recent=14, expected=280) in drawn(people.police, "FELL")
    for role in ("economy_office", "culture_office"):
        told = drawn(officer("ai", role=role), "FELL")
        assert t("priority.part.status") not in told
        assert t("priority.part.token") not in told


def test_token_compliance_stands_in_no_export_document_or_tile(people: People) -> None:
    """Even for the police, who are told of it on the screen."""
    asked = client(people.police)
    secret = [
        t(key, lang).lower() for lang in ("vi", "en") for key in ("priority.part.token", "priority.known.token.few")
    ]
    secret += ["sparse", "token"]
    paths = [f"/exports/venues.{kind}" for kind in VENUES] + [
        f"/exports/violators.{kind}" for kind in FORMATS["violators"]
    ]
    for path in paths:
        answer = asked.get(path)
        assert answer.status_code == 200, path
        text = _unpacked(answer.data).lower()
        assert not [word for word in secret if word in text], path
        assert "violators" not in path or "quán fell" not in text
    with acting_as(people.police):
        tiles = [asked.get(f"/tiles/venues/12/{x}/{y}.mvt").data for x, y in tiles_of_district(12)]
    features = [feature for tile in tiles if tile for feature in read_tile(tile)["venues"].features]
    assert features
    assert {name for feature in features for name in feature.properties} <= {
        "id",
        "status",
        "category",
        "ward",
        "unsure",
    }


def _unpacked(content: bytes) -> str:
    """The file's words; those of what is packed as well."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
