"""What the pages name is there: every path, module and command of README, CONTRIBUTING and ``docs/``."""

import pkgutil
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "NOTICE", *(ROOT / "docs").rglob("*.md"))
)
PACKAGES = "callbacks|data|documents|etl|layers|ops|planning|proof|tests|tools"
# What a run, a deployment or the reader makes; and slashes that are no path of ours.
NOT_IN_THE_REPOSITORY = (".local", ".venv", "backups", "secrets", "da-nap", "bi-tu-choi", "application", "node_modules")
SOURCES = "py|sql|mjs|js|css|typ|csv|json|geojson|md|sh|service|toml|yaml|html|mako|svg|png"


@cache
def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


@cache
def names_of_files() -> set[str]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True)
    return {Path(name).name for name in listed.stdout.decode().splitlines()}


def paths_in(text: str) -> set[str]:
    """Whatever looks like a path of the repository: in backticks or a link, or below one of our folders."""
    quoted = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)*/?)(?:::\w+)?`", text))
    linked = {target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target}
    below = set(re.findall(rf"(?<![\w/.:-])((?:{PACKAGES}|assets|docs)/[\w/.*-]*[\w*])", text))
    return {path for path in quoted | below if "/" in path and path.split("/")[0] not in NOT_IN_THE_REPOSITORY} | linked


def modules_in(text: str) -> set[str]:
    """Modules that are started, and dotted names of ours in backticks."""
    started = set(re.findall(rf"python -m ((?:{PACKAGES})(?:\.\w+)*)", text))
    named = set(re.findall(rf"`((?:{PACKAGES})(?:\.[a-zA-Z_]\w*)+)(?:\(\))?`", text))
    return started | {name for name in named if not name.endswith(tuple(f".{kind}" for kind in SOURCES.split("|")))}


@pytest.mark.parametrize("page", PAGES)
def test_paths_that_a_page_names_exist(page: str) -> None:
    folders = (ROOT, (ROOT / page).parent)
    assert [path for path in paths_in(text_of(page)) if not any(any(root.glob(path)) for root in folders)] == []


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_without_their_folder_exist(page: str) -> None:
    named = set(re.findall(rf"`([\w-]+\.(?:{SOURCES}))`", text_of(page)))
    named |= set(re.findall(r"(?<![\w/.<>])[a-z][\w-]*\.(?:py|sql|mjs)\b", text_of(page)))
    assert named <= names_of_files()


@pytest.mark.parametrize("page", PAGES)
def test_modules_that_a_page_names_exist(page: str) -> None:
    for module in modules_in(text_of(page)):
        pkgutil.resolve_name(module)


def test_what_is_looked_for_is_found() -> None:
    text = "see `etl/gone.py`, `tests/x.py::test_y`, [a](docs/b.md), `python -m data.gone` and `layers.gone`, not `a/`"
    assert paths_in(text) == {"etl/gone.py", "tests/x.py", "docs/b.md", "a/"}
    assert modules_in(text) == {"data.gone", "layers.gone"}


def test_every_licence_that_is_shipped_is_in_the_notice() -> None:
    shipped = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "assets").rglob("*")
        if re.search(r"licen[cs]e|OFL", path.name, re.IGNORECASE)
    }
    assert shipped
    assert shipped == set(re.findall(r"assets/[\w/.-]+(?:LICENSE|OFL)[\w.]*", text_of("NOTICE")))


def test_every_decision_is_in_the_index() -> None:
    pages = {page.name for page in (ROOT / "docs" / "decisions").glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\]\(([\w-]+\.md)\)", text_of("docs/decisions/README.md")))


def test_names_of_the_code_in_the_steps_stand_in_the_files_of_their_step() -> None:
    """Steps of "How to add": what is named beside a file (``STAGED``, ``_insert()``) is in that file."""
    text = text_of("CONTRIBUTING.md")
    steps = re.split(r"\n(?=\d\. |\n)", text[text.index("## How to add") : text.index("## Words")])
    looked_for = 0
    for step in steps:
        named = paths_in(step) | set(re.findall(r"`(\w+\.(?:py|toml))`", step))
        files = [ROOT / path for path in named if (ROOT / path).is_file()]
        sources = "\n".join(path.read_text("utf-8") for path in files)
        for name in set(re.findall(r"`(_\w+|[A-Z][A-Z_]{3,}|[a-z]+_[a-z_]+)(?:\(\)|\[[^`]*\])?`", step)):
            if not files or name in ("tax_code", "venues_kml"):
                continue
            looked_for += 1
            assert re.search(rf"\b{name}\b", sources), (name, step)
    assert looked_for > 20
