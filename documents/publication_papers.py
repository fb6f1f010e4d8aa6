"""Makes the papers of publication: asks for their rows, draws the tokens of slips, and lays them out."""

import dataclasses
from typing import Any

from data.access.caller import current_caller
from data.database.connection import Connection
from data.desk.publications import new_token
from data.errors import NotAllowed, UnknownFilter
from data.queries.personal_numbers import without_personal_numbers
from data.queries.publication_letters import Letter, PublicPaper, PublicRow
from data.queries.publication_papers import (
    Addressed,
    SealedList,
    delivery_of,
    figures_of,
    letters_of,
    mends_of,
    notice_of,
    outgoing_documents,
    sealed_list,
    taken_back_why,
)
from data.settings import get_settings
from data.status.days import data_span
from documents.delivery import delivery_record
from documents.made import MEDIA_TYPES, Made
from documents.notice import notices
from documents.outgoing_register import outgoing_register
from documents.public_list import mended, public_list
from etl.publishing.sealing import public_entry
from proof.manifest import entry_hash

PUBLICATION_PAPERS = ("notices", "public_list", "public_mends", "delivery", "outgoing_register")
STATES = {"published": "standing", "pending": "pending", "contested": "contested"}


def publication_paper(
    kind: str, conn: Connection, *, number: int | None, entry: int | None, year: int | None, site: str
) -> Made:
    """A paper of the list ``number``, of the entry ``entry``, or of a year.

    Letters of notice have new slips, and those of the same entries that were made before open nothing any more: they
    need a connection that writes, and what was made counts when its transaction does.

    Raises
    ------
    UnknownFilter
        There is nothing to make the paper from, or not for who asks.
    NoIssuer
        Nobody is entered who may bear it on its day.
    NotAllowed
        Letters: the caller may not publish.
    """
    site = get_settings().public_address or site
    if kind == "notices":
        return _notices(conn, number, entry, site)
    if kind == "delivery":
        return _delivery(conn, entry, site)
    if kind == "outgoing_register":
        return _register(conn, year)
    return _public(conn, kind, number, site)


def _notices(conn: Connection, number: int | None, entry: int | None, site: str) -> Made:
    who = current_caller()
    if who is None or "publish" not in who.rights:
        raise NotAllowed
    notice = notice_of(conn, number, site) if number is not None else None
    found = letters_of(conn, number, entry) if number is not None else []
    if notice is None or not found:
        raise UnknownFilter("notice.none")
    letters = [_with_token(conn, each) for each in found] if notice.kind == "venues" else [x.letter for x in found]
    which = f"-{entry}" if entry is not None else ""
    told = {"list": number, "entry": entry, "letters": len(letters), "format": "pdf"}
    return Made(notices(notice, letters), f"thong-bao-{number}{which}.pdf", MEDIA_TYPES["pdf"], told)


def _with_token(conn: Connection, addressed: Addressed) -> Letter:
    return dataclasses.replace(addressed.letter, token=new_token(conn, addressed.entry))


def _delivery(conn: Connection, entry: int | None, site: str) -> Made:
    delivery = delivery_of(conn, entry, site) if entry is not None else None
    if delivery is None:
        raise UnknownFilter("notice.none")
    told = {"entry": entry, "format": "pdf"}
    return Made(delivery_record(delivery), f"bien-ban-giao-{entry}.pdf", MEDIA_TYPES["pdf"], told)


def _register(conn: Connection, year: int | None) -> Made:
    rows = outgoing_documents(conn, year) if year is not None else []
    if year is None or not rows:
        raise UnknownFilter("public_list.no_numbers")
    content = outgoing_register(rows, year, is_demo=data_span(conn).is_demo)
    told = {"year": year, "rows": len(rows), "format": "pdf"}
    return Made(content, f"so-van-ban-di-{year}.pdf", MEDIA_TYPES["pdf"], told)


def _public(conn: Connection, kind: str, number: int | None, site: str) -> Made:
    sealed = sealed_list(conn, number) if number is not None else None
    if sealed is None or number is None:
        raise UnknownFilter("public_list.none")
    paper = _paper(conn, sealed, site)
    told = {"list": number, "version": paper.version, "sha256": paper.sha256, "format": "pdf"}
    if kind == "public_list":
        content, told["rows"] = public_list(paper), len(paper.rows)
        return Made(content, f"danh-sach-cong-khai-{number}-ban-{paper.version}.pdf", MEDIA_TYPES["pdf"], told)
    mends, why_all = mends_of(conn, number), taken_back_why(conn, number)
    if not mends and not why_all:
        raise UnknownFilter("public_list.no_mends")
    told["rows"] = len(mends)
    content = mended(paper, mends, why_all=why_all)
    return Made(content, f"dinh-chinh-{number}-ban-{paper.version}.pdf", MEDIA_TYPES["pdf"], told)


def _paper(conn: Connection, sealed: SealedList, site: str) -> PublicPaper:
    row, span = sealed.row, data_span(conn)
    kind = row["kind"]
    return PublicPaper(
        row["list_id"],
        kind,
        row["title"],
        row["policy"][f"word_{kind}"],
        row["day"],
        row["seal_version"],
        row["sealed_at"],
        row["expires_on"],
        row["sha256"],
        row["root"],
        row["leaf"] + 1,
        row["key_id"],
        site,
        max(span.current_day, row["day"]),
        tuple(found for each in sealed.entries if (found := _row(each, sealed.sealed))),
        len(sealed.sealed),
        sealed.wards,
        row["number"] or "",
        row["signed_on"],
        span.is_demo,
    )


def _row(entry: dict[str, Any], sealed: dict[str, str]) -> PublicRow | None:
    """The entry as it was sealed; None: it is not in the seal, or reads otherwise than what was sealed."""
    said: dict[str, Any] = public_entry(entry)
    if sealed.get(said["slug"]) != entry_hash(said):
        return None
    return PublicRow(
        said["slug"],
        said["ward"],
        said["name"],
        said["address"],
        said["what"],
        tuple(said["reminder_days"]),
        figures_of(said),
        said["corrected_on"],
        STATES[entry["state"]],
        without_personal_numbers(entry["answer"] or ""),
    )
