"""``load`` {file}: load a received file."""

from pathlib import Path
from typing import Any

from data.database.connection import Connection
from data.desk.jobs import Job
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.loading import refusals
from etl.loading.load import STEPS as LOAD_STEPS
from etl.loading.load import LoadFailed, Outcome, load
from etl.loading.options import options_from, read_decided
from etl.loading.report import as_json
from etl.store import files
from etl.validation.table import Source
from etl.worker.jobs import Progress, done, number_in
from etl.worker.received_files import opened, received, refusing, update

STEPS = len(LOAD_STEPS)


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Writes ``received_file.report`` and ``load_id`` in the transaction of the load itself."""
    file = received(number_in(job, "file"))
    source: Source | None = None
    result: dict[str, Any] = {}

    def finish(conn: Connection, outcome: Outcome) -> None:
        result.update(as_json(outcome))
        update(conn, file, "loaded", kind=outcome.kind, report=result, load_id=outcome.load_id)
        done(conn, job, result)

    progress(1, Sentence("imports.doing.reading", name=file.file_name))
    try:
        with opened(file) as path, refusing(file):
            options = options_from(file.options, loaded_by=job.asked_by or file.received_by)
            source = read_decided(path, options)
            load(source, options, progress, finish)
    except (LoadFailed, files.StoreFailed, files.NotKept):
        raise  # no fault of the file
    except UnusableFile as error:
        refusals.record(Path(file.file_name), error, source)
        raise
    return result
