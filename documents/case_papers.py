"""What papers of cases share: letterheads, blanks for what the office gives at signing, and how they are set.

None of them bears a number, a day of signing or a signer's name: these are the office's (Nghị định 30/2020, art. 15).
A paper for a day on which there is no district leaves its body blank, for the office to write.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Literal

from data.queries.cases import Case
from data.queries.personal_numbers import without_personal_numbers
from data.reference.issuing import has_district
from data.texts.catalogue import day
from documents import wording
from documents.letterheads import letterhead
from documents.official_docx import paper_docx
from documents.typesetting import breakable, typeset
from documents.wording import BLANK

Format = Literal["pdf", "docx"]
APPS = "Bluezone, NCOVI, Khai báo y tế Việt Nam, VNeID"
LINE_LETTERS = 80
"""About as many stand on a line of 13 pt."""
LEAST_HELD, MOST_HELD, LONGEST_HELD = 6, 14, 25
"""Lines that stand with the signature, which is never alone on a page. No more are taken along to the next page, but of
a last paragraph; one that is longer still is broken where the page ends."""
DRAFT = "DỰ THẢO: số, ngày và chữ ký do cơ quan ban hành ghi."


@dataclass(frozen=True)
class Paper:
    """A case as a paper needs it.

    Attributes
    ----------
    person
        Who speaks for the venue; None: not known, or not for who asks.
    signature
        The drawn signature of that person, a PNG; None: none is kept.
    """

    case: Case
    is_demo: bool = False
    person: str | None = None
    signature: bytes | None = None

    @property
    def venue(self) -> str:
        """The venue's name, without numbers of persons that a clerk wrote into it."""
        line = self.case.line
        return breakable(without_personal_numbers(line.venue_name or line.venue_code))

    @property
    def ward(self) -> str:
        """ "phường Mộ Lao", or a blank."""
        return f"phường {self.case.line.ward}" if self.case.line.ward else f"phường {BLANK}"

    @property
    def place(self) -> str:
        """Where the venue is: address, ward."""
        address = without_personal_numbers(self.case.line.address or "")
        return ", ".join(filter(None, (breakable(address), self.ward)))

    @property
    def has_district(self) -> bool:
        """Whether there are districts on the case's day."""
        return has_district(self.case.day)


@dataclass(frozen=True)
class Signature:
    """Room for a signature: of what body or person, how, whose name below, and the drawing of it."""

    title: str
    how: str = "(ký, ghi rõ họ tên)"
    name: str = ""
    image: bytes | None = None


@dataclass(frozen=True)
class Layout:
    """What a paper says, part by part; the template is templates/case_paper.typ."""

    title: str
    letterhead: dict[str, Any]
    parts: Sequence[dict[str, Any]]
    about: str | None = None
    kind: str | None = None
    subject: str | None = None
    is_draft: bool = False
    to: Sequence[str] = ()
    ending: Sequence[str] = ()
    signatures: Sequence[Signature] = ()
    closing: dict[str, Any] | None = field(default=None)


def police_letterhead(paper: Paper, kind: str = "") -> dict[str, Any]:
    """Of the police of the district; of a later day, blank. ``kind`` is the paper's in its number, "" of a letter."""
    body = wording.issuer_or_blank("police", paper.case.day)
    if body is wording.NOBODY:
        body = replace(body, parent=("CÔNG AN THÀNH PHỐ HÀ NỘI",), body=(f"CÔNG AN {BLANK}",))
    return letterhead(body, f"{kind}-{body.code}" if kind else body.code)


def ward_letterhead(paper: Paper, kind: str) -> dict[str, Any]:
    """Of the People's Committee of the case's ward; ``kind`` is the paper's in its number."""
    body = wording.issuer_or_blank("ward_committee", paper.case.day, paper.case.line.ward or BLANK)
    return letterhead(body, f"{kind}-{body.code}")


def text(words: str) -> dict[str, Any]:
    """A paragraph."""
    return {"kind": "text", "text": words}


def base(words: str) -> dict[str, Any]:
    """A legal base."""
    return {"kind": "base", "text": words}


def article(label: str, words: str) -> dict[str, Any]:
    """An article of a decision: "Điều 1." and what it says."""
    return {"kind": "article", "label": label, "text": words}


def heading(words: str) -> dict[str, Any]:
    """A heading within the paper."""
    return {"kind": "heading", "text": words}


def centred(words: str) -> dict[str, Any]:
    """A line of its own in the middle, in bold: who decides, and that it is decided."""
    return {"kind": "centred", "text": words}


def choice(words: str, *, is_ticked: bool = False) -> dict[str, Any]:
    """A box that is, or can be, ticked."""
    return {"kind": "choice", "text": words, "is_ticked": is_ticked}


def blank(words: str, lines: int = 0) -> dict[str, Any]:
    """Words with room to write behind them, and ``lines`` more below."""
    return {"kind": "blank", "text": words, "lines": lines}


def said(words: str) -> list[dict[str, Any]]:
    """What somebody said, a paragraph a line, without numbers of persons."""
    cleaned = (without_personal_numbers(line) for line in words.splitlines() if line.strip())
    return [text(breakable(line)) for line in cleaned]


def reminded(paper: Paper) -> str:
    """How often the venue was reminded, by the reminders that count, and on which days."""
    standing = paper.case.standing
    if standing is None or not standing.reminder_days:
        return f"đã được nhắc nhở …… lần (các ngày {BLANK})"
    days = ", ".join(dict.fromkeys(map(day, standing.reminder_days)))
    return f"đã được nhắc nhở {standing.counted} lần (các ngày {days})"


def paper_of(case: Case, step: str) -> dict[str, Any]:
    """What the last step of that name says of its paper: number, day, signer, …; {}: there is none."""
    papers = [entry.paper for entry in case.entries if entry.step == step and entry.paper]
    return papers[-1] if papers else {}


def official_day(iso: str | None) -> str:
    """A day of JSON as a paper writes it in a sentence, or room for it."""
    return day(dt.date.fromisoformat(iso)) if iso else "……/……/………"


def paper_file(paper: Paper, layout: Layout, fmt: Format = "pdf") -> bytes:
    """The paper as PDF, or as a Word document that the office edits."""
    marks = [DRAFT] if layout.is_draft else []
    marks += [wording.DEMO_NOTE] if paper.is_demo else []
    author = wording.issuer_or_blank("culture_centre", paper.case.day).name
    demo = wording.DEMO if paper.is_demo else None
    said = filled(layout, " ".join(marks))
    if fmt == "docx":
        return paper_docx(said, paper.case.day, title=layout.title, author=author, demo=demo)
    about = {"title": layout.title, "author": author, "demo": demo}
    return typeset("case_paper.typ", about | said, paper.case.day)


def filled(layout: Layout, mark: str = "") -> dict[str, Any]:
    """What ``paper()`` of templates/parts.typ reads; ``mark`` stands in a frame at the top."""
    return {
        "mark": mark or None,
        "letterhead": layout.letterhead,
        "about": layout.about,
        "kind": layout.kind,
        "subject": layout.subject,
        "to": list(layout.to),
        "parts": list(layout.parts),
        "held": _held(layout.parts) if layout.closing or layout.signatures else 0,
        "ending": list(layout.ending),
        "signatures": [_signature(one) for one in layout.signatures],
        "closing": layout.closing,
    }


def table(columns: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Rows under their columns' names; ``widths`` are shares, and the first column is centred."""
    aligned = ["center", *["left"] * (len(columns) - 1)]
    return {"kind": "table", "columns": columns, "widths": widths, "rows": rows, "aligned": aligned}


def _held(parts: Sequence[dict[str, Any]]) -> int:
    """How many of the last parts stand on one page with the signature; a heading goes with what it heads."""
    count, lines = 0, 0
    for part in reversed(parts):
        if part["kind"] in ("table", "picture"):
            break
        if lines >= LEAST_HELD and part["kind"] not in ("heading", "centred"):
            break
        lines += ceil(len(part["text"]) / LINE_LETTERS) + part.get("lines", 0)
        if lines > (MOST_HELD if count else LONGEST_HELD):
            break
        count += 1
    return count


def _signature(one: Signature) -> dict[str, Any]:
    image = list(one.image) if one.image else None
    return {"title": one.title, "how": one.how, "name": one.name, "image": image}
