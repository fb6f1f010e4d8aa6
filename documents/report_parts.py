"""What reports of wards and of the district say alike: tables, sentences and pictures of the figures.

The figures are those of ``data/sql/report_figures.sql``.

Numbers are written as in Vietnam; a change bears its sign, and "–" stands where nothing is known of the day before.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from data.queries.paper_map import PaperMap
from data.queries.personal_numbers import without_personal_numbers
from data.texts.catalogue import day, number, t
from data.vocabulary import BY_URGENCY
from documents.case_papers import heading, said, table, text
from documents.pictures import Picture, picture
from documents.typesetting import breakable
from layers import paper_charts
from layers.notes import Note
from layers.paper_map import BODY, Place, Point, Said, foot_lines, has_colour, paper_map_svg

Figures = Mapping[str, Any]
Part = dict[str, Any]
Line = Mapping[str, Any]
UNKNOWN = "–"
NOBODY = "Nguồn không ghi"
MOST_GIVERS = 15


def as_day(iso: str) -> dt.date:
    """A day of JSON."""
    return dt.date.fromisoformat(iso)


def written(iso: str) -> str:
    """A day of JSON as a paper writes it."""
    return day(as_day(iso))


def span_of(figures: Figures) -> str:
    """ "từ ngày 22/11/2021 đến ngày 28/11/2021"."""
    return f"từ ngày {written(figures['from'])} đến ngày {written(figures['to'])}"


def in_one_line(words: str) -> str:
    """The words with blanks where no line is broken."""
    return words.replace(" ", "\u00a0")


def changed(now: int, before: int | None) -> str:
    """What was gained: "+12", "-3", "0"; "–" where the day before is not known."""
    if before is None:
        return UNKNOWN
    return f"+{number(now - before)}" if now > before else number(now - before)


def counted(value: int | None) -> str:
    """A number, or "–"."""
    return UNKNOWN if value is None else number(value)


def numbers(columns: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]], named: int = 1) -> Part:
    """A table whose columns but the first ``named`` are numbers, set to the right."""
    return table(columns, widths, rows) | {"aligned": ["left"] * named + ["right"] * (len(columns) - named)}


def monitored(figures: Figures) -> list[Part]:
    """The two numbers of the monitoring account, with all venues."""
    rows = [
        [name, counted(now), counted(before), changed(now, before)]
        for name, (now, before) in (
            ("Tổng số địa điểm", figures["venues"]),
            ("Địa điểm đã tạo mã QR", figures["with_qr"]),
            ("Địa điểm có lượt quét mã", figures["with_scans"]),
        )
    ]
    return [numbers(("Chỉ tiêu", "Kỳ này", "Kỳ trước", "Tăng, giảm"), (80, 28, 28, 28), rows)]


def statuses(figures: Figures) -> list[Part]:
    """Each status with its change."""
    rows = [
        [t(f"status.{code}", "vi"), counted(now), counted(before), changed(now, before)]
        for code in BY_URGENCY
        for now, before in (figures["statuses"][code],)
    ]
    return [numbers(("Tình trạng", "Kỳ này", "Kỳ trước", "Tăng, giảm"), (80, 28, 28, 28), rows)]


def changes(figures: Figures) -> list[Part]:
    """Who was reached, and what changed."""
    reached, found, reminded = figures["reached"], figures["changes"], figures["reminders"]
    return [
        text(
            f"Trong kỳ đã nhắc nhở {number(reminded['total'])} lần, tại {number(reminded['venues'])} địa điểm: "
            f"{number(reminded['reasons']['no_qr'])} lần do chưa tạo mã QR, "
            f"{number(reminded['reasons']['not_scanning'])} lần do không có lượt quét."
        ),
        text(
            f"Trong {number(reached['without_qr'])} địa điểm chưa tạo mã QR, đã đến nhắc nhở hoặc làm việc với "
            f"{number(reached['reached'])} địa điểm."
        ),
        text(
            f"Địa điểm mới vi phạm: {number(found['newly_violating'])}; đã khắc phục: {number(found['solved'])}; "
            f"mới tạm dừng hoạt động: {number(found['newly_suspended'])}."
        ),
    ]


def givers(figures: Figures) -> list[Part]:
    """Reminders by who made them and for what; after the first ``MOST_GIVERS`` the others together."""
    found = figures["reminders"]["givers"]
    rest = found[MOST_GIVERS:]
    rows = [
        [
            breakable(without_personal_numbers(line["giver"])) or NOBODY,
            *map(number, (line["no_qr"], line["not_scanning"])),
        ]
        for line in found[:MOST_GIVERS]
    ]
    if rest:
        others = (sum(line[reason] for line in rest) for reason in ("no_qr", "not_scanning"))
        rows.append([f"{number(len(rest))} người, tổ khác", *map(number, others)])
    return [numbers(("Người nhắc nhở", "Chưa tạo mã QR", "Không có lượt quét"), (90, 37, 37), rows)] if rows else []


def lines(title: str, found: Sequence[Line], nameless: str = "") -> list[Part]:
    """Venues by category, managing body or ward; nothing where there are none."""
    rows = [
        [
            breakable(line["name"] or nameless),
            *(number(line[key]) for key in ("venues", "with_qr", "with_scans", "reminded", "violating", "suspended")),
        ]
        for line in found
    ]
    columns = (title, "Địa điểm", "Có mã QR", "Có quét mã", "Đã nhắc nhở", "Vi phạm", "Tạm dừng")
    return [numbers(columns, (54, 20, 18, 18, 19, 18, 18), rows)] if rows else []


def streets(figures: Figures) -> list[Part]:
    """The ten streets with most venues that violate."""
    names_ward = figures["kind"] == "district"
    rows = [
        [
            breakable(
                without_personal_numbers(", ".join(filter(None, (line["street"], line["ward"] if names_ward else ""))))
            ),
            *(number(line[key]) for key in ("venues", "violating", "reminded", "without_qr")),
        ]
        for line in figures["streets"]
    ]
    columns = ("Tuyến đường, phố", "Địa điểm", "Vi phạm", "Đã nhắc nhở", "Chưa có mã")
    return [numbers(columns, (74, 22, 22, 24, 22), rows)] if rows else [text("Không có tuyến nào có địa điểm vi phạm.")]


def lacks(figures: Figures) -> list[Part]:
    """What the data lack, and the notes on the days."""
    found = figures["lacks"]
    unknown = [written(each) for each in found["unknown_days"]]
    lacking = [
        f"Ngày chưa có số liệu lượt quét: {', '.join(unknown) if unknown else 'không'}; ngày ấy không bị tính là ngày "
        "không quét mã.",
        f"Địa điểm chưa định vị: {number(found['no_point'])}; chưa rõ tuyến đường, phố: {number(found['no_street'])}; "
        f"chưa xác định được phường: {number(found['no_ward'])}; tình trạng còn phải xác minh: "
        f"{number(found['doubted'])}.",
    ]
    notes = [
        text(f"Ghi chú {number_} ({note_days(one)}): {breakable(without_personal_numbers(one['text']))}")
        for number_, one in enumerate(figures["annotations"], start=1)
    ]
    return [*map(text, lacking), *notes]


def note_days(one: Mapping[str, str]) -> str:
    """The days of a note."""
    first, last = written(one["first"]), written(one["last"])
    return first if first == last else f"{first} – {last}"


def written_part(title: str, words: str, nothing: str = "Không có.") -> list[Part]:
    """A heading, and what somebody wrote below it."""
    return [heading(title), *(said(words) or [text(nothing)])]


def rule_sentence(figures: Figures) -> str:
    """Of which day the figures are, and by which threshold and window."""
    return (
        f"Số liệu tính đến hết ngày {written(figures['to'])}, so với ngày {written(figures['before'])}. Địa điểm vi "
        f"phạm là địa điểm đã được nhắc nhở từ {figures['threshold']} lần trở lên mà chưa tạo mã QR, hoặc đã tạo mã "
        f"nhưng không có lượt quét trong {figures['window']} ngày gần nhất có số liệu."
    )


def trend_svg(figures: Figures) -> str:
    """Venues by status over eight weeks, as a drawing."""
    series = figures["series"]
    first, last = as_day(series["first"]), as_day(series["last"])
    days = [first + dt.timedelta(days=index) for index in range((last - first).days + 1)]
    notes = [Note(as_day(one["first"]), as_day(one["last"]), one["text"]) for one in figures["annotations"]]
    unknown = [as_day(one) for one in figures["lacks"]["unknown_days"]]
    return paper_charts.status_area(days, series["statuses"], unknown, notes)


def trend(figures: Figures) -> Picture:
    """The same as a picture of a paper."""
    first, last = (as_day(figures["series"][edge]) for edge in ("first", "last"))
    now = ", ".join(f"{t(f'status.{code}', 'vi')} {number(figures['statuses'][code][0])}" for code in BY_URGENCY)
    return picture(
        trend_svg(figures),
        f"Biểu đồ số địa điểm theo tình trạng từ {day(first)} đến {day(last)}; ngày cuối: {now}.",
        last,
        caption=f"Số địa điểm theo tình trạng, từ {day(first)} đến {day(last)}",
        body=paper_charts.AREA_BODY,
        is_coloured=any(
            sum(counts) for code, counts in figures["series"]["statuses"].items() if code != "unregistered"
        ),
    )


def bars(title: str, found: Sequence[Mapping[str, Any]], made_on: dt.date) -> Picture:
    """Venues of each line, and how many of them violate."""
    rows = [(line["name"], line["venues"], line["violating"]) for line in found if line["name"]]
    return picture(
        paper_charts.bars(rows, ("Vi phạm", "Tất cả địa điểm")),
        f"{title}: " + "; ".join(f"{name} {number(part)} trên {number(whole)}" for name, whole, part in rows),
        made_on,
        caption=title,
        body=paper_charts.bars_body(len(rows)),
        is_coloured=any(part for _, _, part in rows),
    )


def drawn_map(found: PaperMap, title: str, *, ward_code: str | None, is_demo: bool) -> Picture:
    """The map of the day; of a ward, with its neighbours around it."""
    places = [Place(ward.name, ward.rings, ward.label, ward_code in (None, ward.code)) for ward in found.wards]
    points = [Point(mark.x, mark.y, mark.status, mark.venues) for mark in found.marks]
    approximate = any(ward.is_approximate for ward in found.wards)
    foot = Said(foot_lines(found.day, found.without_point, approximate, is_demo), found.grid_m)
    by_status = {code: sum(one.venues for one in found.marks if one.status == code) for code in BY_URGENCY}
    alt = "; ".join(f"{t(f'status.{code}', 'vi')}: {number(count)}" for code, count in by_status.items() if count)
    return picture(
        paper_map_svg(places, points, foot),
        f"{title}. {alt}",
        found.day,
        caption=title,
        body=BODY,
        is_coloured=has_colour(places, points, foot),
    )
