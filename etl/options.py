"""What a person says beside a file, in a form that is kept with its load: it can be loaded again the same way."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyproj

from etl.points import parse_crs
from etl.readers import read
from etl.work import Source


@dataclass(frozen=True)
class Options:
    """See ``python -m etl load --help``.

    ``today`` is the day that bounds the days of events, the real one when not said; ``loaded_by`` who loads.
    ``columns`` (heading as the file writes it -> canonical column, or None: not read) is what a person decided of the
    file's columns.
    """

    as_of: dt.date | None = None
    crs: pyproj.CRS | None = None
    dry_run: bool = False
    replace: bool = False
    kind: str | None = None
    columns: dict[str, str | None] | None = None
    today: dt.date | None = None
    loaded_by: str | None = None

    def as_json(self, today: dt.date) -> dict[str, Any]:
        """As ``load.options`` and ``received_file.options`` hold it, with the ``today`` of this load."""
        said = {
            "as_of": self.as_of and self.as_of.isoformat(),
            "crs": self.crs and self.crs.to_string(),
            "replace": self.replace,
            "kind": self.kind,
            "columns": self.columns,
            "today": today.isoformat(),
        }
        return {name: value for name, value in said.items() if value}


def options_from(said: dict[str, Any], *, loaded_by: str | None = None, today: dt.date | None = None) -> Options:
    """The reverse of :meth:`Options.as_json`; ``today`` is taken where ``said`` names none.

    Raises ``etl.points.UnknownCrs``.
    """
    return Options(
        as_of=_day(said.get("as_of")),
        crs=parse_crs(said.get("crs") or None),
        replace=bool(said.get("replace")),
        kind=said.get("kind") or None,
        columns=said.get("columns") or None,
        today=_day(said.get("today")) or today,
        loaded_by=loaded_by,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def read_as(path: Path, options: Options) -> Source:
    """Read the file at ``path`` as ``options`` say; raises ``etl.errors.UnusableFile``."""
    return read(path, options.kind, crs=options.crs.to_string() if options.crs else None, today=options.today)
