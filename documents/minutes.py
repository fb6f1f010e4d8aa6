"""The minutes of a visit, of an inspection or of guidance: a form for the door, or printed with what was recorded."""

from typing import Any

from data.queries.cases import Entry, VisitFacts
from data.queries.personal_numbers import without_personal_numbers
from data.texts.catalogue import day
from data.vocabulary import OUTCOMES
from documents import wording
from documents.case_papers import (
    Format,
    Layout,
    Paper,
    Signature,
    base,
    blank,
    choice,
    heading,
    paper_file,
    police_letterhead,
    reminded,
    said,
    text,
    ward_letterhead,
)
from documents.typesetting import breakable
from documents.wording import BLANK

KINDS = {
    "inspection": ("BIÊN BẢN KIỂM TRA", "Việc tạo mã và quét mã QR địa điểm"),
    "guidance": ("BIÊN BẢN LÀM VIỆC", "Về hướng dẫn, nhắc nhở tạo mã và quét mã QR địa điểm"),
}
FOUND = {
    "compliant": "Đã tạo mã QR, mã được treo và có người quét.",
    "made_on_spot": "Cơ sở tạo mã QR địa điểm ngay tại buổi làm việc.",
    "partly": "Đã có mã QR nhưng chưa đạt: in nhỏ hơn 15 × 15 cm, hoặc chưa treo ở lối vào.",
    "not_compliant": "Chưa tạo mã QR, hoặc có mã mà không để người vào quét.",
    "closed": "Cơ sở đóng cửa, không gặp người đại diện.",
    "refused": "Người đại diện không hợp tác.",
    "not_found": "Không tìm thấy cơ sở tại địa chỉ ghi trong sổ.",
}
"""By the outcome of the visit."""


def minutes(paper: Paper, visit: VisitFacts, fmt: Format = "pdf") -> bytes:
    """The minutes; of a visit without outcome, a form to be filled in by hand."""
    kind, subject = KINDS[visit.kind]
    recorded = next((entry for entry in reversed(paper.case.entries) if entry.step == "record"), None)
    layout = Layout(
        f"{kind.capitalize()}: {paper.venue}",
        _letterhead(paper, visit),
        [*_beginning(paper, visit, recorded), *_found(paper, visit)],
        kind=kind,
        subject=subject,
        ending=_ending(visit),
        signatures=_signatures(paper, visit, recorded),
    )
    return paper_file(paper, layout, fmt)


def _letterhead(paper: Paper, visit: VisitFacts) -> dict[str, Any]:
    """An inspection is the police's; who guides, the ward's."""
    if visit.kind == "inspection":
        return police_letterhead(paper, "BB")
    return ward_letterhead(paper, "BB")


def _beginning(paper: Paper, visit: VisitFacts, recorded: Entry | None) -> list[dict[str, Any]]:
    on = f"ngày {day(visit.outcome_on)}" if visit.outcome_on else "ngày ……/……/………"
    officer = _recorder(recorded) or BLANK * 2
    second = f"tài khoản {visit.second}" if visit.second else "nếu có"
    return [
        base(f"Căn cứ {wording.ORDER}."),
        text(f"Hồi …… giờ …… phút, {on}, tại {paper.venue} (mã địa điểm {paper.case.line.venue_code}), {paper.place}."),
        heading("1. Thành phần"),
        text(f"Cán bộ thứ nhất: {officer}"),
        blank(f"Cán bộ thứ hai ({second}):"),
        text(f"Người đại diện cơ sở: {paper.person}") if paper.person else blank("Người đại diện cơ sở (ông, bà):"),
    ]


def _recorder(recorded: Entry | None) -> str:
    """Who recorded the outcome; "": nobody has."""
    return breakable(without_personal_numbers((recorded.by_name if recorded else None) or ""))


def _found(paper: Paper, visit: VisitFacts) -> list[dict[str, Any]]:
    standing = paper.case.standing
    known = f"Theo số liệu đến ngày {day(paper.case.day)}: cơ sở "
    known += (
        f"tạo mã QR ngày {day(standing.registered_on)}" if standing and standing.registered_on else "chưa tạo mã QR"
    )
    if standing and standing.reminder_days:
        known += f", {reminded(paper)}"
    return [
        heading("2. Nội dung"),
        text(f"{known}."),
        heading("3. Kết quả"),
        *(choice(FOUND[name], is_ticked=name == visit.outcome) for name in OUTCOMES),
        blank("Yêu cầu đối với cơ sở, thời hạn:", 1),
        heading("4. Ý kiến của người đại diện cơ sở"),
        *(said(visit.words) if visit.words else [blank("", 1)]),
    ]


def _ending(visit: VisitFacts) -> list[str]:
    ending = "Biên bản kết thúc hồi …… giờ …… phút cùng ngày, đã đọc cho những người có mặt nghe, lập thành 02 bản, "
    ending += "cơ sở giữ 01 bản."
    if visit.signed == "refused":
        return [ending, "Người đại diện cơ sở từ chối ký biên bản."]
    return [ending]


def _signatures(paper: Paper, visit: VisitFacts, recorded: Entry | None) -> list[Signature]:
    refused = visit.signed == "refused"
    return [
        Signature(
            "ĐẠI DIỆN CƠ SỞ",
            "(từ chối ký)" if refused else "(ký, ghi rõ họ tên)",
            paper.person or "",
            None if refused else paper.signature,
        ),
        Signature("CÁN BỘ THỨ HAI"),
        Signature("CÁN BỘ THỨ NHẤT", name=_recorder(recorded)),
    ]
