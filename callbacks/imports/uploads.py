"""Files come in by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload): in pieces, each wherever the last
one ended, across reloads of the page and restarts of the server.

What is here lies under ``etl.store.files.receiving`` and tells by its length how far it has come; the row in the
database says whose it is and how long it will be. A file that has come to its end is moved into the store, and read by
the worker.
"""

import base64
import binascii
import fcntl
import os
import shutil
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from flask import Flask, Response, request, url_for
from werkzeug.exceptions import ClientDisconnected

from callbacks.access import rates
from callbacks.server.caller import caller
from callbacks.server.language import language_of_caller
from callbacks.server.stated import needs
from data.access.caller import Caller
from data.database.connection import desk_connection
from data.desk import imports
from data.errors import TooManyRequests
from data.texts.catalogue import t
from etl.store import files

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
MOST_PIECES_AT_ONCE = 12
"""Of one process: pieces that are being written; the page and its callbacks need threads, too."""
ROOM_LEFT = 512 * 1024**2
"""Bytes that a new file must leave free on the disk."""
LONGEST_NAME, LONGEST_ENDING = 180, 12
_READ = 1 << 18

_places = threading.BoundedSemaphore(MOST_PIECES_AT_ONCE)


class _Refused(Exception):
    """A request that is answered with ``status`` and a sentence of the screen's texts."""

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


def register(server: Flask) -> None:
    """Add the routes under ``/imports/uploads``."""
    server.add_url_rule("/imports/uploads", "upload_create", _create, methods=["POST"], provide_automatic_options=False)
    server.add_url_rule(
        "/imports/uploads", "upload_options", _options, methods=["OPTIONS"], provide_automatic_options=False
    )
    server.add_url_rule("/imports/uploads/<int:number>", "upload_piece", _piece, methods=["PATCH"])
    server.add_url_rule("/imports/uploads/<int:number>", "upload_offset", _offset, methods=["HEAD"])
    server.register_error_handler(_Refused, _say)
    server.register_error_handler(files.StoreFailed, lambda error: _text(507, error.sentence(language_of_caller())))


@needs("load")
def _options() -> Response:
    answer = _empty(204)
    answer.headers["Tus-Version"] = VERSION
    answer.headers["Tus-Extension"] = "creation"
    answer.headers["Tus-Max-Size"] = str(imports.MOST_BYTES)
    return answer


@needs("load")
def _create() -> Response:
    """A new file: its length and name are announced, not a byte of it is here."""
    who = _asked()
    try:
        rates.count("upload")
    except TooManyRequests as error:
        answer = _text(429, error.sentence(language_of_caller()))
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    size = _whole_number("Upload-Length")
    if size > imports.MOST_BYTES:
        raise _Refused(413, "imports.error.too_large", most=imports.MOST_BYTES // 1024**2)
    if shutil.disk_usage(files.folder()).free < size + ROOM_LEFT:
        raise _Refused(507, "imports.error.disk")
    try:
        with desk_connection() as conn:
            for number in imports.given_up(conn):
                files.receiving(number).unlink(missing_ok=True)
            number = imports.announce(conn, _file_name(), size, who.name)
            files.receiving(number).touch(mode=0o600)
    except imports.TooMuchAtOnce as error:
        return _text(429, error.sentence(language_of_caller()))
    if size == 0:
        with _held(number) as file:
            _finish(number, file, who.name)
    answer = _empty(201)
    answer.headers["Location"] = url_for("upload_offset", number=number)
    return answer


@needs("load")
def _offset(number: int) -> Response:
    """How far a file has come; where it is all here but was not put away, as after a fault, that is done now."""
    who = _asked()
    with desk_connection() as conn:
        known = imports.upload(conn, number)
    if known is None or known.state == "discarded":
        raise _Refused(410, "imports.error.not_there")
    offset = known.bytes
    if known.state == "receiving":
        with _held(number) as file:
            offset = _end_of(file)
            if offset >= known.bytes:
                _finish(number, file, who.name)
    answer = _empty(200)
    answer.headers["Upload-Offset"] = str(offset)
    answer.headers["Upload-Length"] = str(known.bytes)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@needs("load")
def _piece(number: int) -> Response:
    """The next piece of a file; what has come of it is kept when the connection breaks."""
    who = _asked()
    if request.mimetype != PIECE_TYPE:
        raise _Refused(415, "error.request")
    start = _whole_number("Upload-Offset")
    with desk_connection() as conn:
        known = imports.upload(conn, number)
    if known is None or known.state != "receiving":
        raise _Refused(410, "imports.error.not_there")
    if not _places.acquire(blocking=False):
        raise _Refused(503, "imports.error.busy")
    try:
        with _held(number) as file:
            if _end_of(file) != start:
                raise _Refused(409, "imports.error.offset")
            end = _write(file, known.bytes - start)
            with desk_connection() as conn:
                imports.progressed(conn, number, end)
            if end == known.bytes:
                _finish(number, file, who.name)
    finally:
        _places.release()
    answer = _empty(204)
    answer.headers["Upload-Offset"] = str(end)
    return answer


def _write(file: IO[bytes], room: int) -> int:
    """Append the request's body, at most ``room`` bytes; returns how long the file is then."""
    if request.content_length is not None and request.content_length > room:
        raise _Refused(413, "imports.error.longer")
    file.seek(0, os.SEEK_END)
    try:
        with suppress(ClientDisconnected):
            while piece := request.stream.read(min(_READ, room + 1)):
                if len(piece) > room:
                    raise _Refused(413, "imports.error.longer")
                file.write(piece)
                room -= len(piece)
        file.flush()
    except OSError as error:
        raise files.StoreFailed(error) from error
    return file.tell()


def _finish(number: int, file: IO[bytes], sent_by: str) -> None:
    """Put a whole file away. The row is changed first to last within one transaction: a fault leaves the file whole
    where it is, and the sender's next question (HEAD) ends the work."""
    file.flush()
    with desk_connection() as conn:
        known = imports.upload(conn, number, locked=True)
        if known is None or known.state != "receiving":
            return
        sha256 = files.move_in(Path(file.name), known.file_name)
        imports.whole(conn, number, sha256, sent_by)


@contextmanager
def _held(number: int) -> Iterator[IO[bytes]]:
    """The file as far as it is here, held against another connection that would write to it."""
    with files.receiving(number).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _Refused(423, "imports.error.offset") from None
        yield file


def _end_of(file: IO[bytes]) -> int:
    return file.seek(0, os.SEEK_END)


def _asked() -> Caller:
    """Who asks, in our version of the protocol."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise _Refused(412, "error.request")
    return caller()


def _whole_number(header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise _Refused(400, "error.request")
    return int(value)


def _file_name() -> str:
    """The name in Upload-Metadata ("filename" and its base64), safe to show and to write into a list."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key != "filename":
            continue
        with suppress(binascii.Error, UnicodeDecodeError):
            name = base64.b64decode(value, validate=True).decode()
            bare = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
            shown = "".join(sign for sign in bare if sign.isprintable()).strip().lstrip(".")
            ending = Path(shown).suffix[:LONGEST_ENDING]
            if shown:
                return shown.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending
    raise _Refused(400, "imports.error.no_name")


def _empty(status: int) -> Response:
    answer = Response(status=status)
    answer.headers["Tus-Resumable"] = VERSION
    return answer


def _text(status: int, sentence: str) -> Response:
    answer = Response(sentence, status=status, mimetype="text/plain")
    answer.headers["Tus-Resumable"] = VERSION
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _say(refused: _Refused) -> Response:
    answer = _text(refused.status, t(refused.key, language_of_caller(), **refused.values))
    if refused.status == 412:
        answer.headers["Tus-Version"] = VERSION
    return answer
