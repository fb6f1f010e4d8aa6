"""``read`` {file}: recognise a received file and show how it would be read. Nothing is loaded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from data.database.connection import loader_connection
from data.desk import jobs
from data.desk.jobs import Job
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.loading.options import Options, options_from, read_as
from etl.store import files
from etl.validation.mapping import Chosen, choice_for, headings_of, layout_key, propose
from etl.validation.read import SeveralTables
from etl.validation.table import MapFile, Source
from etl.worker import archives
from etl.worker.jobs import Progress, done, number_in
from etl.worker.preview import preview
from etl.worker.received_files import Part, Received, opened, received, refusing, replace_by_parts, say, show, update

STEPS = 1


def run(job: Job, progress: Progress) -> dict[str, Any]:
    """Writes ``received_file.kind`` and ``preview``; a file that cannot be read is refused, with the reason.

    Of an archive of several tables the result is ``files``, the received files that it became, and ``said``, which
    tells so.
    """
    file = received(number_in(job, "file"))
    progress(1, Sentence("imports.doing.reading", name=file.file_name))
    with opened(file) as path, refusing(file):
        try:
            source = _read(file, path)
        except SeveralTables:
            if "archive" in file.options:  # an archive within an archive
                raise
            return _take_apart(job, file, path)
    with loader_connection() as conn:
        update(conn, file, "read", kind=source.kind, preview=preview(source))
        return done(conn, job, {"kind": source.kind})


def _read(file: Received, path: Path) -> Source:
    """The file as a person wants it read: as they said beside it, else as was chosen for the last of its layout.

    Of a file that cannot be used, what was found in it is shown all the same: a person may say what it is.
    """
    options = options_from(file.options)
    what = _tried(path, options)
    chosen = _chosen_before(what, options)
    if chosen:
        say(file, {"kind": chosen.kind, "columns": chosen.columns, "remembered": True})
        what = _tried(path, replace(options, kind=chosen.kind, columns=chosen.columns))
    if isinstance(what, UnusableFile):
        show(file, preview(what))
        raise what
    return what


def _tried(path: Path, options: Options) -> Source | UnusableFile:
    try:
        return read_as(path, options)
    except SeveralTables:
        raise
    except UnusableFile as error:
        return error


def _chosen_before(what: Source | UnusableFile, options: Options) -> Chosen | None:
    """What was chosen for the last file of this layout, where that is another reading and nothing is said of this."""
    if isinstance(what, MapFile) or options.columns is not None:
        return None
    headings = headings_of(what)
    if not headings:
        return None
    with loader_connection() as conn:
        chosen = choice_for(conn, layout_key(headings))
    if chosen is None or options.kind not in (None, chosen.kind):
        return None
    return chosen if (propose(what) | chosen.columns) != propose(what) or isinstance(what, UnusableFile) else None


def _take_apart(job: Job, file: Received, archive: Path) -> dict[str, Any]:
    """An archive of several tables becomes as many received files, which are read next."""
    with archives.taken_apart(archive) as members:
        parts = [Part(member.name, member.stat().st_size, files.keep(member)) for member in members]
    said = archives.became(file.file_name, [part.file_name for part in parts])
    with loader_connection() as conn:
        numbers = replace_by_parts(conn, file, parts, said)
        for number in numbers:
            jobs.ask(conn, "read", {"file": number}, job.asked_by)
        return done(conn, job, {"files": numbers, "said": said})
