"""The locks: they fit what is written by hand, hold a hash for every library, and lack nothing that is installed."""

import importlib.metadata
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from data.project import ROOT
from ops.environment import lock_of
from tools.lock import REQUIREMENTS, commands

ENTRY = re.compile(r"^(\S[^\\\n]*==[^\\\n]*) \\\n((?: +--hash=\S+(?: \\)?\n)+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Locked:
    """One entry of a lock."""

    requirement: Requirement
    version: str
    hashes: list[str]


def locked(requirements: str) -> dict[str, Locked]:
    """The entries of the lock of ``requirements`` that this Python on this machine takes, by name."""
    text = (ROOT / lock_of(requirements)).read_text("utf-8")
    written = [(Requirement(line), HASH.findall(hashes)) for line, hashes in ENTRY.findall(text)]
    assert len(written) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)), "each line that begins at the margin is one"
    return {
        canonicalize_name(requirement.name): Locked(requirement, next(iter(requirement.specifier)).version, hashes)
        for requirement, hashes in written
        if not requirement.marker or requirement.marker.evaluate()
    }


def pinned(requirements: str) -> list[Requirement]:
    """What is written by hand, without the files that it includes."""
    lines = (ROOT / requirements).read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("requirements", REQUIREMENTS)
def test_a_lock_fits_what_is_written_by_hand(requirements: str) -> None:
    entries = locked(requirements)
    for pin in pinned(requirements):
        entry = entries.get(canonicalize_name(pin.name))
        assert entry, f"{pin} stands in {requirements} alone: run `make lock`"
        assert str(pin.specifier) == f"=={entry.version}", f"{pin} is locked as {entry.version}: run `make lock`"
        assert pin.extras == entry.requirement.extras


@pytest.mark.parametrize("requirements", REQUIREMENTS)
def test_every_library_has_the_hashes_of_its_files(requirements: str) -> None:
    assert [name for name, entry in locked(requirements).items() if not entry.hashes] == []


def test_the_tests_run_on_the_versions_of_the_product() -> None:
    product, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: entry.version for name, entry in product.items()} == {name: dev[name].version for name in product}


def test_what_is_installed_is_what_is_locked() -> None:
    entries = locked("requirements-dev.txt")
    installed = {canonicalize_name(each.name): each for each in importlib.metadata.distributions()}
    of_the_lock = {name: each for name, each in installed.items() if name in entries}
    other = {name: each.version for name, each in of_the_lock.items() if each.version != entries[name].version}
    assert other.keys() <= {"pip", "setuptools"}, f"installed in another version than locked: {other}"
    needed = {
        canonicalize_name(each.name)
        for name, distribution in of_the_lock.items()
        for each in map(Requirement, distribution.requires or [])
        if not each.marker or any(each.marker.evaluate({"extra": extra}) for extra in extras_of(entries[name]))
    }
    assert needed <= entries.keys(), f"needed and not locked: {needed - entries.keys()}"


def extras_of(entry: Locked) -> set[str]:
    """The extras that are asked for, and none."""
    return entry.requirement.extras | {""}


def test_locks_are_written_each_with_the_versions_of_the_product() -> None:
    product, dev, bench, mutation = (" ".join(command) for command in commands(Path("uv"), ["--upgrade"]))
    assert product.startswith("uv pip compile ")
    assert "--generate-hashes" in product
    assert product.endswith("--upgrade requirements.txt -o requirements.lock")
    assert dev.endswith("requirements-dev.txt -o requirements-dev.lock -c requirements.lock")
    assert bench.endswith("requirements-bench.txt -o requirements-bench.lock")
    assert mutation.endswith("requirements-mutation.txt -o requirements-mutation.lock -c requirements-dev.lock")
