"""The record of delivery of a notice: a form for the door, or printed with what was recorded.

By hand, by post or posted at the door; signed or refused. The time to comply counts from the day that it says.
"""

from typing import Any

from data.queries.publication_letters import Delivery
from data.texts.catalogue import day as written_day
from documents import wording
from documents.case_papers import Layout, Signature, blank, choice, filled, heading, said, text
from documents.letterheads import letterhead, publisher
from documents.typesetting import breakable, typeset

WAYS = {
    "hand": "Giao tận tay người đại diện hoặc người làm việc tại cơ sở.",
    "post": "Gửi qua bưu chính, có báo phát.",
    "posted": "Niêm yết tại cửa cơ sở, có ảnh chụp; phiếu để trong phong bì dán kín.",
}


def delivery_record(delivery: Delivery) -> bytes:
    """One page.

    Raises
    ------
    NoIssuer
    """
    letter, notice = delivery.letter, delivery.notice
    issuer = publisher(notice.made_on, [letter.ward])
    layout = Layout(
        f"Biên bản giao thông báo: {letter.name}",
        letterhead(issuer, f"BB-{issuer.code}"),
        [*_parts(delivery), *_outcome(delivery)],
        kind="BIÊN BẢN",
        subject="Giao, niêm yết thông báo dự kiến công khai",
        ending=["Biên bản lập thành 02 bản, cơ sở giữ 01 bản."],
        signatures=[
            Signature("NGƯỜI NHẬN", "(từ chối ký)" if delivery.is_refused else "(ký, ghi rõ họ tên)"),
            Signature("NGƯỜI CHỨNG KIẾN"),
            Signature("NGƯỜI GIAO", name=breakable(delivery.by)),
        ],
    )
    about = {
        "title": layout.title,
        "author": issuer.name,
        "demo": wording.DEMO if notice.is_demo else None,
    }
    mark = wording.DEMO_NOTE if notice.is_demo else ""
    return typeset("case_paper.typ", about | filled(layout, mark), notice.made_on)


def _parts(delivery: Delivery) -> list[dict[str, Any]]:
    letter, notice = delivery.letter, delivery.notice
    on = f"ngày {written_day(letter.delivered_on)}" if letter.delivered_on else "ngày ……/……/………"
    ward = f"phường {letter.ward}" if letter.ward else ""
    where = ", ".join(filter(None, (breakable(letter.address), ward)))
    return [
        text(
            f"Hồi …… giờ …… phút, {on}, đã giao cho {breakable(letter.name)}, địa chỉ: {where}, thông báo dự kiến nêu "
            f"trong «{notice.title}» tính đến hết ngày {written_day(notice.day)}."
        ),
        heading("Cách giao"),
        *(choice(words, is_ticked=way == delivery.how) for way, words in WAYS.items()),
    ]


def _outcome(delivery: Delivery) -> list[dict[str, Any]]:
    days = delivery.notice.notice_days
    due = delivery.letter.due_on
    until = f"; thời hạn đến hết ngày {written_day(due)}" if due else ""
    return [
        text(f"Người nhận: {breakable(delivery.to)}.") if delivery.to else blank("Người nhận:"),
        choice("Người nhận từ chối ký.", is_ticked=delivery.is_refused),
        *(said(f"Ghi chú: {delivery.note}") if delivery.note else [blank("Ghi chú:", 1)]),
        text(f"Thời hạn {days:02d} ngày làm việc tính từ ngày giao nói trên{until}."),
    ]
