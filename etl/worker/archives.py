"""Archives of several tables: each table is a file of its own, under its own name."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from data.texts.sentences import Sentence
from etl.loading.options import Options, read_decided
from etl.store import files
from etl.validation.read import members
from etl.validation.table import Source, SourceTable


@contextmanager
def taken_apart(archive: Path) -> Iterator[list[Path]]:
    """The tables of ``archive``, in its order, as files in a folder that is gone after the block.

    Raises UnusableFile for what cannot be opened, before anything is unpacked.
    """
    with tempfile.TemporaryDirectory(prefix="tep-") as folder:
        yield members(archive, Path(folder))


def read_member(member: Path, archive: Path, options: Options) -> Source:
    """Read one table of ``archive`` (:func:`taken_apart`) as a file that lies beside the archive.

    It can be loaded when the block is over: it is kept in the store, unless nothing is to be kept. Raises as
    ``etl.loading.options.read_decided``, and ``etl.store.files.StoreFailed``.
    """
    source = read_decided(member, options)
    if not options.dry_run:
        files.keep_source(source)
    return replace(source, path=archive.with_name(member.name)) if isinstance(source, SourceTable) else source


def became(archive: str, names: list[str]) -> Sentence:
    """The sentence that says what an archive of that name became."""
    return Sentence("imports.archive", name=archive, count=len(names), listed=[f"«{name}»" for name in names])
