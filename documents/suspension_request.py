"""The request to suspend: police and ward ask the venue to stop until it has its QR; who speaks for it agrees or not.

The order asks (2962/UBND-VHTT, 27/9/2021) and does not decide: nobody is suspended by this paper alone.
"""

from data.reference.issuing import recipients_on
from documents import wording
from documents.case_papers import (
    APPS,
    Format,
    Layout,
    Paper,
    Signature,
    base,
    blank,
    choice,
    heading,
    official_day,
    paper_file,
    police_letterhead,
    reminded,
    said,
    text,
)
from documents.letterheads import BLANK_DATE

SUBJECT = "V/v đề nghị tạm dừng hoạt động đến khi tạo mã QR địa điểm"


def suspension_request(paper: Paper, fmt: Format = "pdf") -> bytes:
    """A letter of the police with the ward, with room for what is answered to it."""
    person = paper.person or f"người đại diện {paper.venue}"
    facts, state = paper.case.facts, paper.case.line.state
    since = f"ngày {official_day(facts['starts_on'])}" if facts.get("starts_on") else BLANK_DATE
    parts = [
        base(f"Căn cứ {wording.ORDER};"),
        base(f"Căn cứ kết quả kiểm tra, đôn đốc việc tạo mã và quét mã QR địa điểm tại {paper.ward}."),
        text(
            f"{paper.venue} (mã địa điểm {paper.case.line.venue_code}), địa chỉ: {paper.place}, {reminded(paper)} "
            "mà đến nay chưa tạo mã QR địa điểm."
        ),
        *said(facts.get("reason") or ""),
        text(
            f"Công an phối hợp với Ủy ban nhân dân {paper.ward} đề nghị cơ sở tạm dừng hoạt động cho đến khi tạo mã QR "
            "địa điểm và bố trí để mọi người quét mã khi vào. Việc tạm dừng tự kết thúc khi mã QR được ghi nhận; cơ sở "
            "không phải làm thêm thủ tục nào."
        ),
        text(
            f"Mã QR địa điểm được tạo miễn phí bằng một trong bốn ứng dụng: {APPS}; in không nhỏ hơn 15 × 15 cm, treo "
            f"ở lối vào. Cần hướng dẫn, đề nghị liên hệ Ủy ban nhân dân {paper.ward}."
        ),
        heading("Ý kiến của cơ sở"),
        choice(f"Đồng ý tạm dừng hoạt động từ {since} đến khi tạo mã QR địa điểm.", is_ticked=state == "agreed"),
        choice("Không đồng ý.", is_ticked=state == "refused"),
        blank("Lý do, ý kiến khác:", 1),
    ]
    layout = Layout(
        "Đề nghị tạm dừng hoạt động đến khi tạo mã QR địa điểm",
        police_letterhead(paper),
        parts,
        about=SUBJECT,
        is_draft=True,
        to=[person],
        signatures=[
            Signature("ĐẠI DIỆN CƠ SỞ", name=paper.person or ""),
            Signature("ỦY BAN NHÂN DÂN PHƯỜNG", "(xác nhận, ký, đóng dấu)"),
            Signature("CƠ QUAN CÔNG AN", "(ký, đóng dấu)"),
        ],
        closing={
            "recipients": wording.with_stops(recipients_on("suspension_request", paper.case.day, ward=paper.ward)),
            "signatory": "",
        },
    )
    return paper_file(paper, layout, fmt)
