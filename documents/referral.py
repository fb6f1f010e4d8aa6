"""The referral: the police tell the authority that may decide what they found at a venue, and ask it to."""

from data.queries.cases import CaseLine
from data.queries.personal_numbers import without_personal_numbers
from data.reference.issuing import recipients_on
from data.texts.catalogue import day
from documents import wording
from documents.case_papers import (
    Format,
    Layout,
    Paper,
    base,
    heading,
    paper_file,
    police_letterhead,
    reminded,
    said,
    text,
)
from documents.minutes import FOUND
from documents.typesetting import breakable
from documents.wording import BLANK

SUBJECT = "V/v kiến nghị xử lý việc không tạo mã, quét mã QR địa điểm"


def referral(paper: Paper, fmt: Format = "pdf") -> bytes:
    """A letter to the authority that the case names, with the grounds as they stand."""
    facts = paper.case.facts
    layout = Layout(
        f"Kiến nghị xử lý: {paper.venue}",
        police_letterhead(paper),
        [
            base(f"Căn cứ {wording.ORDER}."),
            text(
                f"Công an kiến nghị xem xét, xử lý {paper.venue} (mã địa điểm {paper.case.line.venue_code}), "
                f"{paper.place}."
            ),
            heading("Căn cứ thực tế"),
            *(text(f"- {ground}") for ground in _grounds(paper)),
            heading("Nội dung kiến nghị"),
            *said(facts.get("for_what") or BLANK),
            text("Đề nghị quý cơ quan trả lời bằng văn bản để theo dõi, phối hợp."),
        ],
        about=SUBJECT,
        is_draft=True,
        to=[breakable(without_personal_numbers(facts.get("to") or BLANK))],
        closing={
            "recipients": wording.with_stops(recipients_on("referral", paper.case.day, ward=paper.ward)),
            "signatory": "THỦ TRƯỞNG ĐƠN VỊ",
        },
    )
    return paper_file(paper, layout, fmt)


def _grounds(paper: Paper) -> list[str]:
    """What is known of the venue, each with its day."""
    standing, found = paper.case.standing, []
    if standing:
        qr = f"tạo mã QR ngày {day(standing.registered_on)}" if standing.registered_on else "chưa tạo mã QR"
        found.append(f"Đến ngày {day(paper.case.day)}, cơ sở {qr};")
        if standing.reminder_days:
            found.append(f"Cơ sở {reminded(paper)};")
    found += [f"{ground};" for line in paper.case.related if (ground := _of_case(line))]
    return [*found[:-1], f"{found[-1][:-1]}."] if found else [BLANK]


def _of_case(line: CaseLine) -> str | None:
    """What another case of the venue speaks for; None: nothing."""
    if line.process == "visit" and line.outcome in ("partly", "not_compliant", "refused") and line.outcome_on:
        return f"Lượt đến kết thúc ngày {day(line.outcome_on)}: {FOUND[line.outcome].rstrip('.')}"
    if line.process == "suspension_request" and line.state == "refused" and line.since:
        return f"Ngày {day(line.since)}, cơ sở từ chối đề nghị tạm dừng hoạt động"
    return None
