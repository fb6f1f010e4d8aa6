"""What is checked before the tests: one list, for ``make test`` and for each commit."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from data.project import ROOT
from ops import audit, checks
from ops.checks import CHECKS


def test_each_commit_is_checked_by_what_make_test_runs() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [hook["id"] for hook in local["hooks"]] == list(CHECKS)
    for hook in local["hooks"]:
        assert hook["entry"] == f".venv/bin/python -m ops.checks {hook['id']}"
        assert hook["language"] == "system"


def test_a_check_that_fails_is_named_after_all_have_spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def program(words: str, code: int) -> list[str]:
        return ["python", "-c", f"print({words!r}); raise SystemExit({code})"]

    monkeypatch.setattr(checks, "CHECKS", {"first": program("một", 1), "second": program("hai", 0)})
    monkeypatch.setattr(audit, "answers", lambda: False)
    monkeypatch.setattr(checks, "BY_FILE", ("--version",))
    assert checks.run_checks(tmp_path, Path(sys.executable)) == 1
    said = capfd.readouterr().out
    assert said.index("một") < said.index("== second") < said.index("hai") < said.index("== pytest")
    assert said.splitlines()[-1] == "Không đạt: first."


def test_one_check_runs_by_itself_with_the_programs_of_the_environment() -> None:
    command = [sys.executable, "-m", "ops.checks", "import-linter"]
    ended = subprocess.run(command, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout
