"""The layout that an office uses for a kind of letter, and the letter that it makes of a venue or a case."""

import hashlib

from data.database.connection import Connection
from data.queries.personal_numbers import without_personal_numbers
from data.queries.reminder_letter import Reminded
from data.queries.templates import template_in_use
from data.texts.catalogue import day
from documents import reminder_letter, wording
from documents.case_papers import Paper, paper_of, reminded
from documents.office_templates import filled
from etl.store import files


def own_layout(conn: Connection, kind: str) -> bytes | None:
    """The file of the office's layout; None: the product's own is used.

    Raises
    ------
    etl.store.files.NotKept
        The store does not have it, or has another content.
    """
    found = template_in_use(conn, kind)
    return kept(found.sha256, found.file_name) if found else None


def kept(sha256: str, name: str) -> bytes:
    """The file of a version; raises etl.store.files.NotKept."""
    path = files.path_of(sha256, name)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise files.NotKept(name)
    return content


def of_venue(content: bytes, venue: Reminded) -> bytes:
    """A letter of reminder by an office's layout; raises documents.word_packages.UnusableTemplate."""
    return filled(content, _venue_values(venue), wording.DEMO_NOTE if venue.is_demo else "")


def of_case(content: bytes, kind: str, paper: Paper) -> bytes:
    """A paper of a case by an office's layout, with persons as far as whoever asks may see them; raises as above."""
    return filled(content, _case_values(kind, paper), wording.DEMO_NOTE if paper.is_demo else "")


def _venue_values(venue: Reminded) -> dict[str, str]:
    body = wording.issuer_or_blank("ward_committee", venue.day, venue.ward or wording.BLANK)
    return {
        "ten_dia_diem": venue.name,
        "ma_dia_diem": venue.code,
        "dia_chi": venue.address or wording.NO_ADDRESS,
        "phuong": venue.ward or wording.NO_WARD,
        "so_lan_nhac": str(len(venue.reminder_days)),
        "ngay_nhac": ", ".join(map(day, venue.reminder_days)),
        "noi_dung": reminder_letter.failing(venue),
        "ngay_so_lieu": day(venue.day),
        "co_quan": body.name,
        "dai_dien": "",
        "ly_do": "",
    }


def _case_values(kind: str, paper: Paper) -> dict[str, str]:
    standing = paper.case.standing
    days = list(dict.fromkeys(map(day, standing.reminder_days))) if standing else []
    return {
        "ten_dia_diem": paper.venue,
        "ma_dia_diem": paper.case.line.venue_code,
        "dia_chi": paper.place,
        "phuong": paper.case.line.ward or wording.NO_WARD,
        "so_lan_nhac": str(standing.counted) if standing else "",
        "ngay_nhac": ", ".join(days),
        "noi_dung": reminded(paper),
        "ngay_so_lieu": day(paper.case.day),
        "co_quan": _body(kind, paper),
        "dai_dien": paper.person or "",
        "ly_do": without_personal_numbers(str(paper.case.facts.get("reason") or "")),
    }


def _body(kind: str, paper: Paper) -> str:
    """Who bears the paper: the authority of the decision that is lifted, the ward of who guides, else the police."""
    if kind == "lifting":
        return without_personal_numbers(str(paper_of(paper.case, "enter").get("authority") or ""))
    if kind == "minutes" and paper.case.visit and paper.case.visit.kind == "guidance":
        return wording.issuer_or_blank("ward_committee", paper.case.day, paper.case.line.ward).name
    return wording.issuer_or_blank("police", paper.case.day).name
