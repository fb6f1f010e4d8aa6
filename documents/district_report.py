"""The culture office's report of a period to the Command: the wards' reports gathered, and the figures of the district
(2962/UBND-VHTT, 27/9/2021), laid out by Nghị định 30/2020/NĐ-CP.

A pure function of the report's figures and texts; once sent, both are frozen.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.queries.paper_map import PaperMap
from data.reference.issuing import recipients_on
from data.texts.catalogue import day as day_of
from data.texts.catalogue import number
from documents import wording
from documents.case_papers import Format, Layout, base, heading, said, text
from documents.letterheads import letterhead
from documents.pictures import Picture
from documents.report_parts import (
    Figures,
    Part,
    as_day,
    bars,
    changes,
    drawn_map,
    givers,
    in_one_line,
    lacks,
    lines,
    monitored,
    numbers,
    rule_sentence,
    span_of,
    statuses,
    streets,
    trend,
    written,
    written_part,
)
from documents.typesetting import breakable
from documents.weekly_report import Frozen, set_report


@dataclass(frozen=True)
class Illustrated:
    """The pictures of the district's report, made once for all its formats."""

    trend: Picture
    wards: Picture
    map: Picture

    @property
    def all(self) -> list[Picture]:
        """In the order of their numbers."""
        return [self.trend, self.wards, self.map]


def illustrated(figures: Figures, found: PaperMap) -> Illustrated:
    """Charts and map of the district's report.

    Raises
    ------
    documents.pictures.BlankPicture
    """
    to = as_day(figures["to"])
    which = "vi phạm, tạm dừng" if found.grid_m else "theo tình trạng"  # squares are of these alone
    title = f"Bản đồ địa điểm {which} trong quận, ngày {day_of(to)}"
    return Illustrated(
        trend(figures),
        bars(f"Số địa điểm vi phạm theo phường, ngày {day_of(to)}", figures["wards"], to),
        drawn_map(found, title, ward_code=None, is_demo=figures["is_demo"]),
    )


def district_report(
    figures: Figures, texts: Mapping[str, str], pictures: Illustrated, frozen: Frozen | None, fmt: Format
) -> bytes:
    """The report as PDF (PDF/UA-1, PDF/A-2a) or as a Word document; parameters as of ``weekly_report``."""
    day = as_day(figures["to"])
    committee = wording.issuer_or_blank("district_committee", day)
    head = letterhead(committee, "BC-VHTT", day=frozen.sent_on if frozen else None)
    if committee is not wording.NOBODY:
        head |= {"parent": committee.body, "body": ("PHÒNG VĂN HÓA", "VÀ THÔNG TIN")}
    span = span_of(figures)
    layout = Layout(
        f"Báo cáo tổng hợp {span}",
        head,
        _parts(figures, texts, pictures, frozen),
        kind="BÁO CÁO",
        subject=f"Tổng hợp kết quả tạo mã và quét mã QR địa điểm ({in_one_line(span)})",
        to=[wording.issuer_or_blank("command", day).name or wording.BLANK],
        closing={
            "recipients": wording.with_stops(recipients_on("district_report", day)),
            "signatory": "TRƯỞNG PHÒNG",
        },
    )
    return set_report(layout, figures, pictures.all, frozen, fmt)


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
        heading("4. Theo phường"),
        *lines("Phường", figures["wards"], wording.NO_WARD),
        pictures.wards.part(1),
        heading("5. Theo loại hình"),
        *(lines("Loại hình", figures["categories"]) or [text("Không có địa điểm nào.")]),
        *([heading("Theo đơn vị quản lý"), *units] if units else []),
        heading("6. Tuyến đường, phố cần tập trung"),
        *streets(figures),
        pictures.map.part(2),
        heading("7. Báo cáo của các phường"),
        *_gathered(figures["reports"]),
        heading("8. Số liệu còn thiếu"),
        *lacks(figures),
        *_said_by_wards("9. Khó khăn, vướng mắc các phường nêu", figures["reports"], "difficulties"),
        *_said_by_wards("10. Đề xuất, kiến nghị của các phường", figures["reports"], "proposals"),
        *written_part("11. Nhận xét, khó khăn chung", texts.get("difficulties", "")),
        *written_part("12. Đề xuất, kiến nghị với Ban Chỉ đạo", texts.get("proposals", "")),
        *(written_part("13. Nội dung khác", note) if note else []),
        *(text(sentence) for sentence in (frozen.sentences if frozen else [])),
        text("Trên đây là báo cáo tổng hợp trong kỳ."),
    ]


def _gathered(found: list[dict[str, Any]]) -> list[Part]:
    """Who has sent what and when, in the numbers that the wards sent; and who has not."""
    sent = [one for one in found if one["version"] is not None]
    late = sum(one["is_late"] for one in sent)
    missing: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if one["version"] is None:
            missing[one["week"]].append(breakable(one["ward"]["name"]))
    rows = [
        [
            breakable(one["ward"]["name"]),
            written(one["week"]),
            _how_sent(one),
            *(number(one[key]) for key in ("venues", "with_qr", "with_scans", "violating")),
        ]
        for one in sent
    ]
    columns = ("Phường", "Tuần từ", "Đã gửi", "Địa điểm", "Có mã QR", "Có quét mã", "Vi phạm")
    summed = (
        f"Đã nhận {number(len(sent))} trên {number(len(found))} báo cáo tuần, trong đó {number(late)} báo cáo muộn."
    )
    return [
        text(summed),
        *([numbers(columns, (28, 23, 47, 16, 15, 18, 18), rows, named=3)] if rows else []),
        *(text(f"Tuần từ {written(week)}, chưa gửi: {', '.join(wards)}.") for week, wards in missing.items()),
    ]


def _how_sent(one: Mapping[str, Any]) -> str:
    how = [written(one["sent_on"])]
    how += ["muộn"] if one["is_late"] else []
    how += [f"bản {one['version']}"] if one["version"] > 1 else []
    return ", ".join(how)


def _said_by_wards(title: str, found: list[dict[str, Any]], key: str) -> list[Part]:
    """What the wards wrote, ward by ward."""
    by_ward: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if one[key].strip():
            by_ward[one["ward"]["name"]].append(one[key])
    parts = [heading(title)]
    for ward, words in by_ward.items():
        paragraphs = [part for each in words for part in said(each)]
        if paragraphs:
            paragraphs[0] = paragraphs[0] | {"kind": "article", "label": f"Phường {breakable(ward)}:"}
        parts += paragraphs
    return parts if by_ward else [*parts, text("Không có.")]
