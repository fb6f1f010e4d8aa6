"""The district of these tests, its list, and the pages that Word's and Typst's documents give when rendered."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from data.project import ROOT
from data.queries.violators import ListFacts, Violator, violators_on
from documents.catalogue import VIOLATORS
from tests.documents.district import DAY, store
from tests.fixtures.databases import DISTRICT, tell_session

FONTS = ROOT / "assets" / "fonts" / "documents"
FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""
Listed = tuple[list[Violator], ListFacts]


@pytest.fixture(scope="module")
def district(database: str) -> str:
    """URL (owner) of a database with the district of ``tests/documents/district.py``."""
    store(database)
    return database


@pytest.fixture(scope="module")
def listed(district: str) -> Listed:
    """Rows and facts of the list of the district's day, as the reading role gets them."""
    with psycopg.connect(os.environ["APP_DATABASE_URL"], row_factory=dict_row) as conn:
        tell_session(conn, DISTRICT)
        return violators_on(conn, DAY)


@pytest.fixture(scope="session")
def words_to_pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, bytes]], dict[str, bytes]]:
    """Renders office documents, by their files' names, in one call of LibreOffice; its absence fails the test."""

    def convert(documents: Mapping[str, bytes]) -> dict[str, bytes]:
        program = shutil.which("soffice")
        assert program, "no LibreOffice on PATH; `make test` installs it where it may"
        folder = tmp_path_factory.mktemp("word")
        for name, document in documents.items():
            (folder / name).write_bytes(document)
        # The shipped fonts and no others: an older Liberation Serif of the machine lacks Vietnamese letters.
        (folder / "fonts.conf").write_text(FONTCONFIG.format(fonts=FONTS, folder=folder), encoding="utf-8")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        done = subprocess.run(
            [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *documents],
            cwd=folder, env=os.environ | {"FONTCONFIG_FILE": str(folder / "fonts.conf")},
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        made = {Path(name).stem: (folder / name).with_suffix(".pdf") for name in documents}
        assert all(path.exists() for path in made.values()), f"{done.stdout}\n{done.stderr}"
        return {name: path.read_bytes() for name, path in made.items()}

    return convert


@pytest.fixture(scope="session")
def word_to_pdf(words_to_pdf: Callable[[Mapping[str, bytes]], dict[str, bytes]]) -> Callable[[bytes, str], bytes]:
    """The same of one document and its suffix."""
    return lambda document, suffix: words_to_pdf({f"page.{suffix}": document})["page"]


@pytest.fixture(scope="module", params=["pdf", "docx"])
def pages(request: pytest.FixtureRequest, listed: Listed, word_to_pdf: Callable[[bytes, str], bytes]) -> bytes:
    """The list as rendered pages (PDF): Typst's own, and Word's as LibreOffice sets them."""
    document = VIOLATORS[request.param](*listed)
    return document if request.param == "pdf" else word_to_pdf(document, "docx")


@pytest.fixture(autouse=True)
def _somebody_asks(as_district: None) -> None:
    """The app's role sees nothing on nobody's behalf."""
