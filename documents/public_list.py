"""A published list as a paper, and the paper of what was corrected in it or taken back, in the same form.

Each says which sealed version it is, until when it holds, and how that is verified. The signature of the log is no
signature of the office: these are no electronic originals (Nghị định 30/2020/NĐ-CP, art. 5). An entry that was taken
back is named by its place and address alone: it no longer stands.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from data.queries.publication_letters import Mend, PublicPaper, PublicRow
from data.reference.issuing import legal_base, portal_on
from data.texts.catalogue import day as written_day
from data.texts.catalogue import moment, number
from documents import wording
from documents.letterheads import letterhead, publisher
from documents.notice import FIGURES, REASONS, body_name
from documents.poster import PAPER_LEVELS, svg, symbol
from documents.typesetting import MAY_BREAK, STANDARDS_TO_KEEP, breakable, typeset
from proof.merkle import groups
from proof.pdf_fields import with_fields

COLUMNS = ("TT", "Tên cơ sở", "Địa chỉ", "Nội dung", "Ngày nhắc nhở")
WIDTHS = (12, 45, 42, 42, 24)
BODY_COLUMNS = ("TT", "Cơ quan, đơn vị", "Nội dung")
BODY_WIDTHS = (12, 60, 93)
MEND_COLUMNS = ("TT", "Mục", "Nay sửa thành", "Lý do")
MEND_WIDTHS = (12, 45, 63, 45)
STATES = {"pending": "Đang xác minh việc đã thực hiện.", "contested": "Đang xem xét ý kiến không đồng ý."}
FIELDS = {"name": "Tên", "address": "Địa chỉ", "ward": "Phường", "what": "Nội dung"}
UNVERIFIED = "Lời của bên được nêu (chưa được kiểm chứng): «{words}»"
MOVED = "Thay đổi phường"
TAKEN_BACK = "Rút khỏi danh sách; mục này không còn được công khai."
VERIFY = "/cong-khai/kiem-tra"
PAGE = "/cong-khai"
LIMITS = (
    "Chữ ký của hệ thống cho biết bản kê từ đâu và không bị sửa, không thay chữ ký số của cơ quan: bản in này không "
    "phải bản gốc điện tử."
)
LEGEND = "Mỗi mục có một mã riêng, ghi dưới tên; mở mã đó trên trang công khai sẽ biết mục còn được nêu hay không."
LEFT = "Bản kê đã niêm phong còn {count} mục nay không được nêu nữa, nên không in ở đây."
PRIVACY = "Danh sách không nêu tên chủ, số điện thoại và giấy tờ tùy thân của cá nhân"
Part = dict[str, Any]


@dataclass(frozen=True)
class _Said:
    """What tells the list and the paper of its mends apart."""

    subject: str
    statements: Sequence[str]
    columns: Sequence[str]
    widths: Sequence[int]
    sections: Sequence[Part]
    bases: Sequence[str]


def public_list(paper: PublicPaper) -> bytes:
    """The list as PDF/UA-1 and PDF/A-2a, by ward, in the order in which it is sealed;
    a field is for the office's token.

    Raises
    ------
    NoIssuer
        Nobody is entered who may bear it on its day.
    """
    is_venues = paper.kind == "venues"
    said = _Said(
        f"{_subject(paper)}, tính đến hết ngày {written_day(paper.day)}",
        [_count(paper), *([LEGEND] if paper.rows else []), *_left(paper)],
        COLUMNS if is_venues else BODY_COLUMNS,
        WIDTHS if is_venues else BODY_WIDTHS,
        list(_sections(paper, is_venues=is_venues)),
        ["order", "access"],
    )
    return _set(paper, said)


def mended(paper: PublicPaper, mends: Sequence[Mend], *, why_all: str = "") -> bytes:
    """What was corrected in the list, or taken back, as a paper of the list's own form.

    ``why_all``: why the list as a whole was taken back; "": it stands.

    Raises
    ------
    NoIssuer
    """
    kind = "Đính chính" if not why_all and all(each.is_correction for each in mends) else "Đính chính, rút"
    statements = [f"Thu hồi toàn bộ danh sách. Lý do: {why_all.rstrip('.')}."] if why_all else []
    statements.append(f"Danh sách đã công khai nêu trên, bản thứ {paper.version}, nay sửa như sau:" if mends else "")
    said = _Said(
        f"{'Thu hồi' if why_all else kind}: {_subject(paper)}, tính đến hết ngày {written_day(paper.day)}",
        [words for words in statements if words],
        MEND_COLUMNS,
        MEND_WIDTHS,
        [{"heading": "", "rows": [_mend(place, each) for place, each in enumerate(mends, 1)]}] if mends else [],
        ["order", "correction"],
    )
    return _set(paper, said)


def _subject(paper: PublicPaper) -> str:
    """The title below the word "DANH SÁCH", which it need not repeat."""
    subject = paper.title.removeprefix("Danh sách ")
    return subject[:1].upper() + subject[1:]


def _set(paper: PublicPaper, said: _Said) -> bytes:
    issuer = publisher(paper.made_on, paper.wards)
    bases = [f"Căn cứ {cited}" for key in said.bases if (cited := legal_base(key, paper.made_on))]
    day = written_day(paper.day)
    bases.append(f"Căn cứ kết quả theo dõi việc tạo mã, quét mã QR và nhắc nhở, số liệu đến hết ngày {day}")
    data = {
        "title": f"Danh sách: {said.subject}",
        "author": issuer.name,
        "demo": wording.DEMO if paper.is_demo else None,
        "mark": wording.DEMO_NOTE if paper.is_demo else None,
        "letterhead": letterhead(issuer, f"DS-{issuer.code}", number=paper.number, day=paper.signed_on),
        "blanks": {
            "is_numbered": bool(paper.number),
            "is_dated": paper.signed_on is not None,
            "abbreviation": f"DS-{issuer.code}",
            "place": issuer.place,
            "year": str(paper.made_on.year),
        },
        "kind": wording.KIND,
        "subject": said.subject,
        "bases": wording.with_stops(bases),
        "statements": said.statements,
        "columns": said.columns,
        "widths": said.widths,
        "sections": said.sections,
        "after": [_objecting(paper, issuer.name), _privacy(paper.made_on)],
        "proof": _proof(paper),
        "closing": {
            "recipients": wording.with_stops(_recipients(paper.made_on, paper.wards, issuer.code)),
            "signatory": wording.signatory(issuer),
        },
    }
    return with_fields(typeset("public_list.typ", data, paper.made_on, standards=STANDARDS_TO_KEEP))


def _count(paper: PublicPaper) -> str:
    what = "cơ sở" if paper.kind == "venues" else "đơn vị"
    if not paper.rows:
        return f"Không có {what} nào được nêu tính đến hết ngày {written_day(paper.day)}."
    return f"Danh sách nêu {number(len(paper.rows))} {what} {paper.word}, tính đến hết ngày {written_day(paper.day)}."


def _left(paper: PublicPaper) -> list[str]:
    gone = paper.sealed - len(paper.rows)
    return [LEFT.format(count=number(gone))] if gone else []


def _sections(paper: PublicPaper, *, is_venues: bool) -> Iterable[Part]:
    """By ward as the rows come; of bodies one table. Numbers run through the whole list."""
    place = 1
    for ward, group in groupby(paper.rows, key=lambda row: row.ward if is_venues else ""):
        rows = list(group)
        heading = f"{wording.ward_name(ward or None)}: {number(len(rows))} cơ sở" if is_venues else ""
        yield {
            "heading": heading,
            "rows": [_cells(row, place + at, is_venues=is_venues) for at, row in enumerate(rows)],
        }
        place += len(rows)


def _cells(row: PublicRow, place: int, *, is_venues: bool) -> list[str]:
    notes = [what_of(row), STATES.get(row.state, "")]
    notes += [f"Đã đính chính ngày {_day(row.corrected_on)}."] if row.corrected_on else []
    notes += [UNVERIFIED.format(words=breakable(row.answer))] if row.answer else []
    what = "\n".join(filter(None, notes))
    name = f"{breakable(body_name(row.what, row.name))}\n{_code(row.slug)}"
    if not is_venues:
        return [number(place), name, what]
    days = "\n".join(map(_day, row.reminder_days))
    return [number(place), name, breakable(row.address or wording.NO_ADDRESS), what, days]


def what_of(row: PublicRow) -> str:
    """What a venue did not do; what a body did, figure by figure."""
    if row.figures:
        return "\n".join(f"{FIGURES.get(each.what, each.what)}: {each.value}" for each in row.figures)
    return REASONS.get(row.what, row.what)


def _code(slug: str) -> str:
    """The entry's address, which may be broken in its middle."""
    return f"{slug[:8]}{MAY_BREAK}{slug[8:]}"


def _day(iso: str) -> str:
    return written_day(dt.date.fromisoformat(iso))


def _mend(place: int, mend: Mend) -> list[str]:
    where = f"Mục {number(mend.position)}\n{_code(mend.slug)}"
    why = f"{breakable(mend.why) or MOVED} (ngày {written_day(mend.on)})"
    if not mend.is_correction:
        return [number(place), where, TAKEN_BACK, why]
    fields = [f"{FIELDS[field]}: {breakable(REASONS.get(value, value))}" for field, value in mend.fields]
    return [number(place), f"{where}\n{breakable(mend.name)}", "\n".join(fields), why]


def _objecting(paper: PublicPaper, issuer: str) -> str:
    basis = legal_base("correction", paper.made_on)
    ground = f" ({basis})" if basis else ""
    return (
        "Bên được nêu không đồng ý hoặc đã thực hiện gửi ý kiến bằng phiếu đã nhận, qua Ủy ban nhân dân phường hoặc "
        f"đến {issuer}; yêu cầu được trả lời trong 15 ngày{ground}. Ai đã thực hiện thì được đưa ra khỏi trang công "
        "khai ngay."
    )


def _privacy(day: dt.date) -> str:
    basis = legal_base("privacy", day)
    return f"{PRIVACY}, theo {basis}." if basis else f"{PRIVACY}."


def _proof(paper: PublicPaper) -> Part:
    address = f"{paper.site}{VERIFY}"
    short = paper.site.split("://", 1)[-1]
    digest = " ".join(paper.sha256[at : at + 8] for at in range(0, len(paper.sha256), 8))
    # The last day on which it holds: the paper says "after" it.
    last = paper.expires_on - dt.timedelta(1)
    lines = [
        ("Hết hiệu lực sau", f"ngày {written_day(last)}; bản mới nhất ở {short}{PAGE}"),
        ("Bản", f"thứ {paper.version} của danh sách số {paper.list_id}, niêm phong lúc {moment(paper.sealed_at)}"),
        ("SHA-256 của bản kê", digest),
        (f"Đầu nhật ký ({number(paper.log_size)} bản)", groups(bytes.fromhex(paper.root))),
        ("Khóa", paper.key_id),
        ("Kiểm tra", f"{short}{VERIFY}"),
    ]
    drawn = symbol(address, levels=PAPER_LEVELS, smallest=None)
    return {
        "heading": "Kiểm tra bản này",
        "lines": lines,
        "limits": LIMITS,
        "code": {"svg": svg(drawn), "alt": f"Mã QR mở trang kiểm tra: {address}"},
    }


def _recipients(day: dt.date, wards: Sequence[str], code: str) -> list[str]:
    several = len(set(wards)) != 1
    portal = portal_on(day, None if several else wards[0])
    district = wording.DISTRICT_RECIPIENTS if portal and portal == portal_on(day) else ()
    concerned = "Ủy ban nhân dân các phường" if several else f"Ủy ban nhân dân phường {wards[0]}"
    return [*district, concerned, *([portal.name] if portal else []), f"Lưu: VT, {code}"]
