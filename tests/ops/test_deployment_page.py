"""What ``docs/deployment.md`` says is what the code does."""

import re

import pytest

from data.project import ROOT
from data.settings_table import table
from ops import commands

PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")


def test_the_table_of_settings_is_the_codes() -> None:
    shown = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", PAGE, re.DOTALL)
    assert shown
    assert shown[1] == table(), "write it anew with `python -m data.settings_table`"


@pytest.mark.parametrize("path", sorted(set(re.findall(r"(?<![\w/])(?:ops|tests|data)/[\w/.-]+\.\w+", PAGE))))
def test_files_that_it_names_exist(path: str) -> None:
    assert (ROOT / path).exists()


def test_commands_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"`?make ([a-z][a-z-]+)", PAGE))
    assert {"backup", "restore", "run"} <= targets
    for target in targets:
        assert re.search(rf"^\.PHONY:.* {target}( |$)", makefile, re.MULTILINE), target
        assert callable(getattr(commands, target.replace("-", "_")))
    for module in set(re.findall(r"python -m ([\w.]+)", PAGE)) - {"venv"}:
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
