"""A folder whose files are loaded as they come (``IMPORT_FOLDER``), for offices that get files by shared drive.

A file is taken once it has stopped growing. It is kept in the store first and loaded from there, so that nobody can
change it meanwhile; then it is moved to ``da-nap/`` or ``bi-tu-choi/``, with ``<file>.ket-qua.txt`` beside it, which
says what became of it, and its rejected rows as ``<file>.loi.xlsx``. A worker that is killed in between finds the file
where it was; what has been loaded is not loaded again, for the loader knows it.
"""

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.errors import DatabaseUnavailable, NotMigrated, UserError
from data.settings import get_settings
from data.texts.catalogue import t
from etl.errors import UnusableFile
from etl.loading import refusals
from etl.loading.kinds import KINDS
from etl.loading.load import LoadFailed, NothingUsable, Options, load
from etl.loading.options import Undecided, read_decided
from etl.loading.report import report
from etl.store import files
from etl.validation.map_file import parts_of
from etl.validation.read import SeveralTables
from etl.validation.rejects_file import REJECTS_MARK
from etl.validation.table import Source
from etl.worker import archives

log = logging.getLogger(__name__)

LOADED, REFUSED = "da-nap", "bi-tu-choi"
RESULT_ENDING = ".ket-qua.txt"
LOADED_BY = t("folder.name")
STEADY_SECONDS = 3.0
MOST_ATTEMPTS = 3
SECONDS_PUT_OFF = 60.0
"""After what is not the file's fault, such as a full disk."""
_PASSING_ENDINGS = (".part", ".tmp", ".crdownload", ".filepart", RESULT_ENDING)
_PASSING_STARTS = (".", "~$", "~")
_OPTIONS = Options(loaded_by=LOADED_BY)
_PASSING = (DatabaseUnavailable, NotMigrated, LoadFailed, files.StoreFailed, OSError)
"""What is not a file's fault."""
_PARTS_OF_SHAPEFILE = (".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class _Seen:
    size: int
    changed_ns: int
    since: float


class Inbox:
    """What the worker knows of the folder between two looks."""

    def __init__(self, steady_seconds: float = STEADY_SECONDS) -> None:
        self._steady_seconds = steady_seconds
        self._seen: dict[str, _Seen] = {}
        self._told: set[str] = set()

    def look(self) -> int:
        """Load the files that have stopped growing; returns how many were dealt with.

        Raises DatabaseUnavailable, NotMigrated: the file stays where it is.
        """
        folder = get_settings().import_folder
        if folder is None:
            return 0
        problems: list[str] = []
        try:
            names = self._ready(folder)
        except OSError as error:
            names, problems = [], [t("folder.unreadable", folder=folder, why=error.strerror)]
        for name in names:
            try:
                _take(folder, name)
            except (LoadFailed, files.StoreFailed) as error:
                self._put_off(name)
                problems.append(str(error))
            except OSError as error:
                self._put_off(name)
                problems.append(t("folder.stuck", name=name, folder=folder, why=error.strerror))
        for sentence in problems:
            if sentence not in self._told:
                log.warning("%s", sentence)
        self._told = set(problems)
        return len(names)

    def _put_off(self, name: str) -> None:
        self._seen[name] = replace(self._seen[name], since=time.monotonic() + SECONDS_PUT_OFF)

    def _ready(self, folder: Path) -> list[str]:
        """Names of the files that are as they were some seconds ago, those that came first before the others."""
        now = time.monotonic()
        seen: dict[str, _Seen] = {}
        for name, size, changed_ns in _files(folder):
            known = self._seen.get(name)
            is_same = known and (known.size, known.changed_ns) == (size, changed_ns)
            seen[name] = known if known and is_same else _Seen(size, changed_ns, now)
        self._seen = seen
        steady = [name for name, file in seen.items() if now - file.since >= self._steady_seconds and file.size]
        return sorted(steady, key=lambda name: (seen[name].changed_ns, name))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Files that may be loaded, with size and moment of change.

    No links, which may lead out of the folder, and nothing that is on its way.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            is_passing = name.lower().endswith(_PASSING_ENDINGS) or name.startswith(_PASSING_STARTS)
            if is_passing or not entry.is_file(follow_symlinks=False):
                continue
            if name.lower().endswith(_PARTS_OF_SHAPEFILE):
                continue
            parts = [part.lstat() for part in _together(folder / name)]
            yield name, sum(part.st_size for part in parts), max(part.st_mtime_ns for part in parts)


@dataclass(frozen=True)
class _Result:
    """What became of a file: the folder that it goes to, what is said of it, and the workbook of the rejected rows of
    each file, by the file's name (an archive is several).
    """

    where: str
    lines: list[str]
    rejects: dict[str, bytes] = field(default_factory=dict)


def _take(folder: Path, name: str) -> None:
    """Load one file and move it away, with the result beside it; raises OSError where the folder cannot be written."""
    log.info("folder: %s", name)
    result = _attempt(folder, name)
    place = folder / result.where
    place.mkdir(exist_ok=True)
    new_name = _free_name(place, name)
    # The result comes first: once the file is away, everything about it is there.
    _write(place / f"{new_name}{RESULT_ENDING}", ("\n".join(result.lines) + "\n").encode("utf-8"))
    for loaded, content in result.rejects.items():
        listed = f"{Path(new_name if loaded == name else loaded).stem}{REJECTS_MARK}.xlsx"
        _write(place / (listed if loaded == name else _free_name(place, listed)), content)
    for part in reversed(_together(folder / name)):  # the file itself last: until then it is found again
        part.rename(place / f"{Path(new_name).stem}{part.suffix}")
    _marker(folder, name).unlink(missing_ok=True)


def _attempt(folder: Path, name: str) -> _Result:
    """As :func:`_outcome`; a file in whose midst the worker has ended abruptly several times is refused unread."""
    marker = _marker(folder, name)
    begun = len(marker.read_bytes()) if marker.exists() else 0
    if begun >= MOST_ATTEMPTS:
        return _Result(REFUSED, [t("folder.given_up")])
    with marker.open("ab") as file:
        file.write(b".")
    try:
        return _outcome(folder / name)
    except BaseException:
        marker.unlink(missing_ok=True)  # this end is told and not abrupt
        raise


def _marker(folder: Path, name: str) -> Path:
    """The file in which a byte stands for each time that the loading of the file ``name`` was begun and did not end."""
    return folder / f".lan-thu.{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}"


def _outcome(path: Path) -> _Result:
    """Load the file, or each table of an archive. Raises what is not its fault (``_PASSING``), so that it may be loaded
    another time.
    """
    try:
        with files.borrowed(files.keep(path, follow_links=False), path.name) as borrowed:
            try:
                source = read_decided(borrowed, _OPTIONS)
            except SeveralTables:
                return _of_archive(borrowed)
            return _load(source)
    except _PASSING:
        raise
    except Exception as error:
        return _refused(path, error)


def _of_archive(archive: Path) -> _Result:
    """Load its tables in the order in which they build on one another; it is refused where one of them is."""
    results: dict[str, _Result] = {}
    kinds: dict[Path, str] = {}
    with archives.taken_apart(archive) as members:
        for member in members:
            try:
                kinds[member] = read_decided(member, _OPTIONS).kind
            except _PASSING:
                raise
            except Exception as error:
                results[member.name] = _refused(member, error)
        order = list(KINDS)
        # Read once more, one after another: all of them at once may not fit into the memory.
        for member in sorted(kinds, key=lambda member: order.index(kinds[member])):
            results[member.name] = _load(read_decided(member, _OPTIONS))
    lines: list[str] = [archives.became(archive.name, [member.name for member in members])]
    for name, result in results.items():
        lines += ["", f"«{name}»:", *result.lines]
    rejects = {name: content for result in results.values() for name, content in result.rejects.items()}
    is_refused = any(result.where == REFUSED for result in results.values())
    return _Result(REFUSED if is_refused else LOADED, lines, rejects)


def _load(source: Source) -> _Result:
    try:
        outcome = load(source, _OPTIONS, lambda _step, _text: None)
    except _PASSING:
        raise
    except Exception as error:
        return _refused(source.path, error, source)
    listed = replace(outcome, rejects_file=None)  # it is named after the file that it lies beside
    return _Result(LOADED, report(listed), _content(source.path, outcome.rejects_file))


def _refused(path: Path, error: Exception, source: Source | None = None) -> _Result:
    """What is said of a file that ``error`` keeps out; what is wrong with the file itself is remembered."""
    if isinstance(error, UnusableFile):
        refusals.record(path, error, error.table if isinstance(error, Undecided) else source)
    if isinstance(error, NothingUsable):
        return _Result(REFUSED, [error.plain], _content(path, error.rejects_file))
    if isinstance(error, Undecided):
        return _Result(REFUSED, [error.on_screen, *error.questions])
    if isinstance(error, UserError):
        return _Result(REFUSED, [str(error)])
    reference = secrets.token_hex(4)
    log.error("folder: %s failed, reference %s", path.name, reference, exc_info=error)
    return _Result(REFUSED, [t("folder.unforeseen", reference=reference)])


def _content(path: Path, rejects_file: Path | None) -> dict[str, bytes]:
    return {path.name: rejects_file.read_bytes()} if rejects_file else {}


def _together(path: Path) -> list[Path]:
    """The file and, of a plain shapefile, its parts, which go where it goes."""
    return parts_of(path) if path.suffix.lower() == ".shp" else [path]


def _free_name(place: Path, name: str) -> str:
    """``name``, with a number where a file of that name, whatever its ending, has come before."""
    stem, ending = Path(name).stem, Path(name).suffix
    taken = {file.stem for file in place.iterdir()}
    number, free = 1, stem
    while free in taken:
        number += 1
        free = f"{stem} ({number})"
    return free + ending


def _write(path: Path, content: bytes) -> None:
    building = path.with_name(f".{path.name}.tmp")
    building.write_bytes(content)
    building.replace(path)
