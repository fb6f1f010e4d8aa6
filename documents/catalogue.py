"""Every document that the page and the command line can make, by kind and format."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal, cast

from data.access.caller import current_caller
from data.database.connection import Connection
from data.errors import UnknownFilter
from data.queries.broadcasts import wards_said
from data.queries.cases import Case, case_lines, case_of
from data.queries.personal_numbers import without_personal_numbers
from data.queries.poster import location_code
from data.queries.reminder_letter import reminded
from data.queries.team_sheet import team_sheets
from data.queries.violators import ListFacts, Violator, violators_on
from data.status.days import data_span
from documents.case_papers import Format, Paper
from documents.lifting import lifting
from documents.loudspeaker import broadcast_paper
from documents.made import MEDIA_TYPES, Made
from documents.minutes import minutes
from documents.own_layouts import of_case, of_venue, own_layout
from documents.poster import poster
from documents.publication_papers import PUBLICATION_PAPERS, publication_paper
from documents.referral import referral
from documents.reminder_letter import reminder_letter
from documents.reports import REPORT_KINDS, report_file
from documents.suspension_request import suspension_request
from documents.team_sheet import team_sheet
from documents.typesetting import breakable
from documents.violators_csv import violators_csv
from documents.violators_docx import violators_docx
from documents.violators_html import violators_html
from documents.violators_pdf import violators_pdf
from documents.violators_xlsx import violators_xlsx
from etl.store import files

SIGNATURE = "chu-ky.png"
"""The name under which signatures are kept (``callbacks/field/photos.py``)."""
VIOLATORS: dict[str, Callable[[Sequence[Violator], ListFacts], bytes]] = {
    "pdf": violators_pdf,
    "docx": violators_docx,
    "xlsx": violators_xlsx,
    "csv": violators_csv,
    "html": violators_html,
}
CASE_PAPERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "suspension_request": ("suspension_request", ("requested", "confirmed", "agreed", "refused")),
    "minutes": ("visit", ("planned", "due", "recorded")),
    "lifting": ("suspension_decision", ("in_force", "lift_due")),
    "referral": ("referral", ("sent", "answered")),
}
"""Papers of cases: of which process, and in which of its states."""
FORMATS: dict[str, tuple[str, ...]] = {
    "violators": tuple(VIOLATORS),
    "poster": ("pdf", "svg", "png"),
    "reminder": ("pdf", "docx"),
    "loudspeaker": ("pdf", "docx"),
    "team_sheet": ("pdf",),
    **dict.fromkeys((*CASE_PAPERS, *REPORT_KINDS), ("pdf", "docx")),
    **dict.fromkeys(PUBLICATION_PAPERS, ("pdf",)),
}


def make(
    kind: str,
    fmt: str,
    conn: Connection,
    *,
    day: dt.date | None = None,
    venue: str | None = None,
    case: int | None = None,
    plan: int | None = None,
    team: int | None = None,
    list_id: int | None = None,
    year: int | None = None,
    report: int | None = None,
    version: int | None = None,
    ward: str | None = None,
    site: str = "",
) -> Made:
    """Make one document.

    Parameters
    ----------
    kind, fmt : a kind of :data:`FORMATS` and one of its formats
    conn : connection with rows as dicts; the reading role is enough, and should be the one used but for ``notices``
    day : of a list of violators; default: the current day
    venue : code of the venue of a poster
    case : number of the case of a paper of :data:`CASE_PAPERS`
    list_id, year, site : of papers of publication: the list's number, the register's year, and the address of the
        public pages (:func:`documents.publication_papers.publication_paper`); ``case`` is then the entry's number
    ward : code of the ward of a loudspeaker text
    report, version : of reports: the number, and which version; None: the draft
    plan, team : numbers of the plan of a team's sheet, and of the team; without team: of all that have a stop

    Raises
    ------
    UnknownFilter
        There is no such kind or format, the poster's venue is not said, the case has no such paper as it stands, or
        nobody goes anywhere by the plan.
    FutureDay, BeforeData
        Of a list: nothing can be said of the day.
    UnknownVenue, NotRegistered, NoQrContent, QrContentTooLong
        Of a poster: there is no code to print.
    """
    if fmt not in FORMATS.get(kind, ()):
        raise UnknownFilter("error.document.unknown", kind=kind[:64], fmt=fmt[:16])
    if kind in CASE_PAPERS:
        return _case_paper(conn, kind, case, cast(Format, fmt))
    if kind in PUBLICATION_PAPERS:
        return publication_paper(kind, conn, number=list_id, entry=case, year=year, site=site)
    if kind in REPORT_KINDS:
        return report_file(kind, conn, cast(Format, fmt), number=report, version=version)
    if kind == "team_sheet":
        return _team_sheet(conn, plan, team)
    if kind == "loudspeaker":
        return _loudspeaker(conn, ward, cast(Format, fmt))
    if kind == "reminder":
        return _reminder(conn, venue, cast(Format, fmt))
    if kind == "poster":
        return _poster(conn, venue, cast(Literal["pdf", "svg", "png"], fmt))
    rows, facts = violators_on(conn, day or data_span(conn).current_day)
    day_told = facts.day.isoformat()
    told = {"day": day_told, "format": fmt, "scope": facts.scope, "rows": facts.total}
    return Made(VIOLATORS[fmt](rows, facts), f"danh-sach-vi-pham-{day_told}.{fmt}", MEDIA_TYPES[fmt], told)


def _loudspeaker(conn: Connection, ward: str | None, fmt: Format) -> Made:
    found = next((one for one in wards_said(conn) if one.code == ward), None)
    if found is None:
        raise UnknownFilter("error.document.ward")
    told = {"ward": found.code, "day": found.day.isoformat(), "format": fmt}
    return Made(broadcast_paper(found, fmt), f"phat-thanh-{found.code}-{found.day}.{fmt}", MEDIA_TYPES[fmt], told)


def _reminder(conn: Connection, venue: str | None, fmt: Format) -> Made:
    if not venue:
        raise UnknownFilter("error.document.venue")
    found = reminded(conn, venue)
    told = {"venue": found.code, "day": found.day.isoformat(), "format": fmt}
    own = own_layout(conn, "reminder") if fmt == "docx" else None
    content = of_venue(own, found) if own else reminder_letter(found, fmt)
    return Made(content, f"nhac-nho-{found.code}.{fmt}", MEDIA_TYPES[fmt], told)


def _poster(conn: Connection, venue: str | None, fmt: Literal["pdf", "svg", "png"]) -> Made:
    if not venue:
        raise UnknownFilter("error.document.venue")
    code = location_code(conn, venue)
    day, name = data_span(conn).current_day, f"ma-qr-{code.venue_code}.{fmt}"
    told = {"file": name, "day": day.isoformat(), "format": fmt}
    return Made(poster(code, day, fmt), name, MEDIA_TYPES[fmt], told)


def _team_sheet(conn: Connection, plan: int | None, team: int | None) -> Made:
    sheets = team_sheets(conn, plan, team) if plan is not None else []
    if not sheets:
        raise UnknownFilter("error.document.plan")
    told = {"day": sheets[0].plan.day.isoformat(), "format": "pdf", "plan": plan, "teams": len(sheets)}
    which = f"-to-{sheets[0].team.number}" if team is not None else ""
    return Made(team_sheet(sheets), f"phieu-di-tuyen-{plan}{which}.pdf", MEDIA_TYPES["pdf"], told)


def _case_paper(conn: Connection, kind: str, number: int | None, fmt: Format) -> Made:
    case = case_of(conn, number) if number is not None else None
    process, states = CASE_PAPERS[kind]
    if case is None or case.line.process != process or case.line.state not in states:
        raise UnknownFilter("error.document.case")
    paper = _paper(conn, case)
    own = own_layout(conn, kind) if fmt == "docx" else None
    if own:
        content = of_case(own, kind, paper)
    elif kind == "minutes" and case.visit:
        content = minutes(paper, case.visit, fmt)
    else:
        content = {"suspension_request": suspension_request, "lifting": lifting, "referral": referral}[kind](paper, fmt)
    told = {"case": case.line.id, "venue": case.line.venue_code, "format": fmt}
    return Made(content, f"{_FILES[kind]}-{case.line.id}.{fmt}", MEDIA_TYPES[fmt], told)


_FILES = {
    "suspension_request": "de-nghi-tam-dung",
    "minutes": "bien-ban",
    "lifting": "du-thao-bai-bo",
    "referral": "kien-nghi",
}


def tried(conn: Connection, kind: str, content: bytes, venue: str) -> bytes:
    """An office's layout of a letter filled in with what is known of a venue; of a paper of cases, with its first case.

    Raises
    ------
    UnknownVenue
    UnknownFilter
        The venue has no case that the caller may see and that has such a paper.
    """
    if kind == "reminder":
        return of_venue(content, reminded(conn, venue))
    process, states = CASE_PAPERS[kind]
    lines = case_lines(conn, process=process, venue=venue, is_open=False)
    case = next((case_of(conn, line.id) for line in lines if line.state in states), None)
    if case is None:
        raise UnknownFilter("template.no_case", venue=venue[:64])
    return of_case(content, kind, _paper(conn, case))


def _paper(conn: Connection, case: Case) -> Paper:
    return Paper(case, data_span(conn).is_demo, _person(case), _signature(case))


def _person(case: Case) -> str | None:
    """Who spoke for the venue, for callers who may see contacts."""
    who = current_caller()
    if who is None or "contacts" not in who.rights:
        return None
    return breakable(without_personal_numbers(str(case.facts.get("owner") or ""))) or None


def _signature(case: Case) -> bytes | None:
    """The signature that was drawn at the door; None: none, or it is not in the store."""
    sha256 = case.visit.signature if case.visit else None
    path = files.path_of(sha256, SIGNATURE) if sha256 else None
    return path.read_bytes() if path and path.is_file() else None
