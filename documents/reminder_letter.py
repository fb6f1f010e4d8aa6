"""The official letter of reminder: the ward's committee tells a venue what it has not done, and how it is done.

The order has wards persuade, guide and remind (2962/UBND-VHTT, 27/9/2021); the letter decides nothing.
"""

from data.queries.reminder_letter import Reminded
from data.reference.issuing import recipients_on
from data.texts.catalogue import day
from documents import wording
from documents.case_papers import APPS, DRAFT, Format, Layout, base, filled, heading, text
from documents.letterheads import letterhead
from documents.official_docx import paper_docx
from documents.typesetting import breakable, typeset

SUBJECT = "V/v nhắc nhở tạo mã QR và quét mã QR địa điểm"


def reminder_letter(venue: Reminded, fmt: Format = "pdf") -> bytes:
    """A draft in the name of the venue's ward; number, day and signature are the office's."""
    layout = _layout(venue)
    marks = [DRAFT, *([wording.DEMO_NOTE] if venue.is_demo else [])]
    said = filled(layout, " ".join(marks))
    author = " ".join(layout.letterhead["body"])
    demo = wording.DEMO if venue.is_demo else None
    if fmt == "docx":
        return paper_docx(said, venue.day, title=layout.title, author=author, demo=demo)
    return typeset("case_paper.typ", {"title": layout.title, "author": author, "demo": demo} | said, venue.day)


def failing(venue: Reminded) -> str:
    """What has not been done, or that nothing is wanting."""
    if venue.status == "scanning":
        return "đã tạo mã QR và có lượt quét; đề nghị tiếp tục duy trì"
    if venue.has_qr:
        return f"đã tạo mã QR địa điểm nhưng không có lượt quét trong {venue.window_days} ngày gần nhất có số liệu"
    return "chưa tạo mã QR địa điểm"


def reminders(venue: Reminded) -> str:
    """How often and on which days it was reminded, by the reminders that count; "": none does."""
    days = ", ".join(map(day, venue.reminder_days))
    return f"đã được nhắc nhở {len(venue.reminder_days)} lần (các ngày {days})" if days else ""


def _layout(venue: Reminded) -> Layout:
    body = wording.issuer_or_blank("ward_committee", venue.day, venue.ward or wording.BLANK)
    place = ", ".join(filter(None, (breakable(venue.address), f"phường {venue.ward}" if venue.ward else "")))
    name, told = breakable(venue.name), reminders(venue)
    standing = f"{name} (mã địa điểm {venue.code}), địa chỉ: {place or wording.NO_ADDRESS}, {failing(venue)}"
    return Layout(
        f"Công văn nhắc nhở: {venue.name}",
        letterhead(body, body.code),
        [
            base(f"Căn cứ {wording.ORDER}."),
            text(f"Đến hết ngày {day(venue.day)}, {standing}{f'; {told}' if told else ''}."),
            text(f"Ủy ban nhân dân phường đề nghị {name} thực hiện ngay các việc sau:"),
            text(f"1. Tạo mã QR địa điểm, miễn phí, bằng một trong bốn ứng dụng: {APPS}."),
            text("2. In mã không nhỏ hơn 15 × 15 cm, treo ở lối vào nơi dễ thấy, không bị chói, không bị che."),
            text(
                "3. Bố trí người hướng dẫn để mọi người đến đều quét mã; người không có điện thoại thông minh đưa mã "
                "trên thẻ căn cước công dân hoặc thẻ bảo hiểm y tế để được quét giúp («Kiểm tra mã QR»)."
            ),
            heading("Liên hệ"),
            text(f"Cần hướng dẫn hoặc có ý kiến khác, đề nghị liên hệ {body.name or 'Ủy ban nhân dân phường'}."),
        ],
        about=SUBJECT,
        to=[name],
        closing={
            "recipients": wording.with_stops(recipients_on("reminder", venue.day, code=body.code)),
            "signatory": wording.signatory(body),
        },
    )
