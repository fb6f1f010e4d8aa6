"""What is checked before the tests: one list, for ``make test`` and for each commit."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from data.project import ROOT
from ops.console import Problem
from tools import checks
from tools.checks import CHECKS


def test_each_commit_is_checked_by_what_make_test_runs() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert [hook["id"] for hook in local["hooks"]] == list(CHECKS)
    for hook in local["hooks"]:
        assert hook["entry"] == f".venv/bin/python -m tools.checks {hook['id']}"
        assert hook["language"] == "system"


def test_a_check_that_fails_is_named_after_all_have_spoken(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def program(words: str, code: int) -> list[str]:
        return ["python", "-c", f"print({words!r}); raise SystemExit({code})"]

    monkeypatch.setattr(checks, "CHECKS", {"first": program("một", 1), "second": program("hai", 0)})
    assert checks.main(["first", "second"]) == 1
    said = capfd.readouterr().out
    assert said.index("một") < said.index("== second") < said.index("hai")
    assert said.splitlines()[-1] == "Không đạt: first."
    assert checks.main(["second"]) == 0


def test_one_check_runs_by_itself_with_the_programs_of_the_environment() -> None:
    command = [sys.executable, "-m", "tools.checks", "import-linter"]
    ended = subprocess.run(command, cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout


def test_what_looks_over_scripts_is_installed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, npm = tmp_path / "web", tmp_path / "npm"
    folder.mkdir()
    (folder / "package-lock.json").write_text("{}")
    monkeypatch.setattr(checks, "_environment", lambda: {"PATH": f"{tmp_path}:/usr/bin:/bin"})
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def install(script: str) -> str:
        npm.write_text(f"#!/bin/sh\n{script}\n")
        npm.chmod(0o755)
        checks.install_web(folder)
        return capfd.readouterr().out

    assert "Cài công cụ kiểm tra" in install("mkdir node_modules")
    assert install("exit 1") == ""
    (folder / "package-lock.json").write_text('{"changed": 1}')
    with pytest.raises(Problem, match="Không cài được công cụ kiểm tra kịch bản: không kết nối được mạng"):
        install("echo 'npm error network request failed'; exit 1")
    with pytest.raises(Problem, match="kịch bản: npm error some reason; hãy xem"):
        install("echo 'npm error some reason'; exit 1")
    assert "Cài công cụ kiểm tra" in install("rm -r node_modules; mkdir node_modules")
    assert install("exit 1") == ""
