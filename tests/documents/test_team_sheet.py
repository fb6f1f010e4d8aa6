"""The sheet of a team: who, where, when and why on paper, its map, and nobody's telephone."""

import io
from pathlib import Path

import pdfplumber
import pytest

from data.access.caller import acting_as
from data.database.connection import app_connection, desk_connection, loader_connection
from data.errors import UnknownFilter
from documents.__main__ import main
from documents.catalogue import make
from documents.team_sheet import MAP_MM
from etl.plans import changes
from tests.data import plan_world as world
from tests.data.plan_world import POLICE, draft, seen, solve, team
from tests.fixtures.officers import officer, token_of

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def plan(tmp_path: Path, fresh_database: str) -> int:
    world.ground(tmp_path)
    token_of(POLICE)
    with loader_connection() as conn:
        account = conn.execute("SELECT id FROM account WHERE login = 'an'").fetchone()
        conn.execute("UPDATE venue SET name = 'Quán cô Ba 0912345678' WHERE code = 'V1'")
    assert account
    plan = draft(team("Công an phường", members=(account["id"],)), team("Tổ dân phố", travel="foot"))
    solve(plan)
    return plan


def text_of(content: bytes) -> str:
    with pdfplumber.open(io.BytesIO(content)) as pages:
        return "\n".join(page.extract_text() for page in pages.pages)


def test_each_team_has_its_stops_in_order_with_why_and_what_to_check(plan: int) -> None:
    with acting_as(POLICE), app_connection() as conn:
        made = make("team_sheet", "pdf", conn, plan=plan)
    said = text_of(made.content)
    assert (made.name, made.told["teams"]) == (
        f"phieu-di-tuyen-{plan}.pdf",
        len({s.team_id for s in seen(plan).stops} - {None}),
    )
    for stop in seen(plan).stops:
        if stop.team_id:
            assert stop.venues[0].code in said
            assert f"{stop.arrives:%H:%M}" in said
    assert "V8" not in said  # has no point, and is on no route
    assert "Công an An" in said
    for words in ("Vi phạm; 3 lần nhắc nhở", "Điểm:", "Chưa có mã", "15 × 15 cm", "Bắc"):
        assert words in said
    assert "0912345678" not in said
    assert "Quán cô Ba" in said


def test_the_map_holds_every_stop(plan: int) -> None:
    with acting_as(POLICE), app_connection() as conn:
        made = make("team_sheet", "pdf", conn, plan=plan, team=seen(plan).teams[0].id)
    assert made.name == f"phieu-di-tuyen-{plan}-to-1.pdf"
    with pdfplumber.open(io.BytesIO(made.content)) as pages:
        page = pages.pages[0]
        [frame] = [r for r in page.rects if abs(r["width"] - MAP_MM[0] * 72 / 25.4) < 1 and r["height"] > 200]
        marks = [
            c for c in page.curves if abs(c["width"] - 5.2 * 72 / 25.4) < 1 and abs(c["height"] - c["width"]) < 0.5
        ]
        mine = [stop for stop in seen(plan).stops if stop.team_id == seen(plan).teams[0].id]
        assert len(marks) == len(mine)
        for mark in marks:
            assert frame["x0"] < mark["x0"] < mark["x1"] < frame["x1"]
            assert frame["top"] < mark["top"] < mark["bottom"] < frame["bottom"]


def test_without_stops_or_right_there_is_no_sheet(
    plan: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with acting_as(officer("van", role="culture_centre")), app_connection() as conn, pytest.raises(UnknownFilter):
        make("team_sheet", "pdf", conn, plan=plan)
    out = tmp_path / "phieu.pdf"
    assert main(["team_sheet", "--plan", str(plan), "--format", "pdf", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")
    for stop in seen(plan).stops:
        if stop.team_id:
            with acting_as(POLICE), desk_connection() as conn:
                changes.move_stop(conn, plan, seen(plan).version, stop.id, None)
    assert main(["team_sheet", "--plan", str(plan), "--format", "pdf", "--out", str(out)]) == 2
    assert "chưa tổ nào có điểm dừng" in capsys.readouterr().err
