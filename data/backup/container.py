"""The one file: an ordinary tar whose last member is the SHA-256 of everything before it.

::

    database/000001.part …   the dump (pg_dump's custom format) in pieces: ``cat database/*.part | pg_restore …``
    files/<name>             kept files, as the store has them
    manifest.json            what must come out of it, see ``facts``
    sha256                   of the bytes before this member

Nothing is written beside it on the way, so that a folder of backups never holds more than backups. What follows the
digest is fixed to the byte: a file with one bit changed, anywhere, is refused, and so is one with anything behind it.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from data.backup.errors import Changed, NotABackup, Truncated
from data.texts.catalogue import t

FORMAT = 1
DUMP, FILES, MANIFEST, DIGEST = "database/", "files/", "manifest.json", "sha256"
PIECE = 8 << 20
_BLOCK = tarfile.BLOCKSIZE


class Writer:
    """Writes the file front to back."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = _Hashing(out)
        self._parts = 0

    def dump(self, source: IO[bytes]) -> int:
        """The dump, as it comes; its size."""
        size = 0
        while piece := _exactly(source, PIECE):
            self._parts += 1
            size += len(piece)
            self._add(f"{DUMP}{self._parts:06}.part", len(piece), io.BytesIO(piece))
        return size

    def file(self, name: str, path: Path) -> dict[str, Any]:
        """A kept file under ``name``; its size and SHA-256 as written."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            source = _Hashing(file)
            self._add(f"{FILES}{name}", size, source)
        return {"bytes": size, "sha256": source.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> None:
        """The manifest and the digest; nothing may follow."""
        text = json.dumps(manifest | {"format": FORMAT}, ensure_ascii=False, indent=1).encode()
        self._add(MANIFEST, len(text), io.BytesIO(text))
        self._out.write(_ending(self._out.hexdigest()))

    def _add(self, name: str, size: int, source: Any) -> None:
        self._out.write(_header(name, size))
        left = size
        while left:
            piece = source.read(min(left, PIECE))
            if not piece:
                raise OSError(5, t("backup.cut_short"), name)
            self._out.write(piece)
            left -= len(piece)
        self._out.write(bytes(-size % _BLOCK))


def members(source: IO[bytes], path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Names and contents of the file, front to back; what is not read of one is skipped.

    Every byte has been proved when the iterator ends, and nothing before that.

    Raises
    ------
    Truncated, Changed, NotABackup
        ``path`` is named in the sentence.
    """
    hashing = _Hashing(source)
    first = True
    while True:
        digest = hashing.hexdigest()
        header = _exactly(hashing, _BLOCK)
        if len(header) < _BLOCK:
            raise NotABackup(path) if first else Truncated(path)
        try:
            member = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        except tarfile.TarError as error:
            raise (NotABackup(path) if first else Changed(path)) from error
        if first and not member.name.startswith(DUMP):
            raise NotABackup(path)
        first = False
        if member.name == DIGEST:
            _require_ending(header, hashing, digest, path)
            return
        content = _Bounded(hashing, member.size, path)
        yield member.name, content  # type: ignore[misc]  # of a stream it has what is needed
        content.skip()
        if len(_exactly(hashing, -member.size % _BLOCK)) < -member.size % _BLOCK:
            raise Truncated(path)


def _require_ending(header: bytes, source: "_Hashing", digest: str, path: Path) -> None:
    wanted = _ending(digest)
    found = header + _exactly(source, len(wanted) + 1)
    if found == wanted:
        return
    raise Truncated(path) if wanted.startswith(found) else Changed(path)


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT, "utf-8")


def _ending(digest: str) -> bytes:
    """The member with the digest, and what ends a tar."""
    text = f"{digest}\n".encode()
    return _header(DIGEST, len(text)) + text.ljust(_BLOCK, b"\0") + bytes(2 * _BLOCK)


def _exactly(source: Any, size: int) -> bytes:
    """``size`` bytes, fewer only at the end: a pipe gives what it has."""
    pieces = []
    while size and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


class _Hashing:
    """A stream that knows the SHA-256 of what went through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._digest = stream, hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self._stream.read(size)
        self._digest.update(piece)
        return piece

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)
        self._digest.update(piece)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class _Bounded:
    """The content of one member."""

    def __init__(self, source: _Hashing, size: int, path: Path) -> None:
        self._source, self._left, self._path = source, size, path

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece = _exactly(self._source, wanted)
        if len(piece) < wanted:
            raise Truncated(self._path)
        self._left -= len(piece)
        return piece

    def skip(self) -> None:
        while self._left:
            self.read(PIECE)
