"""Publication: from the draft to the page and off it, each step by whom it belongs to, nobody there who complies."""

from pathlib import Path

import pytest

from data.status.days import today
from etl.undo.undo import undo
from tests.data.cases_world import DAY, People, registered, state, step_as, why_not
from tests.data.publication_world import delivered, drafted, entries, public, published, taken
from tests.etl.loading.files import one, rows

pytestmark = pytest.mark.usefixtures("fresh_database", "rule_holds", "signing_key")


def test_a_list_goes_from_the_draft_to_the_page(people: People) -> None:
    made = drafted(people)
    named = entries(made.id)
    assert set(named) == {"V1", "V5"}
    taken(people.centre, made.id, "notify")
    assert why_not(people.command, made.id, "approve") == "none_ready"
    delivered(people.chair, named["V1"])
    assert why_not(people.command, named["V5"], "approve") == "not_delivered"
    taken(people.command, made.id, "approve")
    assert public() == set()
    taken(people.centre, made.id, "publish")
    assert public() == {"Quán 1"}
    assert rows("SELECT leaf, kind, stands FROM published.seal") == [(0, "list", True)]
    delivered(people.centre, named["V5"])
    taken(people.command, made.id, "approve")
    taken(people.centre, made.id, "publish")
    assert public() == {"Quán 1", "Quán 5"}
    assert rows("SELECT leaf, stands FROM published.seal ORDER BY leaf") == [(0, False), (1, True)]


def test_a_name_leaves_with_the_load_that_brings_its_code_and_never_comes_back(people: People, tmp_path: Path) -> None:
    published(people)
    assert public() == {"Quán 1", "Quán 5"}
    load = registered(tmp_path, "V1", today())
    assert public() == {"Quán 5"}
    undo(load, None, lambda _step, _text: None, dry_run=False)
    assert public() == {"Quán 5"}
    assert rows("SELECT venue_code, state FROM case_file WHERE process = 'publication' ORDER BY 1") == [
        ("V1", "complied"),
        ("V5", "published"),
    ]
    assert one("SELECT count(*) FROM published.address WHERE gone_at IS NOT NULL") == 1


def test_an_objection_stops_the_clock_and_is_decided_by_who_had_no_part(people: People) -> None:
    made = drafted(people)
    named = entries(made.id)
    taken(people.centre, made.id, "notify")
    case = named["V1"]
    delivered(people.centre, case)
    said = {"words": "Quán tôi đã có mã", "channel": "officer"}
    taken(people.chair, case, "object", facts=said)
    assert one("SELECT publication_deadline(%s)", case) is None
    assert why_not(people.command, case, "approve") == "state"
    assert why_not(people.command, case, "reject") == "no_reason"
    assert taken(people.command, case, "reject", facts={"why": "mã đó của nơi khác"}).state == "decided"
    assert one("SELECT publication_deadline(%s)", case) is not None
    taken(people.command, case, "approve")
    assert state(step_as(people.command, case, "not_appropriate", facts={"why": "hộ nghèo"})) == "not_appropriate"


def test_a_claim_is_said_at_once_on_the_page(people: People) -> None:
    _, named = published(people)
    claim = {"words": "đã dán mã", "channel": "officer"}
    taken(people.chair, named["V1"], "claim", facts=claim)
    assert rows("SELECT name, state FROM published.entry ORDER BY 1") == [("Quán 1", "pending"), ("Quán 5", "standing")]
    taken(people.chair, named["V1"], "refuse", facts={"why": "chưa thấy mã"})
    assert rows("SELECT DISTINCT state FROM published.entry") == [("standing",)]
    taken(people.chair, named["V1"], "claim", facts=claim)
    taken(people.chair, named["V1"], "accept")
    assert public() == {"Quán 5"}


def test_the_clock_runs_in_working_days_from_the_delivery(people: People) -> None:
    made = drafted(people)
    case = entries(made.id)["V1"]
    taken(people.centre, made.id, "notify")
    facts = {"day": f"{today()}", "how": "hand"}
    assert why_not(people.centre, case, "deliver", facts=facts | {"day": f"{today() - DAY}"}) == "before_notice"
    assert why_not(people.centre, case, "deliver", facts=facts | {"how": "posted"}) == "no_photo"
    taken(people.centre, case, "deliver", facts=facts)
    assert why_not(people.command, case, "approve") == "clock_runs"
    assert one("SELECT due_on FROM case_file WHERE id = %s", case) == one("SELECT add_working_days(%s, 10)", today())
    assert why_not(people.centre, case, "deliver", facts=facts) == "delivered"


def test_what_is_corrected_or_withdrawn_is_signed_as_such(people: People) -> None:
    _, named = published(people)
    taken(people.centre, named["V1"], "correct", facts={"name": "Quán Một", "why": "sai tên"})
    assert public() == {"Quán Một", "Quán 5"}
    taken(people.centre, named["V5"], "withdraw", facts={"why": "nhầm nơi"})
    assert public() == {"Quán Một"}
    assert rows("SELECT kind FROM publication_seal ORDER BY leaf") == [("list",), ("correction",), ("withdrawal",)]


def test_a_list_of_bodies_goes_the_same_way(people: People) -> None:
    made = drafted(people, "bodies", today() - 2 * DAY)
    assert rows("SELECT body_kind, shown ->> 'name' FROM publication_entry ORDER BY position")
    taken(people.centre, made.id, "notify")
    for (case,) in rows("SELECT case_id FROM publication_entry"):
        delivered(people.centre, int(str(case)))
    taken(people.command, made.id, "approve")
    taken(people.centre, made.id, "publish")
    assert "Mộ Lao" in " ".join(public())
