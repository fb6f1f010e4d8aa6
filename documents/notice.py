"""Letters of notice: to each venue or body of a list, before it is approved: why it is to be named, what can be done.

To a venue goes a slip with its one-time address besides. The word on these papers is the order's own: the list is no
list of penalties, and no penalty or law on penalties is named. The layout is templates/letters.typ.
"""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from data.queries.publication_letters import CountedReminder, Letter, Notice
from data.reference.issuing import Issuer, legal_base, portal_on
from data.texts.catalogue import day as written_day
from documents import wording
from documents.case_papers import APPS, Layout, base, filled, heading, table, text
from documents.letterheads import letterhead, publisher
from documents.poster import PAPER_LEVELS, svg, symbol
from documents.typesetting import breakable, typeset_many

BATCH = 50
"""Letters that Typst sets at once."""
ABOUT = "V/v dự kiến công khai cơ sở {word}"
ABOUT_BODY = "V/v dự kiến công khai đơn vị {word}"
FIGURES = {
    "venues": "Số địa điểm",
    "without_qr": "Chưa tạo mã QR",
    "reached": "Chưa tạo mã QR, đã được nhắc nhở trong kỳ",
    "reminders": "Số lần nhắc nhở địa điểm chưa tạo mã QR",
}
"""What a body's figures count."""
REASONS = {"no_qr": "Chưa tạo mã QR địa điểm", "not_scanning": "Có mã QR, không có lượt quét"}
SOURCES = {"photo": "Ghi tại cơ sở, có ảnh", "field": "Ghi tại cơ sở", "book": "Sổ nhắc nhở"}
COLUMNS = ("Ngày", "Nội dung nhắc nhở", "Người, đơn vị nhắc nhở", "Ghi nhận")
HOW = (
    f"Tạo mã QR địa điểm, miễn phí, bằng một trong bốn ứng dụng: {APPS}; in không nhỏ hơn 15 × 15 cm, treo ở lối vào; "
    "để mọi người đến đều quét mã. Người không có điện thoại thông minh được quét giúp mã trên thẻ căn cước công dân "
    "hoặc thẻ bảo hiểm y tế. Cơ sở đã thực hiện thì không bị nêu tên, và được đưa ra khỏi danh sách ngay cả khi danh "
    "sách đã công khai."
)
HOW_BODIES = (
    "Rà soát số liệu trên; tuyên truyền, hướng dẫn, nhắc nhở các địa điểm chưa tạo mã hoặc chưa quét mã; tạo mã cho "
    "trụ sở và đơn vị trực thuộc; gửi báo cáo đúng hạn."
)
STILL = (
    "Những ngày thiếu số liệu và những ngày chờ cơ quan trả lời không tính vào thời hạn. Hết thời hạn mà không có thay "
    "đổi, danh sách được trình phê duyệt."
)
DECIDED = (
    "Người giải quyết không phải là người lập danh sách hay người đã ghi nhận nhắc nhở; khi chưa giải quyết xong thì "
    "chưa công khai. Lời trả lời của bên được nêu có thể được in kèm."
)
MENDED = (
    "Sau khi công khai, thông tin sai được đính chính bằng chính hình thức đã công khai; yêu cầu được trả lời trong 15 "
    "ngày ({basis})."
)
SLIP_TITLE = "PHIẾU XEM HỒ SƠ VÀ GỬI Ý KIẾN"
SLIP = (
    "Quét mã bên cạnh hoặc mở địa chỉ trên để xem hồ sơ của riêng cơ sở, không cần tài khoản: các lần nhắc nhở, nội "
    "dung còn thiếu, thời hạn.",
    "Tại đó cơ sở gửi được ý kiến không đồng ý, lời trả lời, hoặc ảnh mã QR đã treo để báo đã thực hiện.",
    "Ai có phiếu này đều mở được hồ sơ: giao tận tay hoặc để trong phong bì dán kín.",
)

Part = dict[str, Any]


def notices(notice: Notice, letters: Sequence[Letter]) -> bytes:
    """All letters as one PDF, each from a sheet of its own, so that two sides may be printed on.

    Raises
    ------
    NoIssuer
        Nobody is entered who may bear a letter on the notice's day.
    """
    about = {
        "title": f"Thông báo: {notice.title}",
        "author": _author(notice, letters),
        "demo": wording.DEMO if notice.is_demo else None,
        "slip": {"title": SLIP_TITLE, "lines": SLIP},
    }

    def batch(first: int) -> Part:
        return about | {"letters": [_letter(notice, each) for each in letters[first : first + BATCH]]}

    batches = [partial(batch, first) for first in range(0, len(letters), BATCH)]
    return typeset_many("letters.typ", batches, notice.made_on)


def _author(notice: Notice, letters: Sequence[Letter]) -> str:
    """Who bears the letters; "" where several wards do. One that nobody may bear is refused before any is set."""
    names = {publisher(notice.made_on, [each.ward]).name for each in letters}
    return names.pop() if len(names) == 1 else ""


def _letter(notice: Notice, letter: Letter) -> Part:
    issuer = publisher(notice.made_on, [letter.ward])
    is_venue = notice.kind == "venues"
    why = _reminded(notice, letter) if is_venue else _figures(notice, letter)
    layout = Layout(
        "",
        letterhead(issuer, issuer.code),
        [
            *_bases(notice),
            _opening(notice, letter, issuer),
            *(heading("1. Lý do"), *why),
            *(heading("2. Việc cần thực hiện"), text(HOW if is_venue else HOW_BODIES)),
            *(heading("3. Thời hạn"), _until(notice, letter)),
            *(heading("4. Không đồng ý, có ý kiến"), _objecting(notice, letter, issuer)),
        ],
        about=(ABOUT if is_venue else ABOUT_BODY).format(word=notice.word),
        to=[breakable(_name(letter))],
        closing={
            "recipients": wording.with_stops(_recipients(letter, issuer)),
            "signatory": wording.signatory(issuer),
        },
    )
    mark = wording.DEMO_NOTE if notice.is_demo else ""
    return filled(layout, mark) | {"slip": _slip(notice, letter, letter.token) if letter.token else None}


def _name(letter: Letter) -> str:
    return body_name(letter.body_kind, letter.name)


def body_name(kind: str, name: str) -> str:
    """A body as a paper names it: a ward's by its People's Committee, any other as it is called."""
    return f"Ủy ban nhân dân phường {name}" if kind == "ward" else name


def _period(notice: Notice) -> str:
    """The days that are spoken of: "từ ngày … đến hết ngày …"."""
    since = f"từ ngày {written_day(notice.from_day)} " if notice.from_day else ""
    return f"{since}đến hết ngày {written_day(notice.day)}"


def _bases(notice: Notice) -> list[Part]:
    cited = [legal_base(key, notice.made_on) for key in ("order", "access")]
    known = f"kết quả theo dõi việc tạo mã, quét mã QR và nhắc nhở, số liệu {_period(notice)}"
    return [base(line) for line in wording.with_stops([f"Căn cứ {each}" for each in (*cited, known) if each])]


def _opening(notice: Notice, letter: Letter, issuer: Issuer) -> Part:
    where = f", địa chỉ: {_place(letter)}," if notice.kind == "venues" else ""
    portal = portal_on(notice.made_on, letter.ward)
    shown = f" trên {portal.name}" if portal else ""
    return text(
        f"{issuer.name} thông báo: {breakable(_name(letter))}{where} dự kiến được nêu trong «{notice.title}» "
        f"tính đến hết ngày {written_day(notice.day)}, công khai{shown} trong {notice.retention_days} ngày. Đây là "
        "thông báo trước; danh sách chưa được công khai."
    )


def _place(letter: Letter) -> str:
    ward = f"phường {letter.ward}" if letter.ward else ""
    return ", ".join(filter(None, (breakable(letter.address), ward)))


def _reminded(notice: Notice, letter: Letter) -> list[Part]:
    missing, last = "chưa tạo mã QR địa điểm", ""
    if letter.has_qr:
        missing = "đã tạo mã QR địa điểm nhưng không có lượt quét"
        last = f" Lượt quét gần nhất: ngày {_or_none(letter.last_scan)}."
    count = f"{len(letter.reminders):02d}"
    return [
        text(
            f"Cơ sở đã được nhắc nhở {count} lần mà đến hết ngày {written_day(notice.day)} {missing}.{last} Các lần "
            "nhắc nhở được tính:"
        ),
        table(COLUMNS, (22, 50, 55, 38), [_row(each) for each in letter.reminders]),
    ]


def _or_none(day: dt.date | None) -> str:
    return written_day(day) if day else "chưa có"


def _row(reminder: CountedReminder) -> list[str]:
    return [
        written_day(reminder.day),
        REASONS[reminder.reason],
        breakable(reminder.recorded_by) or "Nguồn không ghi",
        SOURCES[reminder.source],
    ]


def _figures(notice: Notice, letter: Letter) -> list[Part]:
    rows = [[f"{place}", FIGURES.get(each.what, each.what), each.value] for place, each in enumerate(letter.figures, 1)]
    return [
        text(f"Kết quả kiểm tra, đôn đốc việc tạo mã và quét mã QR {_period(notice)}:"),
        table(("TT", "Nội dung", "Kết quả"), (12, 110, 43), rows),
    ]


def _until(notice: Notice, letter: Letter) -> Part:
    days = f"Trong thời hạn {notice.notice_days:02d} ngày làm việc kể từ ngày nhận được văn bản này"
    delivered = ""
    if letter.delivered_on and letter.due_on:
        delivered = (
            f" Văn bản được giao ngày {written_day(letter.delivered_on)}; thời hạn đến hết ngày "
            f"{written_day(letter.due_on)}."
        )
    return text(f"{days}, đề nghị thực hiện hoặc gửi ý kiến.{delivered} {STILL}")


def _objecting(notice: Notice, letter: Letter, issuer: Issuer) -> Part:
    ways = ["bằng phiếu kèm theo"] if letter.token else []
    if letter.ward and notice.kind == "venues" and issuer.key != "ward_committee":
        ways.append(f"qua Ủy ban nhân dân phường {letter.ward}")
    ways.append(f"{'hoặc ' if ways else ''}bằng văn bản đến {issuer.name}")
    correction, complaint = (legal_base(key, notice.made_on) for key in ("correction", "complaint"))
    said = [f"Gửi ý kiến {', '.join(ways)}.", DECIDED]
    said += [MENDED.format(basis=correction)] if correction else []
    said += [f"Quyền khiếu nại theo {complaint} không thay đổi."] if complaint else []
    return text(" ".join(said))


def _recipients(letter: Letter, issuer: Issuer) -> list[str]:
    ward = f"Ủy ban nhân dân phường {letter.ward}"
    others = [ward] if letter.ward and ward not in (_name(letter), issuer.name) else []
    return ["Như trên", *others, f"Lưu: VT, {issuer.code}"]


def _slip(notice: Notice, letter: Letter, token: str) -> Part:
    way = f"{notice.site}/phieu/"
    due = f" (đến hết ngày {written_day(letter.due_on)})" if letter.due_on else ""
    drawn = symbol(way + token, levels=PAPER_LEVELS, smallest=None)
    return {
        "name": breakable(letter.name),
        "place": _place(letter),
        "address": [way.split("://", 1)[-1], token],
        "until": f"Thời hạn: {notice.notice_days:02d} ngày làm việc kể từ ngày nhận được{due}.",
        "code": {"svg": svg(drawn), "alt": "Mã QR mở hồ sơ của cơ sở"},
    }
