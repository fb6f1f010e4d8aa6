"""A check, a load and the way back say which suspensions they end, bring back, or make due to be repealed."""

from pathlib import Path
from typing import Any

import pytest

from data.status.days import today
from etl.loading.load import Outcome
from etl.loading.report import as_json, report
from etl.undo.report import sentences
from etl.undo.undo import undo
from tests.data.cases_world import DAY, OWNER, PAPER, People, ground, open_as, state, status, step_as
from tests.etl.loading.files import REGISTRATIONS, SUSPENSIONS, load_file, one, write_csv

pytestmark = pytest.mark.usefixtures("fresh_database")


def named(*codes: str) -> dict[str, Any]:
    return {"count": len(codes), "venues": [{"code": code, "name": f"Quán {code[1:]}"} for code in codes]}


def codes_made(path: Path, *codes: str, **options: Any) -> Outcome:
    """A file by which venues have a QR from today on."""
    lines = [(code, f"{today():%d/%m/%Y}", f"QR-{code}", "Bluezone") for code in codes]
    return load_file(write_csv(path, REGISTRATIONS, lines), **options)


def test_a_file_of_registrations_says_what_it_ends_and_the_way_back_what_it_brings_back(tmp_path: Path) -> None:
    ground(tmp_path)
    people = People()
    agreed = open_as(people.police, "suspension_request", "request")
    step_as(people.chair, agreed, "confirm")
    step_as(people.police, agreed, "agree", facts=OWNER)
    decision = open_as(people.police, "suspension_decision", "enter", "V5", paper=PAPER | {"day": f"{today()}"})
    stops = [("V4", f"{today() - DAY:%d/%m/%Y}", "", "Chưa có mã")]
    begun = load_file(write_csv(tmp_path / "dung.csv", SUSPENSIONS, stops))
    assert begun.suspensions == {"begun": named("V4")}
    assert [status(code) for code in ("V1", "V4", "V5")] == ["suspended"] * 3

    other = codes_made(tmp_path / "ma-khac.csv", "V3")
    assert other.suspensions == {}
    changed = {"ended": named("V1", "V4"), "repeal_due": named("V5")}
    tried = codes_made(tmp_path / "ma.csv", "V1", "V4", "V5", dry_run=True)
    assert tried.suspensions == changed
    assert (state(agreed), state(decision)) == ("agreed", "in_force")
    loaded = codes_made(tmp_path / "ma.csv", "V1", "V4", "V5")
    assert loaded.suspensions == as_json(loaded)["suspensions"] == changed
    assert [line for line in report(loaded) if "Quán" in line] == [
        "  Thôi bị tạm dừng hoạt động (2): V1 Quán 1; V4 Quán 4",
        "  Vẫn bị tạm đình chỉ, quyết định đến lúc phải được bãi bỏ (1): V5 Quán 5",
    ]
    assert (state(agreed), state(decision)) == ("ended", "lift_due")

    # A file before it taken back: this one is loaded again meanwhile, and nothing of the cases moves on the way.
    entries = one("SELECT count(*) FROM case_entry")
    assert undo(other.load_id, None, lambda _step, _text: None).suspensions == {}
    assert (state(agreed), state(decision), one("SELECT count(*) FROM case_entry")) == ("ended", "lift_due", entries)
    first = undo(loaded.load_id, None, lambda _step, _text: None, dry_run=True)
    assert first.suspensions == {"begun": named("V1", "V4"), "repeal_not_due": named("V5")}
    assert sentences(first)[-2:] == [
        "Bị tạm dừng hoạt động, từ nay hoặc trở lại (2): V1 Quán 1; V4 Quán 4",
        "Vẫn bị tạm đình chỉ, việc bãi bỏ quyết định không còn đến hạn (1): V5 Quán 5",
    ]
    assert (state(agreed), state(decision), one("SELECT count(*) FROM case_entry")) == ("ended", "lift_due", entries)
    assert undo(loaded.load_id, None, lambda _step, _text: None).suspensions == first.suspensions
    assert (state(agreed), state(decision)) == ("agreed", "in_force")
