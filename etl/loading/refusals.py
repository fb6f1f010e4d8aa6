"""Files of which nothing could be loaded are remembered, so that the first page tells of them until they are settled.

A refusal is settled, as a clerk would say that it is done with, when one of these has been loaded (or is found to be
loaded already):

- a file of the same name and kind, whatever its folder, its letters' case and its extension: "Quet.xls" saved as
  "quet.xlsx", or the mended list of its rejects "quet.loi.xlsx". A file that was not told what it is has no kind;
- the very same file under any name, as when only the register of venues was lacking, or ``--kind``.

Another file of its kind settles nothing: each ward sends its own, and one ward's good file mends no other's. A refused
file of the same name takes the place of the earlier refusal. What never comes again under its name is told of for
``data.queries.freshness.TOLD_FOR``.
"""

import logging
import re
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection, loader_connection
from data.errors import UserError
from data.texts.folding import fold
from data.texts.sentences import Sentence, as_json
from etl.errors import NoFile, UnusableFile
from etl.validation.rejects_file import REJECTS_MARK
from etl.validation.table import Source

log = logging.getLogger(__name__)


def name_key(file_name: str) -> str:
    """What files have in common that are one file to a clerk: "Quét.CSV", "quet.xlsx" and "quet.loi.xlsx"."""
    return re.sub(f"({re.escape(REJECTS_MARK)})+$", "", fold(Path(file_name).stem))


def record(path: Path, error: UnusableFile, source: Source | None = None) -> None:
    """Remember that ``path`` was refused for ``error``; ``source``: what reading it gave, where it could be read.

    In a transaction of its own, after that of the load is gone. A database that cannot take it leaves the refusal
    unrecorded: what the clerk is told, and the exit code, are those of ``error`` all the same.
    """
    if isinstance(error, NoFile):
        return
    kind, sha256 = (source.kind, source.file_sha256) if source else (None, None)
    name = _storable(path.name)
    why = error.public.changed(_storable) if isinstance(error.public, Sentence) else _storable(error.public)
    try:
        with loader_connection() as conn:
            _settle(conn, name, kind)
            conn.execute(
                "INSERT INTO refused_file (file_name, file_sha256, kind, sentence, said) VALUES (%s, %s, %s, %s, %s)",
                (name, sha256, kind, str(why), Jsonb(as_json(why))),
            )
    except (UserError, psycopg.Error) as failure:
        log.info("the refusal of %s is not recorded: %s", path.name, failure)


def settle(conn: Connection, source: Source) -> None:
    """Settle what the load of ``source`` settles, in its transaction."""
    _settle(conn, source.path.name, source.kind, source.file_sha256)


def _settle(conn: Connection, name: str, kind: str | None, sha256: str | None = None) -> None:
    rows = conn.execute("SELECT id, file_name, file_sha256, kind FROM refused_file WHERE settled_at IS NULL").fetchall()
    done = [row["id"] for row in rows if _is_same(row, name, kind) or (sha256 and row["file_sha256"] == sha256)]
    if done:
        conn.execute("UPDATE refused_file SET settled_at = clock_timestamp() WHERE id = ANY(%s)", (done,))


def _is_same(refused: dict[str, Any], name: str, kind: str | None) -> bool:
    return name_key(refused["file_name"]) == name_key(name) and (
        refused["kind"] == kind or None in (refused["kind"], kind)
    )


def _storable(text: str) -> str:
    """``text`` without what PostgreSQL cannot hold: bytes of a file's name that are no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
