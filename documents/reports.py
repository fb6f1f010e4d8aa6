"""Reports as files: a draft is made anew each time; of what was sent, the file that was frozen, byte for byte."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.database.connection import Connection
from data.desk import reports as desk
from data.errors import UnknownFilter
from data.queries.paper_map import paper_map
from data.queries.reports import Report, Version, live_figures, report
from documents import district_report as district
from documents import weekly_report as weekly
from documents.case_papers import Format
from documents.made import MEDIA_TYPES, Made
from documents.report_parts import as_day
from documents.weekly_report import Frozen
from etl.store import files

REPORT_KINDS = {"weekly_report": "ward", "district_report": "district"}
FORMATS: tuple[Format, ...] = ("pdf", "docx")


@dataclass(frozen=True)
class _Drawn:
    """A report with its pictures, of which any format can be set."""

    found: Report
    figures: dict[str, Any]
    pictures: Any

    def paper(self, texts: dict[str, str], frozen: Frozen | None, fmt: Format) -> bytes:
        set_in = weekly.weekly_report if self.found.kind == "ward" else district.district_report
        return set_in(self.figures, texts, self.pictures, frozen, fmt)


def report_file(kind: str, conn: Connection, fmt: Format, *, number: int | None, version: int | None) -> Made:
    """A report of a kind of :data:`REPORT_KINDS`; ``version``: as it was sent, None: as it would be sent now.

    Raises
    ------
    UnknownFilter
        There is no such report or version that the caller may see; or its ward is no more.
    etl.store.files.NotKept
    """
    found = report(conn, number) if number is not None else None
    if found is None or found.kind != REPORT_KINDS[kind]:
        raise UnknownFilter("error.document.report")
    told = {"report": found.id, "version": version, "format": fmt}
    if version is not None:
        sent = next((one for one in found.versions if one.number == version), None)
        if sent is None:
            raise UnknownFilter("error.document.report")
        return Made(_kept(sent, fmt), sent.papers[fmt].name, MEDIA_TYPES[fmt], told)
    figures = live_figures(conn, found.id)
    if figures is None:
        raise UnknownFilter("error.document.report")
    content = _drawn(conn, found, figures).paper(found.texts, None, fmt)
    return Made(content, _name(found, "du-thao", fmt), MEDIA_TYPES[fmt], told)


def send(conn: Connection, number: int, serial: int) -> int:
    """Freeze the report and keep its files; returns the version. Where a file cannot be made nothing has happened, once
    the transaction is rolled back.

    Raises
    ------
    data.desk.reports.ReportRefused, data.errors.NotAllowed
    documents.pictures.BlankPicture, documents.typesetting.TypesettingFailed, etl.store.files.StoreFailed
    """
    version = desk.sent(conn, number, serial)
    found = report(conn, number)
    if found is None:
        raise AssertionError("who sends a report sees it")
    sent = found.versions[-1]
    frozen = Frozen(sent.number, sent.sha256, sent.sent_by, sent.sent_on, sent.why)
    drawn = _drawn(conn, found, sent.figures)
    for fmt in FORMATS:
        name = _name(found, f"ban-{version}", fmt)
        sha256 = _keep(drawn.paper(sent.texts, frozen, fmt), name)
        desk.paper_kept(conn, number, version, fmt, sha256, name)
    return version


def _drawn(conn: Connection, found: Report, figures: dict[str, Any]) -> _Drawn:
    drawn = paper_map(conn, as_day(figures["to"]), found.ward_code)
    make = weekly.illustrated if found.kind == "ward" else district.illustrated
    return _Drawn(found, figures, make(figures, drawn))


def _name(found: Report, what: str, fmt: Format) -> str:
    """ "bao-cao-tuan-2021-11-22-09544-ban-1.pdf"."""
    if found.kind == "ward":
        return f"bao-cao-tuan-{found.first_day}-{found.ward_code}-{what}.{fmt}"
    return f"bao-cao-tong-hop-{found.first_day}-{found.last_day}-{what}.{fmt}"


def _keep(content: bytes, name: str) -> str:
    with tempfile.TemporaryDirectory(prefix="bao-cao-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return files.keep(path)


def _kept(sent: Version, fmt: Format) -> bytes:
    paper = sent.papers[fmt]
    path = files.path_of(paper.sha256, paper.name)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise files.NotKept(paper.name)
    return content
