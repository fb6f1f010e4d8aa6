"""Every text that is asked for exists in both languages, and none lies about unused."""

import ast
import datetime as dt
import re
from pathlib import Path
from string import Formatter

import pytest

from data.project import ROOT
from data.texts.catalogue import change, language, number, percent, t, texts

SOURCES = [
    path
    for folder in ("callbacks", "layers", "documents", "data", "etl", "planning", "proof")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name != "texts.py" or path.parent.name != "data"
] + [ROOT / "app.py"]
TEMPLATES = [path for room in ("callbacks", "documents", "proof") for path in sorted((ROOT / room).rglob("*.html"))]
SCRIPTS = sorted(path for room in ("field", "inspections") for path in (ROOT / "assets" / room).glob("*.mjs"))
SCRIPTS += sorted((ROOT / "proof").rglob("*.js"))
KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+")
IN_TEMPLATE = re.compile(r"""\b(?:t|both)\(["']([a-z0-9_.]+)["']""")
# Of the phone screen and the verifier: whole keys, and `field.why.${…}`, of which the beginning counts.
IN_SCRIPT = re.compile(r"""["'`]((?:field|inspections|proof)\.[a-z0-9_.]+|status\.)""")

WORDS_IN_CODE = {
    "data/texts/spoken.py": "numbers as they are read out in Vietnamese",
    "data/accounts/passwords.py": "what is guessed first",
    "data/cluster/": "speaks before any library is installed (as ops does), to whoever installs it",
    "data/queries/personal_numbers.py": "marks of a personal number within a name",
    "data/texts/folding.py": "a letter that Unicode does not take apart",
    "documents/": "paper of a Vietnamese authority has one language; its words stand with its form",
    "etl/demo/": "files as clerks send them",
    "etl/recognition/titles.py": "words of headings",
    "etl/validation/not_data.py": "words of rows of sums and of groups",
    "etl/values/": "words and letters of cells: units, points of the compass, streets, code pages",
    "etl/worker/preview.py": "headings of columns of people",
}
"""Where words stand in code that nobody is told, and why; a folder ends in a slash."""


def _written(path: Path) -> tuple[set[str], set[str]]:
    """Keys that stand in a file as a whole, and the fixed beginnings of those that are put together."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
            whole.add(node.value)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginning = str(node.values[0].value)
            if re.fullmatch(r"[a-z][a-z0-9_.]*\.", beginning):
                beginnings.add(beginning)
    return whole, beginnings


def _asked_for(path: Path) -> set[str]:
    """Keys given to ``t`` and to ``Sentence`` as they stand."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("t", "Sentence")
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _in_templates() -> set[str]:
    """Keys that the pages' templates ask for; the beginning, with its dot, of those that are put together."""
    return {key for path in TEMPLATES for key in IN_TEMPLATE.findall(path.read_text("utf-8"))}


def _in_scripts() -> set[str]:
    """As :func:`_in_templates`, of the scripts of screens that have their texts with them."""
    return {key for path in SCRIPTS for key in IN_SCRIPT.findall(path.read_text("utf-8"))}


def _words(path: Path) -> set[str]:
    """Literals with a Vietnamese letter, but for docstrings and for what a command says of its own options: terminals
    are Vietnamese alone, and the help stands beside its option.
    """
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    own = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.keyword) and node.arg in ("help", "metavar", "description"):
            own |= {id(part) for part in ast.walk(node.value)}
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in own
        and any(letter.isalpha() and not letter.isascii() for letter in node.value)
    }


@pytest.mark.parametrize("folder", ["callbacks", "data", "documents", "etl", "layers", "planning", "proof"])
def test_no_sentence_stands_in_code(folder: str) -> None:
    """Nor one word of one: the reader would get it in Vietnamese, whatever their language."""
    paths = [path for path in (ROOT / folder).rglob("*.py") if _words(path)]
    found = {path.relative_to(ROOT).as_posix() for path in paths}
    explained = {path for path in WORDS_IN_CODE if path.startswith(f"{folder}/")}
    assert {path for path in found if not path.startswith(tuple(explained))} == set()
    assert {path for path in explained if not any(other.startswith(path) for other in found)} == set()


def test_every_key_that_is_asked_for_exists() -> None:
    missing = {key for path in SOURCES for key in _asked_for(path)} - set(texts()["vi"])
    missing |= {key for key in _in_templates() | _in_scripts() if not key.endswith(".")} - set(texts()["vi"])
    assert not missing


def test_no_text_is_unused() -> None:
    written = [_written(path) for path in SOURCES]
    whole = set().union(*(keys for keys, _ in written))
    elsewhere = _in_templates() | _in_scripts()
    whole |= elsewhere
    beginnings = tuple(set().union(*(starts for _, starts in written), (key for key in elsewhere if key.endswith("."))))
    unused = {key for key in texts()["vi"] if key not in whole and not key.startswith(beginnings)}
    assert not unused


def test_both_languages_fill_in_the_same_names() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    vietnamese, english = texts()["vi"], texts()["en"]
    assert {key for key in vietnamese if names(vietnamese[key]) != names(english[key])} == set()


def test_numbers_and_days_are_written_as_in_vietnam() -> None:
    assert number(1234.5, digits=1) == "1.234,5"
    assert number(1234.5, "en", 1) == "1,234.5"
    assert percent(0.615) == "61,5%"
    assert (change(1234), change(-5), change(0)) == ("+1.234", "−5", "0")
    assert t("figures.compared", "vi", day=dt.date(2021, 11, 3)) == "so với 03/11/2021"
    assert t("table.heading", "vi", count=30000) == "Danh sách · 30.000 địa điểm"


@pytest.mark.parametrize(("asked", "given"), [(None, "vi"), ("en", "en"), ("xx", "vi"), ("", "vi")])
def test_an_unknown_language_is_vietnamese(asked: str | None, given: str) -> None:
    assert language(asked) == given


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        t("no.such.key")
