"""Files that the page has received: the row of one, as the worker reads and completes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection, loader_connection
from data.errors import UserError
from data.texts.sentences import Sentence, as_json
from etl.errors import UnusableFile, on_screen
from etl.loading.load import LoadFailed, NothingUsable
from etl.loading.options import Undecided
from etl.store import files
from etl.worker.preview import preview

READY = ("received", "read", "checked", "loaded", "refused")


class NotReceived(UserError):
    """No such file, or it has not come in whole."""

    def __init__(self, number: int) -> None:
        super().__init__(Sentence("refused.not_received", number=str(number)))


@dataclass(frozen=True)
class Received:
    """A file that has come in whole."""

    id: int
    file_name: str
    sha256: str
    state: str
    options: dict[str, Any]
    preview: dict[str, Any]
    load_id: int | None
    received_by: str | None


@dataclass(frozen=True)
class Part:
    """A table of a received archive, which is kept in the store."""

    file_name: str
    bytes: int
    sha256: str


def received(number: int) -> Received:
    """The received file of that number; raises :class:`NotReceived`."""
    with loader_connection() as conn:
        row = conn.execute(
            "SELECT id, file_name, sha256, state, options, preview, load_id, received_by"
            " FROM received_file WHERE id = %s",
            (number,),
        ).fetchone()
    if row is None or row["state"] not in READY or not row["sha256"]:
        raise NotReceived(number)
    return Received(**row)


@contextmanager
def opened(file: Received) -> Iterator[Path]:
    """The file under its own name, for reading; raises ``etl.store.files.NotKept``."""
    with files.borrowed(file.sha256, file.file_name) as path:
        yield path


def update(conn: Connection, file: Received, state: str, **values: Any) -> None:
    """Set the state of ``file`` and what became known of it: ``kind``, ``preview``, ``report``, ``load_id``."""
    conn.execute(
        """
        UPDATE received_file SET state = %(state)s, error = NULL, kind = COALESCE(%(kind)s, kind),
               preview = COALESCE(%(preview)s, preview), report = COALESCE(%(report)s, report),
               load_id = COALESCE(%(load_id)s, load_id)
        WHERE id = %(id)s
        """,
        {
            "id": file.id,
            "state": state,
            "kind": values.get("kind"),
            "preview": Jsonb(_with_answered(file, values["preview"])) if "preview" in values else None,
            "report": Jsonb(values["report"]) if "report" in values else None,
            "load_id": values.get("load_id"),
        },
    )


def say(file: Received, said: dict[str, Any]) -> None:
    """Add ``said`` to what is said beside ``file``, in a transaction of its own."""
    with loader_connection() as conn:
        conn.execute("UPDATE received_file SET options = options || %s WHERE id = %s", (Jsonb(said), file.id))


def replace_by_parts(conn: Connection, archive: Received, parts: list[Part], said: str) -> list[int]:
    """Put ``archive`` aside for the tables in it, ``said`` in words; returns the numbers of their rows.

    What a person had said beside the archive is said of each of them, but for its columns.
    """
    options = {name: value for name, value in archive.options.items() if name != "columns"}
    options["archive"] = archive.file_name
    numbers = []
    for part in parts:
        row = conn.execute(
            "INSERT INTO received_file (file_name, bytes, received_bytes, sha256, state, options, received_by)"
            " VALUES (%s, %s, %s, %s, 'received', %s, %s) RETURNING id",
            (part.file_name, part.bytes, part.bytes, part.sha256, Jsonb(options), archive.received_by),
        ).fetchone()
        numbers += [row["id"]] if row else []
    conn.execute("UPDATE received_file SET state = 'discarded', error = %s WHERE id = %s", (said, archive.id))
    return numbers


def show(file: Received, preview: dict[str, Any]) -> None:
    """Remember how ``file`` looks, in a transaction of its own."""
    with loader_connection() as conn:
        conn.execute(
            "UPDATE received_file SET preview = %s WHERE id = %s", (Jsonb(_with_answered(file, preview)), file.id)
        )


def _with_answered(file: Received, preview: dict[str, Any]) -> dict[str, Any]:
    """``preview`` with the questions that a person has answered, which reading does not ask any more: they may have
    slipped, and can answer otherwise."""
    asked = {doubt["kind"] for doubt in preview["doubts"]}
    answered = [
        doubt
        for doubt in file.preview.get("doubts", ())
        if doubt["kind"] in file.options and doubt["choices"] and doubt["kind"] not in asked
    ]
    return preview | {"doubts": [*answered, *preview["doubts"]]}


@contextmanager
def refusing(file: Received) -> Iterator[None]:
    """Where the block finds that nothing of ``file`` can be used, remember why, in a transaction of its own.

    What is not the file's fault (a full disk, a database that is away, a wrong option) leaves the file as it was. One
    that leaves something in doubt is no refused file: it goes back to where the page asks about it.
    """
    try:
        yield
    except Undecided as error:
        with loader_connection() as conn:
            update(conn, file, "read", kind=error.table.kind, preview=preview(error.table))
        raise UserError(on_screen(error)) from error
    except (LoadFailed, files.StoreFailed, files.NotKept):
        raise
    except UnusableFile as error:
        listed = files.kept(error.rejects_file) if isinstance(error, NothingUsable) else None
        sentence = on_screen(error.plain if isinstance(error, NothingUsable) else error)
        with loader_connection() as conn:
            conn.execute(
                "UPDATE received_file SET state = 'refused', error = %s, report = %s WHERE id = %s",
                (sentence, Jsonb({"rejects_file": listed, "said": as_json(sentence)}), file.id),
            )
        raise UnusableFile(sentence, public=error.public) from error
