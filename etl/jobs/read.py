"""``read`` {file}: recognise a received file and show how it would be read. Nothing is loaded."""

from pathlib import Path
from typing import Any

from data.connection import loader_connection
from data.jobs import Job
from etl.errors import UnusableFile
from etl.jobs import Progress, done, number_in
from etl.options import options_from, read_as
from etl.preview import preview
from etl.received import Received, opened, received, refusing, show, update
from etl.work import Source

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Writes ``received_file.kind`` and ``preview``; a file that cannot be read is refused, with the reason."""
    file = received(number_in(job, "file"))
    progress(1, f"Đọc tệp {file.file_name}")
    with opened(file) as path, refusing(file):
        source = _read(file, path)
    with loader_connection() as conn:
        update(conn, file, "read", kind=source.kind, preview=preview(source))
        return done(conn, job, {"kind": source.kind})


def _read(file: Received, path: Path) -> Source:
    """Of a file that cannot be used, what was found in it is shown all the same: a person may say what it is."""
    try:
        return read_as(path, options_from(file.options))
    except UnusableFile as error:
        show(file, preview(error))
        raise
