"""What README and ``docs/own-files.md`` say is so: their examples load, the settings that they name exist."""

import json
import re
from pathlib import Path

import pytest

from data.__main__ import main as data_main
from data.settings import Settings
from etl.__main__ import main as etl_main
from etl.validation.read import read

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
OWN_FILES = (ROOT / "docs" / "own-files.md").read_text("utf-8")
TABLES = re.findall(r"```csv\n(.*?)```", OWN_FILES, re.DOTALL)
MAPS = re.findall(r"```json\n(.*?)```", OWN_FILES, re.DOTALL)
KINDS = ("venues", "registrations", "scans", "totals", "reminders", "suspensions")


@pytest.mark.parametrize(("kind", "table"), list(zip(KINDS, TABLES, strict=True)))
def test_an_example_is_recognised_and_has_nothing_to_reject(tmp_path: Path, kind: str, table: str) -> None:
    file = tmp_path / "anything.csv"
    file.write_text(table, "utf-8")
    source = read(file)
    assert source.kind == kind
    assert source.rows_read == table.count("\n") - 1
    assert not source.rejects


def test_the_examples_load_one_after_the_other(
    fresh_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for number, table in enumerate(TABLES):
        files.append(tmp_path / f"{number}.csv")
        files[-1].write_text(table, "utf-8")
    assert etl_main(["load", *map(str, files)]) == 0
    capsys.readouterr()
    assert data_main(["status", "--venues", "--as-of", "2021-10-25"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "HD000001,09538,scanning,0,2021-10-12",
        "HD000002,09541,suspended,2,",
    ]


def test_the_examples_of_maps_are_recognised_and_streets_load(fresh_database: str, tmp_path: Path) -> None:
    streets, outline = (tmp_path / f"{number}.geojson" for number in range(2))
    for file, text in zip((streets, outline), MAPS, strict=True):
        file.write_text(text, "utf-8")
    assert (read(streets).kind, read(outline).kind) == ("streets", "wards")
    assert json.loads(MAPS[1])["features"][0]["properties"]["code"] == "09538"
    assert etl_main(["load", str(streets)]) == 0


def test_settings_that_it_names_exist() -> None:
    """The usual ones; all of them stand in docs/deployment.md (``tests/ops/test_deployment_page.py``)."""
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+|PORT)`", README))
    assert named >= {"DATABASE_URL", "PORT", "IDLE_MINUTES"}
    assert named <= {name.upper() for name in Settings.model_fields}


def test_it_states_no_default_of_a_setting() -> None:
    """Defaults stand in one table, which is made from the code: docs/deployment.md."""
    assert not re.search(r"^\| `[A-Z_]+`", README, re.MULTILINE)


def test_it_can_be_read_in_one_go() -> None:
    assert README.count("\n") <= 150
