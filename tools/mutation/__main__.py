"""``python -m tools.mutation``: puts faults into a copy of the code and says which of them the tests notice.

The copy lies in ``.local/mutation``; the clone's own files are not touched.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from ops.environment import environment_for

ROOT = Path(__file__).resolve().parents[2]
IS_COPY = ROOT.parts[-3:] == (".local", "mutation", "tree")
PLACE = ROOT.parent if IS_COPY else ROOT / ".local" / "mutation"

# Folder of the product, and the tests that are to notice what goes wrong there: its own first, none in the browser.
AREAS = {
    "data/queries": ["tests/data", "tests/documents", "tests/callbacks", "tests/access"],
    "documents": ["tests/documents", "tests/callbacks"],
    "layers": ["tests/layers", "tests/callbacks"],
    "callbacks/access": ["tests/access", "tests/callbacks"],
}


def main() -> int:
    """Copy, try, say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", nargs="+", choices=AREAS, default=list(AREAS))
    parser.add_argument("--number", type=int, default=30, help="faults of each area")
    parser.add_argument("--seed", default="2962")
    parser.add_argument("--again", type=Path, help="a result of before: the same faults, where they still exist")
    parser.add_argument("--watched", action="store_true", help="which test runs which line is known from the last run")
    parser.add_argument("--out", type=Path, default=PLACE / "result.json")
    options = parser.parse_args()
    return _try(options) if IS_COPY else _in_a_copy(options)


def _in_a_copy(options: argparse.Namespace) -> int:
    tree = PLACE / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    known = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(known, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    said = ["--areas", *options.areas, "--number", str(options.number), "--seed", options.seed]
    said += ["--out", str(options.out.resolve())]
    said += ["--watched"] if options.watched else []
    said += ["--again", str(options.again.resolve())] if options.again else []
    # A fault leaves no compiled module behind.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    python = environment_for(ROOT, "requirements-mutation.txt", ".local/mutation-venv")
    run = [str(python), "-m", "tools.mutation", *said]
    return subprocess.run(run, cwd=tree, env=environment, check=False).returncode


def _try(options: argparse.Namespace) -> int:
    from tests.fixtures import run
    from tools.mutation import trying
    from tools.mutation.mutants import mutants_of, sample

    root = Path.cwd()
    again = {entry["name"] for entry in json.loads(options.again.read_text())["mutants"]} if options.again else None
    chosen = {}
    for area in options.areas:
        files = sorted(str(file.relative_to(root)) for file in (root / area).rglob("*.py"))
        found = [mutant for file in files for mutant in mutants_of(root, file)]
        if again is not None:
            found = [mutant for mutant in found if mutant.name in again]
        chosen[area] = sample(found, options.number, options.seed)
        print(f"{area}: {len(chosen[area])}", flush=True)
    run.begin(in_memory=True)
    try:
        run.cluster().start()
        trying.load_libraries()
        tests = sorted({folder for area in options.areas for folder in AREAS[area]})
        files = sorted({mutant.file for mutants in chosen.values() for mutant in mutants})
        if not options.watched:
            trying.watch([str(root / file) for file in files], tests, PLACE)
        runs = trying.watched(PLACE)
        entries: list[dict[str, object]] = []
        # One of each area in turn: a run that is stopped has tried as many of each.
        for number in range(options.number):
            for area, mutant in ((area, of[number]) for area, of in chosen.items() if number < len(of)):
                own = runs.tests_of(root, mutant, AREAS[area])
                os.environ["PYTEST_XDIST_WORKER"] = f"m{len(entries)}"  # names the databases that the child makes
                outcome = trying.attempt(mutant, own, PLACE / "attempt.log")
                trying.forget_databases()
                entries.append(asdict(mutant) | {"area": area, "outcome": outcome, "tests": len(own)})
                print(
                    f"{area} {number + 1} {outcome} ({len(own)} tests): {mutant.file}:{mutant.line} {mutant.name}",
                    flush=True,
                )
                options.out.write_text(
                    json.dumps({"seed": options.seed, "mutants": entries}, ensure_ascii=False, indent=1)
                )
    finally:
        run.end()
    _say(entries)
    return 0


def _say(entries: list[dict[str, object]]) -> None:
    for area in dict.fromkeys(str(entry["area"]) for entry in entries):
        counted = Counter(str(entry["outcome"]) for entry in entries if entry["area"] == area)
        noticed = counted["killed"] + counted["hung"]
        print(f"{area}: {noticed} of {counted.total()} noticed; {dict(counted)}")


if __name__ == "__main__":
    sys.exit(main())
