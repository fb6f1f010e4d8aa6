"""ZIP files in which offices send their tables: what is inside, within bounds, unpacked under harmless names."""

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from data.texts.sentences import Sentence
from etl.errors import TooLarge, UnusableFile
from etl.readers.unpacking import damaged, pieces_of

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
_ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz")
_FURNITURE = ("thumbs.db", "desktop.ini")
_LONGEST_NAME = 120
MAX_TABLES = 60


class SeveralTables(UnusableFile):
    """An archive holds more than one table; ``names`` are theirs. ``etl.readers.members`` takes them apart."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self.names = names
        listed = [f"«{name}»" for name in names[:12]]
        super().__init__(
            Sentence("refused.tables", name=path.name, count=len(names), listed=listed),
            public=Sentence("refused.tables.public", name=path.name, count=len(names)),
        )


def tables_in(path: Path, entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The tables among the entries of an archive, by the ends of their names; what systems leave behind is passed over.

    Raises UnusableFile for an archive within it and for names that lead out of a folder; TooLarge for too many tables.
    """
    found: list[zipfile.ZipInfo] = []
    for entry in entries:
        parts = PurePosixPath(entry.filename.replace("\\", "/"))
        name = parts.name.lower()
        if entry.is_dir() or "__MACOSX" in parts.parts or name.startswith((".", "~$")) or name in _FURNITURE:
            continue
        leads_out = parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0]
        if leads_out or stat.S_ISLNK(entry.external_attr >> 16):
            raise UnusableFile(Sentence("refused.unsafe_path", name=path.name))
        if name.endswith(_ARCHIVE_SUFFIXES):
            raise UnusableFile(Sentence("refused.nested", name=path.name))
        if name.endswith(TABLE_SUFFIXES):
            found.append(entry)
    if len(found) > MAX_TABLES:
        raise TooLarge(Sentence("refused.too_many_tables", name=path.name, count=len(found), most=MAX_TABLES))
    return found


def unpack(path: Path, into: Path, name: str | None = None) -> list[Path]:
    """The tables of the archive at ``path`` as files in the folder ``into``, in the archive's order.

    ``name``: under this name when there is only one; raises SeveralTables when there are more. Otherwise each keeps its
    own last name, numbered where two are alike.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = tables_in(path, archive.infolist())
        if name is not None and len(entries) != 1:
            raise SeveralTables(path, [PurePosixPath(entry.filename).name for entry in entries])
        return [_unpack(path, entry, _free(into, name or _last_name(entry))) for entry in entries]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise UnusableFile(damaged(path)) from error


def _unpack(path: Path, entry: zipfile.ZipInfo, target: Path) -> Path:
    with target.open("xb") as file:
        for piece in pieces_of(path, entry):
            file.write(piece)
    with target.open("rb") as file:
        if file.read(4) == b"PK\x03\x04" and target.suffix.lower() in (".csv", ".tsv", ".txt"):
            raise UnusableFile(Sentence("refused.nested", name=path.name))
    return target


def _last_name(entry: zipfile.ZipInfo) -> str:
    name = PurePosixPath(entry.filename.replace("\\", "/")).name
    kept = "".join(letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in name)
    suffix = PurePosixPath(kept).suffix
    # A name has at most 255 bytes on a disk, and a Vietnamese letter takes three.
    while len(kept.encode()) > _LONGEST_NAME:
        kept = kept[: -len(suffix) - 1] + suffix
    return kept


def _free(into: Path, name: str) -> Path:
    target, number = into / name, 1
    while target.exists():
        number += 1
        target = into / f"{Path(name).stem} ({number}){Path(name).suffix}"
    return target
