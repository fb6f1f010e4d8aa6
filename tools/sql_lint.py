"""sqlfluff over the SQL of ``data/sql``: each file, and each body of a function in SQL, which is a string to sqlfluff.

The rules stand in ``pyproject.toml``. Not looked over: bodies in PL/pgSQL, which sqlfluff cannot read, and statements
that stand in Python.
"""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter

from data.project import ROOT

BODY = re.compile(r"LANGUAGE sql\b.*?AS (\$\w*\$)(?P<body>.*?)\1", re.DOTALL)
# A fence for the planner; after a SELECT without FROM it is beyond sqlfluff.
FENCE = re.compile(r"^ +OFFSET 0$", re.MULTILINE)


def main() -> int:
    """Print what is found; 1 when there is something."""
    with ProcessPoolExecutor() as pool:
        found = [line for lines in pool.map(faults, sorted((ROOT / "data" / "sql").glob("*.sql"))) for line in lines]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def faults(path: Path) -> list[str]:
    """What sqlfluff has against a file and the bodies in it, a line each: place, rule, words."""
    linter = Linter(config=FluffConfig.from_root(overrides={"dialect": "postgres"}))
    return [
        f"{path.relative_to(ROOT)}:{fault.line_no}: {fault.rule_code()} {fault.desc()}"
        for part in parts(path.read_text("utf-8"))
        for fault in linter.lint_string(part, fname=str(path)).get_violations()
    ]


def parts(text: str) -> Iterator[str]:
    """The text itself, then each body, on the lines on which it stands."""
    yield text
    for function in BODY.finditer(text):
        yield "\n" * text.count("\n", 0, function.start("body")) + FENCE.sub("", function["body"])


if __name__ == "__main__":
    sys.exit(main())
