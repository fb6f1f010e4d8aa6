"""The layout that an office uses for a kind of letter, and what its fields are filled in with."""

import hashlib

from data.database.connection import Connection
from data.queries.reminder_letter import Reminded
from data.queries.templates import template_in_use
from data.texts.catalogue import day
from documents import reminder_letter, wording
from documents.case_papers import Paper, reminded
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


def of_venue(venue: Reminded) -> dict[str, str]:
    """The fields of a letter of reminder."""
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


def of_case(paper: Paper) -> dict[str, str]:
    """The fields of a paper of a case; persons as far as whoever asks may see them."""
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
        "co_quan": wording.issuer_or_blank("police", paper.case.day).name,
        "dai_dien": paper.person or "",
        "ly_do": str(paper.case.facts.get("reason") or ""),
    }
