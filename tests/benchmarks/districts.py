"""A district of a size, as files that the demonstration writes and the real loader loads."""

import datetime as dt
import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from data.cluster.server import OWNER, READER, Cluster
from data.project import ROOT
from tests.benchmarks.results import seconds_of
from tests.fixtures import run


@dataclass(frozen=True)
class District:
    """A database of ``venues`` venues and ``days`` days of scans, and the files that it was loaded from."""

    venues: int
    days: int
    files: Path
    owner: str
    reader: str


def write_files(venues: int, days: int) -> Path:
    """The demonstration's files; seen again where a former run of the bench wrote them."""
    folder = ROOT / ".local" / "bench" / f"{venues}x{days}"
    if not folder.exists():
        building = folder.with_suffix(".new")
        building.mkdir(parents=True, exist_ok=True)
        _module("etl", "demo", "--venues", str(venues), "--days", str(days), "--out", str(building))
        building.rename(folder)
    return folder


def sources(folder: Path) -> list[Path]:
    """The files to be loaded, in order; without the lists of rejected rows that a former load left beside them."""
    return sorted(file for file in folder.iterdir() if file.is_file() and not file.name.endswith(".loi.xlsx"))


def build(cluster: Cluster, template: str, venues: int, days: int) -> tuple[District, float, float]:
    """Load a district; returns it, the seconds that took, and the loader's largest memory in MiB."""
    files = write_files(venues, days)
    name = f"bench_{venues}"
    cluster.create_database(name, template)
    district = District(venues, days, files, cluster.url(OWNER, name), cluster.url(READER, name))
    environment = {"DATABASE_URL": district.owner, "APP_DATABASE_URL": district.reader}
    seconds = seconds_of(lambda: _module("etl", "load", *map(str, sources(files)), environment=environment))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    cluster.sql("VACUUM (ANALYZE)", database=name)
    return district, seconds, memory


def _module(*arguments: str, environment: dict[str, str] | None = None) -> None:
    log = run.files() / f"{arguments[0]}-{arguments[1]}-{dt.datetime.now(dt.UTC):%H%M%S%f}.log"
    with log.open("w") as out:
        code = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdout=out,
            stderr=out,
            check=False,
        ).returncode
    if code:
        raise RuntimeError(f"python -m {' '.join(arguments[:2])} ended with {code}:\n{_end(log)}")


def _end(log: Path) -> str:
    return "\n".join(re.split(r"\n", log.read_text(errors="replace"))[-20:])
