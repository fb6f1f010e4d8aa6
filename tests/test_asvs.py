"""What ``docs/asvs.md`` says can be looked up: its files and tests exist, and no point of the standard is left out."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "asvs.md").read_text("utf-8")
STATUSES = ("met", "in part", "not met")
LONGEST_LINE = 120

# Points of levels 1 and 2 in the published 4.0.3, by section; those of level 3 alone and the deleted ones are not here.
STANDARD = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4-5", "1.5": "1-4", "1.6": "1-4", "1.7": "1-2", "1.8": "1-2", "1.9": "1-2",
    "1.10": "1", "1.11": "1-2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-5", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6", "2.8": "1-7",
    "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1-3 5", "4.2": "1-2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1-2", "6.4": "1-2",
    "7.1": "1-4", "7.2": "1-2", "7.3": "1 3-4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8",
    "9.1": "1-3", "9.2": "1-4",
    "10.2": "1-2", "10.3": "1-3",
    "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1-2", "12.5": "1-2", "12.6": "1",
    "13.1": "1 3-5", "13.2": "1-3 5-6", "13.3": "1-2", "13.4": "1-2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2-3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip


class Row(NamedTuple):
    """A row of the tables, as it stands there."""

    point: str
    asks: str
    status: str
    how: str
    shown: str


ROWS = [
    Row(*(cell.strip() for cell in line.strip().strip("|").split("|")))
    for line in PAGE.splitlines()
    if re.match(r"\| V\d", line)
]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE)))
FILES = sorted(
    set(re.findall(r"`((?:\w[\w-]*/)*[\w.-]+\.(?:py|sql|html|mjs|md|toml|txt|yaml|csv|sh|service))`", PAGE))
    | set(
        re.findall(
            r"`((?:assets|callbacks|data|documents|etl|layers|ops)/[\w./-]+|[.A-Z]\w*file|\.dockerignore)`", PAGE
        )
    )
)


def numbers(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def without() -> list[str]:
    """Points that a chapter's last line says do not apply."""
    found = []
    for paragraph in re.findall(r"^Does not apply: (.*?)(?=\n\n|\Z)", PAGE, re.DOTALL | re.MULTILINE):
        for first, last in re.findall(r"V(\d+\.\d+\.\d+)(?: to V(\d+\.\d+\.\d+))?", paragraph):
            section, _, number = first.rpartition(".")
            until = int(last.rpartition(".")[2]) if last else int(number)
            assert until >= int(number), first
            assert not last or last.rpartition(".")[0] == section
            found += [f"V{section}.{each}" for each in range(int(number), until + 1)]
    return found


@cache
def functions_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_point_of_level_two_is_there_once() -> None:
    wanted = {f"V{section}.{number}" for section, ranges in STANDARD.items() for number in numbers(ranges)}
    said = [row.point for row in ROWS] + without()
    assert sorted(point for point in said if said.count(point) > 1) == []
    assert wanted - set(said) == set()
    assert set(said) - wanted == set()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.point)
def test_every_row_has_a_status_and_its_reason(row: Row) -> None:
    assert row.status in STATUSES
    assert row.asks
    assert row.how
    assert re.fullmatch(r"–|`tests/[\w/]+\.py::\w+`(, `tests/[\w/]+\.py::\w+`)*", row.shown)
    if row.status == "met":
        assert "`" in row.how, "what is met names where"


@pytest.mark.parametrize("test", TESTS)
def test_every_test_that_it_names_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert name.startswith("test_")
    assert name in functions_in(path)


@pytest.mark.parametrize("path", FILES)
def test_every_file_that_it_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_each_chapter_has_its_table_under_its_title() -> None:
    chapters = re.split(r"^## V", PAGE, flags=re.MULTILINE)[1:]
    assert [int(re.match(r"\d+", chapter)[0]) for chapter in chapters] == list(range(1, 15))  # type: ignore[index]
    for number, chapter in enumerate(chapters, start=1):
        assert {row.split(".")[0] for row in re.findall(r"^\| V([\d.]+) ", chapter, re.MULTILINE)} == {str(number)}
        assert re.search(r"^(Does not apply: |All points of )", chapter, re.MULTILINE)


def test_lines_of_prose_are_short() -> None:
    assert [line for line in PAGE.splitlines() if len(line) > LONGEST_LINE and not line.startswith("|")] == []


def test_what_it_reads_is_the_page() -> None:
    """A change of the page's form must not leave the others with nothing to look at."""
    assert len(ROWS) > 200
    assert len(TESTS) > 60
    assert {"data/accounts/passwords.py", "ops/deploy/Caddyfile", "Dockerfile", "compose.yaml", "assets/vendor"} <= set(
        FILES
    )
