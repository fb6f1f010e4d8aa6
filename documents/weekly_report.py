"""A ward's weekly report to the Command, as the order asks for it (2962/UBND-VHTT, 27/9/2021), laid out by Nghị định
30/2020/NĐ-CP: the figures of the rule, and what the ward writes beside them.

A pure function of the report's figures and texts; once sent, both are frozen.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from data.queries.paper_map import PaperMap
from data.reference.issuing import recipients_on
from documents import wording
from documents.case_papers import Format, Layout, base, filled, heading, text
from documents.letterheads import letterhead
from documents.official_docx import paper_docx
from documents.pictures import Picture
from documents.report_parts import (
    Figures,
    Part,
    as_day,
    changes,
    drawn_map,
    givers,
    in_one_line,
    lacks,
    lines,
    monitored,
    rule_sentence,
    span_of,
    statuses,
    streets,
    trend,
    written,
    written_part,
)
from documents.typesetting import STANDARDS_TO_KEEP, typeset

DRAFT = "DỰ THẢO: số liệu thay đổi theo dữ liệu cho đến khi gửi."


@dataclass(frozen=True)
class Frozen:
    """What a version bears: its number, hash, who sent it on which day, and why the one before was not right."""

    number: int
    sha256: str
    sent_by: str
    sent_on: dt.date
    why: str = ""

    @property
    def sentences(self) -> list[str]:
        """What its last lines say."""
        replaced = f" Bản này thay bản {self.number - 1}. Lý do: {self.why}" if self.number > 1 else ""
        return [
            f"Bản {self.number}, {self.sent_by} gửi ngày {self.sent_on:%d/%m/%Y}.{replaced}",
            f"Mã kiểm tra (SHA-256): {' '.join(self.sha256[at : at + 8] for at in range(0, 64, 8))}",
        ]


@dataclass(frozen=True)
class Illustrated:
    """The pictures of a report, made once for all its formats."""

    trend: Picture
    map: Picture


def illustrated(figures: Figures, found: PaperMap) -> Illustrated:
    """Chart and map of a ward's report.

    Raises
    ------
    documents.pictures.BlankPicture
    """
    ward = figures["ward"]
    title = f"Bản đồ địa điểm theo tình trạng, phường {ward['name']}, ngày {written(figures['to'])}"
    return Illustrated(trend(figures), drawn_map(found, title, ward_code=ward["code"], is_demo=figures["is_demo"]))


def weekly_report(
    figures: Figures, texts: Mapping[str, str], pictures: Illustrated, frozen: Frozen | None, fmt: Format
) -> bytes:
    """The report as PDF (PDF/UA-1, PDF/A-2a) or as a Word document.

    Parameters
    ----------
    figures : of ``report_figures()``
    texts : ``difficulties``, ``proposals``, ``note``; what is missing is empty
    frozen : None: it is a draft, and says so
    """
    ward, day = figures["ward"]["name"], as_day(figures["to"])
    body = wording.issuer_or_blank("ward_committee", day, ward)
    command = wording.issuer_or_blank("command", day)
    layout = Layout(
        f"Báo cáo tuần {_week(figures)} phường {ward}",
        letterhead(body, f"BC-{body.code}", day=frozen.sent_on if frozen else None),
        _parts(figures, texts, pictures, frozen),
        kind="BÁO CÁO",
        subject=f"Kết quả tạo mã và quét mã QR địa điểm tuần {_week(figures)} ({in_one_line(span_of(figures))})",
        to=[command.name or wording.BLANK, "Phòng Văn hóa và Thông tin"],
        closing={
            "recipients": wording.with_stops(recipients_on("weekly_report", day, code=body.code)),
            "signatory": wording.signatory(body),
        },
    )
    return set_report(layout, figures, [pictures.trend, pictures.map], frozen, fmt)


def set_report(layout: Layout, figures: Figures, pictures: list[Picture], frozen: Frozen | None, fmt: Format) -> bytes:
    """The layout of a report as a file; ``pictures`` in the order of their numbers."""
    day = as_day(figures["to"])
    marks = [] if frozen else [DRAFT]
    marks += [wording.DEMO_NOTE] if figures["is_demo"] else []
    said = filled(layout, " ".join(marks))
    demo = wording.DEMO if figures["is_demo"] else None
    author = " ".join(layout.letterhead["body"])
    if fmt == "docx":
        return paper_docx(
            said, day, title=layout.title, author=author, demo=demo, pictures=[one.png for one in pictures]
        )
    about = {"title": layout.title, "author": author, "demo": demo}
    return typeset("case_paper.typ", about | said, day, standards=STANDARDS_TO_KEEP)


def _week(figures: Figures) -> str:
    """ "47/2021" of "2021-W47"."""
    year, _, week = str(figures["week"]).partition("-W")
    return f"{week}/{year}"


def _parts(figures: Figures, texts: Mapping[str, str], pictures: Illustrated, frozen: Frozen | None) -> list[Part]:
    units = lines("Đơn vị quản lý", figures["units"])
    note = texts.get("note", "").strip()
    return [
        base(f"Thực hiện {wording.ORDER}."),
        text(rule_sentence(figures)),
        heading("1. Số liệu của tài khoản giám sát"),
        *monitored(figures),
        heading("2. Tình trạng các địa điểm"),
        *statuses(figures),
        pictures.trend.part(0),
        heading("3. Nhắc nhở, kiểm tra trong kỳ"),
        *changes(figures),
        *givers(figures),
        heading("4. Theo loại hình"),
        *(lines("Loại hình", figures["categories"]) or [text("Không có địa điểm nào.")]),
        *([heading("Theo đơn vị quản lý"), *units] if units else []),
        heading("5. Tuyến đường, phố cần tập trung"),
        *streets(figures),
        pictures.map.part(1),
        heading("6. Số liệu còn thiếu"),
        *lacks(figures),
        *written_part("7. Khó khăn, vướng mắc", texts.get("difficulties", "")),
        *written_part("8. Đề xuất, kiến nghị", texts.get("proposals", "")),
        *(written_part("9. Nội dung khác", note) if note else []),
        *(text(sentence) for sentence in (frozen.sentences if frozen else [])),
        text(f"Trên đây là báo cáo kết quả tuần {_week(figures)}."),
    ]
