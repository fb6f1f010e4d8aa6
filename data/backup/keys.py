"""Encryption of a backup in the format of ``age`` (age-encryption.org), so that its own tool opens one without us.

A key file is what ``age-keygen`` writes: an identity (``AGE-SECRET-KEY-1…``), with which backups are made and opened,
or only recipients (``age1…``), with which they are made: a server that is broken into then gives no old backup away.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage

from data.backup.errors import BackupError, Damaged, KeyNeeded, Truncated, WrongKey, plain_faults

MAGIC = b"age-encryption.org/v1\n"
ENDING = ".age"
_SECRET, _PUBLIC = "AGE-SECRET-KEY-1", "age1"


@dataclass(frozen=True)
class Key:
    """What a key file holds; ``identities`` is empty where it can only make backups."""

    identities: tuple[pyrage.x25519.Identity, ...]
    recipients: tuple[pyrage.x25519.Recipient, ...]


def read_key(path: Path) -> Key:
    """The key in the file. Raises :class:`BackupError`; what the file holds is never part of the sentence."""
    with plain_faults(path):
        lines = [line.strip() for line in path.read_text("utf-8", "replace").splitlines()]
    try:
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith(_SECRET)]
        recipients = [pyrage.x25519.Recipient.from_str(line) for line in lines if line.startswith(_PUBLIC)]
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise BackupError("backup.bad_key", file=path) from error
    recipients = recipients or [identity.to_public() for identity in identities]
    if not recipients:
        raise BackupError("backup.no_key", file=path)
    return Key(tuple(identities), tuple(recipients))


def write_new_key(path: Path) -> str:
    """Write a new identity that only its owner may read; its public half is returned. An existing file stays."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    with plain_faults(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(f"# public key: {public}\n{identity}\n")
            out.flush()
            os.fsync(handle)
    return public


def is_encrypted(path: Path) -> bool:
    """Whether the file is of age, by its first bytes."""
    with plain_faults(path), path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


@contextmanager
def writing(out: IO[bytes], key: Key | None) -> Iterator[IO[bytes]]:
    """What is written to the stream arrives in ``out``, encrypted when there is a key, complete after the block."""
    if key is None:
        yield out
        return

    disk = _Remembering(out)
    read_end, write_end = os.pipe()
    source, sink = os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb")

    def encrypt() -> None:
        with source:
            pyrage.encrypt_io(source, disk, list(key.recipients))

    worker = _Worker(encrypt)
    try:
        yield sink
    finally:
        with suppress(BrokenPipeError):
            sink.close()
        worker.join()
        if disk.fault is not None:
            raise disk.fault
    if worker.fault is not None:
        raise worker.fault


@contextmanager
def reading(path: Path, key: Key | None) -> Iterator[IO[bytes]]:
    """The content of the file, decrypted. Reading to the end, then leaving the block, proves that it is whole.

    Raises
    ------
    KeyNeeded, WrongKey, Truncated, Damaged
    """
    with plain_faults(path):
        file = path.open("rb")
    with file:
        if not is_encrypted(path):
            yield file
            return
        if key is None or not key.identities:
            raise KeyNeeded(path)
        identities = list(key.identities)
        read_end, write_end = os.pipe()
        sink = os.fdopen(write_end, "wb")

        def decrypt() -> None:
            try:
                pyrage.decrypt_io(file, sink, identities)
            finally:
                with suppress(OSError):
                    sink.close()

        source = os.fdopen(read_end, "rb")
        worker = _Worker(decrypt)
        broken: BackupError | None = None
        try:
            yield source
        except BackupError as error:
            broken = error
        finally:
            source.close()  # it may still be writing
            worker.join()
        if (
            worker.fault is not None
            and not isinstance(worker.fault, BrokenPipeError)
            and "BrokenPipe" not in str(worker.fault)
        ):
            raise _named(worker.fault, path) from worker.fault
        if broken is not None:
            raise broken


class _Remembering:
    """A stream for a library that turns its faults into texts."""

    def __init__(self, out: IO[bytes]) -> None:
        self.fault: OSError | None = None
        self._out = out

    def write(self, piece: bytes) -> int:
        try:
            return self._out.write(piece)
        except OSError as error:
            self.fault = error
            raise

    def flush(self) -> None:
        self._out.flush()


class _Worker:
    """A thread at the other end of a pipe, and what stopped it."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.fault: Exception | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:
            self.fault = error

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join()


def _named(fault: Exception, path: Path) -> BackupError:
    text = str(fault)
    if "No matching keys" in text:
        return WrongKey(path)
    return Truncated(path) if "truncated" in text or "Incomplete" in text else Damaged(path)
