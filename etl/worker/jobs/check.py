"""``check`` {file}: load a received file for real, look at what has changed, and roll everything back."""

from pathlib import Path
from typing import Any

import psycopg

from data.database.connection import loader_connection
from data.desk.jobs import Job
from data.texts.sentences import Sentence
from etl.loading import status_changes
from etl.loading.load import STEPS as LOAD_STEPS
from etl.loading.load import LoadFailed, Options, load_within, prepare
from etl.loading.options import options_from, read_decided
from etl.loading.report import as_json
from etl.worker.jobs import Progress, done, number_in
from etl.worker.received_files import opened, received, refusing, update

STEPS = len(LOAD_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Writes ``received_file.report``; a file of which nothing can be used is refused, with the reason."""
    file = received(number_in(job, "file"))
    progress(1, Sentence("imports.doing.reading", name=file.file_name))
    with opened(file) as path, refusing(file):
        report = _tried(path, options_from(file.options), progress)
    with loader_connection() as conn:
        update(conn, file, "checked", kind=report["kind"], report=report)
        return done(conn, job, report)


def _tried(path: Path, options: Options, progress: Progress) -> dict[str, Any]:
    """What loading would change, as ``etl.loading.report`` and ``etl.loading.status_changes`` say it."""
    source = read_decided(path, options)
    try:
        with loader_connection() as conn:
            prepare(conn, progress)
            status_changes.note_statuses(conn)
            outcome = load_within(conn, source, options, progress)
            progress(STEPS, LOAD_STEPS[-1])
            statuses = status_changes.compare(conn)
            conn.rollback()
    except psycopg.Error as error:
        raise LoadFailed(path, error) from error
    return as_json(outcome) | {"statuses": statuses}
