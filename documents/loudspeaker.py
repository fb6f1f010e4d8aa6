"""What a ward's loudspeakers read out: sentences for the ear, numbers spelt out, with how long it takes.

No venue is named. How long: by syllables, at four a second, which is an assumption of ours for a calm reading aloud.
"""

import re
from math import ceil

from data.queries.broadcasts import WardSaid
from data.reference.issuing import has_district, recipients_on
from data.texts.spoken import spoken, spoken_day
from documents import wording
from documents.case_papers import Format, Layout, filled, text
from documents.letterheads import letterhead
from documents.official_docx import paper_docx
from documents.typesetting import typeset

SYLLABLES_A_SECOND = 4.0
PAUSE_SECONDS = 0.7
"""After each sentence."""


def sentences(ward: WardSaid) -> list[str]:
    """What is read out, sentence by sentence."""
    without = ward.venues - ward.with_qr
    by = "Theo yêu cầu của Ủy ban nhân dân quận" if has_district(ward.day) else "Theo yêu cầu phòng, chống dịch bệnh"
    return [
        f"Đài truyền thanh phường {ward.name} xin thông báo.",
        f"{by}, mọi cơ quan, cửa hàng, hộ kinh doanh đều phải tạo mã quy a cho địa "
        "điểm của mình, và mọi người khi đến đều quét mã.",
        f"Tính đến hết {spoken_day(ward.day)}, phường ta có {spoken(ward.venues)} địa điểm, trong đó "
        f"{spoken(ward.with_qr)} địa điểm đã tạo mã, {spoken(ward.with_scans)} địa điểm có người quét mã.",
        f"Còn {spoken(without)} địa điểm chưa tạo mã." if without else "Tất cả địa điểm đã tạo mã.",
        "Tạo mã không mất tiền, bằng một trong bốn ứng dụng: Blu-dôn, En-cô-vi, Khai báo y tế Việt Nam, Vi-en-e-ai-đi.",
        "Mã in mỗi chiều không nhỏ hơn mười lăm xăng ti mét, treo cạnh lối vào, ngang tầm mắt, không bị che, bị chói.",
        "Ai không có điện thoại thông minh, xin mang theo thẻ căn cước công dân hoặc thẻ bảo hiểm y tế để được quét.",
        f"Cần hướng dẫn, xin liên hệ Ủy ban nhân dân phường {ward.name}. Xin cảm ơn.",
    ]


def seconds(said: list[str]) -> int:
    """How long it takes to read it out, in whole seconds."""
    syllables = sum(len(re.findall(r"[^\W\d_]+", sentence)) for sentence in said)
    return ceil(syllables / SYLLABLES_A_SECOND + PAUSE_SECONDS * len(said))


def broadcast_paper(ward: WardSaid, fmt: Format = "pdf") -> bytes:
    """The text as a paper for who reads it out."""
    said = sentences(ward)
    body = wording.issuer_or_blank("ward_committee", ward.day, ward.name)
    length = seconds(said)
    layout = Layout(
        f"Bài phát thanh phường {ward.name}",
        letterhead(body, body.code),
        [
            *(text(sentence) for sentence in said),
            text(f"Thời lượng khoảng {length} giây một lần đọc (bốn âm tiết một giây)."),
        ],
        kind="BÀI PHÁT THANH",
        subject="Về việc tạo mã QR và quét mã QR địa điểm",
        closing={
            "recipients": wording.with_stops(recipients_on("loudspeaker", ward.day, code=body.code)),
            "signatory": wording.signatory(body),
        },
    )
    made = filled(layout, wording.DEMO_NOTE if ward.is_demo else "")
    demo, author = wording.DEMO if ward.is_demo else None, body.name
    if fmt == "docx":
        return paper_docx(made, ward.day, title=layout.title, author=author, demo=demo)
    return typeset("case_paper.typ", {"title": layout.title, "author": author, "demo": demo} | made, ward.day)
