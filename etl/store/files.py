"""The store of files: every file that was loaded, once, under the SHA-256 of its content.

A load can be looked up, downloaded and done again from here. The ending of a kept file's name only helps people; what a
file is, its content says. A plain shapefile is several files; it is kept as one archive of them.
"""

import errno
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from data.settings import get_settings
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.validation.map_file import parts_of
from etl.validation.table import Source

RECEIVING = "receiving"
"""Folder, within the store, of files that the page is still receiving, each under the number of its row."""

_SHAPEFILE = ".shp"
_ARCHIVE = ".shp.zip"
_PIECE = 1 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LONGEST_ENDING = 12


class StoreFailed(UnusableFile):
    """The store cannot be written, as when its disk is full."""

    def __init__(self, error: OSError) -> None:
        why = (
            Sentence("refused.why.store_disk")
            if error.errno in _FULL
            else Sentence("refused.why.store", why=error.strerror or str(error))
        )
        super().__init__(Sentence("refused.store", why=why))


class Changed(UnusableFile):
    """A file was written to between its reading and its keeping."""

    def __init__(self, name: str) -> None:
        super().__init__(Sentence("refused.changed", name=name))


class NotKept(UnusableFile):
    """The store does not have a file, or has another content under its name."""

    def __init__(self, name: str) -> None:
        super().__init__(Sentence("refused.not_kept", name=name))


def folder() -> Path:
    """The store, made when it is not there yet; only its owner may look in, for files hold telephone numbers."""
    place = get_settings().file_store
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFailed(error) from error
    return place


def receiving(number: int) -> Path:
    """Where the page writes the received file of that number (``received_file.id``) until it is whole."""
    place = folder() / RECEIVING
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreFailed(error) from error
    return place / str(number)


def path_of(sha256: str, file_name: str) -> Path:
    """Where the file of that content lies once it is kept; ``file_name`` gives the ending."""
    ending = Path(file_name).suffix.lower()[:_LONGEST_ENDING]
    return get_settings().file_store / f"{sha256}{_ARCHIVE if _is_shapefile(file_name) else ending}"


def keep(path: Path, file_name: str | None = None, *, follow_links: bool = True) -> str:
    """Keep the file at ``path``, whole and on disk when this returns, and return its SHA-256.

    ``file_name``: the name it bears for people, where that is not the name of ``path``. Of a plain shapefile its parts
    are kept with it.

    Raises
    ------
    StoreFailed, OSError
        The store cannot be written; ``path`` cannot be read.
    """
    name = file_name or path.name
    building, sha256 = _copied(_parts_of(path), name, follow_links=follow_links)
    _into_place(building, path_of(sha256, name))
    return sha256


def keep_source(source: Source) -> None:
    """Keep the file that ``source`` was read from, under the fingerprint taken when it was read.

    Raises
    ------
    Changed
        The file is not what was read any more.
    StoreFailed
    """
    place = path_of(source.file_sha256, source.path.name)
    if place.exists():
        return
    try:
        building, sha256 = _copied(_parts_of(source.path), source.path.name)
    except FileNotFoundError as error:
        raise Changed(source.path.name) from error
    if sha256 != source.file_sha256:
        building.unlink()
        raise Changed(source.path.name)
    _into_place(building, place)


def kept(path: Path | None) -> dict[str, str] | None:
    """Keep a file of ours, such as a list of rejected rows, to be downloaded: its ``sha256`` and ``name``."""
    return {"sha256": keep(path), "name": path.name} if path else None


@contextmanager
def borrowed(sha256: str, file_name: str) -> Iterator[Path]:
    """A kept file under the name it came with, in a folder of its own that is gone after the block.

    Raises :class:`NotKept`.
    """
    place = path_of(sha256, file_name)
    if not place.is_file():
        raise NotKept(file_name)
    with tempfile.TemporaryDirectory(prefix="tep-") as name:
        path = Path(name) / Path(file_name).name
        if place.name.endswith(_ARCHIVE):
            _unpack(place, path)
        else:
            path.symlink_to(place.resolve())
        yield path


def _unpack(archive_path: Path, path: Path) -> None:
    """The parts beside ``path``: in the archive they have the name by which the same content first came."""
    with zipfile.ZipFile(archive_path) as archive:
        for member in archive.namelist():
            ending = Path(member).suffix
            target = path if ending.lower() == _SHAPEFILE else path.with_suffix(ending)
            with archive.open(member) as part, target.open("wb") as out:
                shutil.copyfileobj(part, out)


def _is_shapefile(name: str) -> bool:
    return Path(name).suffix.lower() == _SHAPEFILE


def _parts_of(path: Path) -> list[Path]:
    return parts_of(path) if _is_shapefile(path.name) else [path]


def _copied(parts: list[Path], name: str, *, follow_links: bool = True) -> tuple[Path, str]:
    """A copy of ``parts`` in the store under a passing name, on disk, and the SHA-256 over them one after another.

    ``name`` is that of the first part, for people.
    """
    digest = hashlib.sha256()
    handle, passing = tempfile.mkstemp(prefix=".keeping-", dir=folder())
    building = Path(passing)
    try:
        with os.fdopen(handle, "wb") as out:
            if _is_shapefile(name):
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                    for part in parts:
                        with archive.open(f"{Path(name).stem}{part.suffix or _SHAPEFILE}", "w") as member:
                            _copy(part, member, digest.update, follow_links=follow_links)
            else:
                _copy(parts[0], out, digest.update, follow_links=follow_links)
            out.flush()
            os.fsync(out.fileno())
    except BaseException as error:
        building.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StoreFailed(error) from error
        raise
    return building, digest.hexdigest()


def _copy(part: Path, out: IO[bytes], see: Callable[[bytes], object], *, follow_links: bool) -> None:
    with _opened(part, follow_links=follow_links) as file:
        while piece := os.read(file, _PIECE):
            see(piece)
            out.write(piece)


@contextmanager
def _opened(path: Path, *, follow_links: bool) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | (0 if follow_links else os.O_NOFOLLOW))
    try:
        yield handle
    finally:
        os.close(handle)


def _into_place(building: Path, place: Path) -> None:
    """Give a finished copy its name; nobody ever sees it half written, whoever keeps the same file meanwhile."""
    try:
        building.replace(place)
        _sync_folder(place.parent)
    except OSError as error:
        with suppress(OSError):
            building.unlink(missing_ok=True)
        raise StoreFailed(error) from error


def _sync_folder(parent: Path) -> None:
    handle = os.open(parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_in(path: Path, file_name: str) -> str:
    """Keep a whole file that lies in the store already (:func:`receiving`), without copying it; returns its SHA-256."""
    if _is_shapefile(file_name):
        sha256 = keep(path, file_name)
        path.unlink()
        return sha256
    digest = hashlib.sha256()
    try:
        with path.open("rb+") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreFailed(error) from error
    sha256 = digest.hexdigest()
    _into_place(path, path_of(sha256, file_name))
    return sha256
