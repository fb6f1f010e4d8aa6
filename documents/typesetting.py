"""Sets a page by one of our Typst templates: no font of the machine, no package from the network."""

import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal
from unicodedata import combining

from data.project import TIMEZONE
from documents.font_coverage import displayable, width_of

TYPESETTER = Path(__file__).resolve().parent / "typesetter.py"
BINDER = TYPESETTER.with_name("binder.py")
# Batches set at the same time: each takes a core.
AT_ONCE = 2
STANDARDS = ("ua-1",)
"""Tagged for screen readers, with title and language: PDF/UA-1."""
STANDARDS_TO_KEEP = ("ua-1", "a-2a")
"""Besides to be kept: PDF/A-2a."""
# 5,000 venues take 6 s on two cores.
TIMEOUT_SECONDS = 120
PNG_PPI = 200
# A word of more ems may be broken into pieces, for it could be wider than its column: 7.5 of 12 pt are 32 mm. So many
# letters are never more, whatever they are.
WIDEST_WORD, WIDEST_PIECE = 7.5, 2.5
SHORT_WORD = 7
MAY_BREAK = "\u200b"


class TypesettingFailed(RuntimeError):
    """A fault of a template: a defect of the product, not of the data."""


def typeset(
    template: str,
    data: dict[str, Any],
    made_on: dt.date,
    fmt: Literal["pdf", "svg", "png"] = "pdf",
    standards: Sequence[str] = STANDARDS,
) -> bytes:
    """The template filled with ``data``, which reaches it as JSON and never as markup.

    Parameters
    ----------
    template : name of a file in documents/templates
    data : what the template reads; only what JSON can hold
    made_on : day written into the file's properties, so that the same rows give the same bytes
    fmt : "pdf" (fonts embedded), "svg" (outlines, one page) or "png" (one page, PNG_PPI dots an inch)
    standards : of a PDF: what Typst then refuses to break

    Raises
    ------
    TypesettingFailed
    """
    made_at = dt.datetime.combine(made_on, dt.time(), TIMEZONE)
    run = subprocess.run(
        [sys.executable, str(TYPESETTER), template, fmt, str(int(made_at.timestamp())), str(PNG_PPI), *standards],
        input=json.dumps(_displayable(data), ensure_ascii=False).encode(),
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if run.returncode:
        raise TypesettingFailed(run.stderr.decode(errors="replace").strip())
    return run.stdout


def typeset_many(template: str, batches: Sequence[Callable[[], dict[str, Any]]], made_on: dt.date) -> bytes:
    """One PDF of many papers: the template filled with each batch, and the pages bound (``binder.py``), still tagged.

    Typst's memory grows with its pages: 1,000 letters of two pages take it 2 GB at once, and batch by batch 250 MB.

    Parameters
    ----------
    batches : each gives what the template reads, when its turn comes

    Raises
    ------
    TypesettingFailed
    """
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number:05}.pdf" for number in range(len(batches))]

        def one(number: int) -> None:
            files[number].write_bytes(typeset(template, batches[number](), made_on))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, range(len(batches))))  # the first fault is raised here
        if len(files) == 1:
            return files[0].read_bytes()
        whole = Path(folder) / "whole.pdf"
        run = subprocess.run(
            [sys.executable, str(BINDER), str(whole), *map(str, files)],
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        if run.returncode:
            raise TypesettingFailed(run.stderr.decode(errors="replace").strip())
        return whole.read_bytes()


def _displayable(value: Any) -> Any:
    if isinstance(value, str):
        return displayable(value)
    if isinstance(value, dict):
        return {key: _displayable(item) for key, item in value.items()}
    return [_displayable(item) for item in value] if isinstance(value, list | tuple) else value


def breakable(text: str) -> str:
    """``text`` with places to break in words that are wider than a column, so that nothing is clipped."""
    return " ".join(_breakable(word) for word in text.split(" "))


def _breakable(word: str) -> str:
    if len(word) <= SHORT_WORD or sum(map(width_of, word)) <= WIDEST_WORD:
        return word
    pieces, wide = [""], 0.0
    for letter in word:
        wide += width_of(letter)
        if wide > WIDEST_PIECE and not combining(letter):
            pieces.append("")
            wide = width_of(letter)
        pieces[-1] += letter
    return MAY_BREAK.join(pieces)
