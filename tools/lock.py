"""Writes the locks: every library that the hand-written requirements come to, with the hashes of its files.

``python -m tools.lock`` keeps what still fits; with ``--upgrade`` all that is not pinned by hand is the newest.
"""

import subprocess
import sys
from pathlib import Path

from data.project import ROOT
from ops.environment import lock_of

# The second takes over the versions of the first, the last those of the second.
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt", "requirements-mutation.txt")
OPTIONS = [
    "--no-config",
    "--quiet",
    "--universal",
    "--no-strip-extras",
    "--python-version",
    "3.11",
    "--generate-hashes",
]


def commands(uv: Path, options: list[str]) -> list[list[str]]:
    """What is to be run for each lock, in this order."""
    written = [[name, "-o", lock_of(name)] for name in REQUIREMENTS]
    written[1] += ["-c", lock_of(REQUIREMENTS[0])]
    written[3] += ["-c", lock_of(REQUIREMENTS[1])]
    begin = [str(uv), "pip", "compile", *OPTIONS, "--custom-compile-command", "make lock", *options]
    return [begin + each for each in written]


def main(options: list[str]) -> int:
    """Run them; the exit code of the first that fails."""
    uv = Path(sys.executable).with_name("uv")
    ended = (subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands(uv, options))
    return next((code for code in ended if code != 0), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
