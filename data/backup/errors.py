"""What can be wrong with a backup, each as one sentence that says what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import TextError


class BackupError(TextError):
    """A backup cannot be made or used."""


class WrongKey(BackupError):
    """The key does not open the file."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.wrong_key", file=file)


class KeyNeeded(BackupError):
    """The file is encrypted and no key is given."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.key_needed", file=file)


class Truncated(BackupError):
    """The file ends too early."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.truncated", file=file)


class Changed(BackupError):
    """The file is not what was written."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.changed", file=file)


class Damaged(BackupError):
    """An encrypted file is cut off or changed: its cipher does not say which."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.damaged", file=file)


class NotABackup(BackupError):
    """The file is something else."""

    def __init__(self, file: Path) -> None:
        super().__init__("backup.no_backup", file=file)


class NoRoom(BackupError):
    """A disk is full."""

    def __init__(self, place: object) -> None:
        super().__init__("backup.no_room", place=place)


class Different(BackupError):
    """What was restored is not what was backed up."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__("backup.different", tables=tables)


@contextmanager
def plain_faults(place: object) -> Iterator[None]:
    """Faults of the file system as one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoRoom(place) from error
        raise BackupError("backup.file_system", file=error.filename or place, why=error.strerror or error) from error
