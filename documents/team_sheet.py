"""The sheet that a team takes along: a map with numbered stops, each stop with why, what to check, and room to write.

It is read at a door and printed in black: numbers and not colours tell the stops, a full mark the first half-day and an
empty one the second. The layout is templates/team_sheet.typ.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from data.queries.plans import Stop
from data.queries.team_sheet import SheetVenue, TeamSheet
from data.reference.streets import street_lines
from data.texts.catalogue import day as written_day
from data.texts.catalogue import number, t
from documents import wording
from documents.typesetting import breakable, typeset

MAP_MM = (180.0, 92.0)
_MARGIN_MM = 8.0
_LEAST_METRES = 500.0
_DEGREE = 111_320.0
MOST_VENUES = 40
"""Of a stop: a market's other stalls are counted, not listed."""
MOST_REASONS = 3
TRAVEL = {"foot": "đi bộ", "motorbike": "xe máy"}
HALVES = ("Buổi thứ nhất", "Buổi thứ hai", "Buổi thứ ba", "Buổi thứ tư")
RESULTS = ("Tuân thủ", "Tạo mã tại chỗ", "Một phần", "Chưa tuân thủ", "Đóng cửa", "Không hợp tác", "Không tìm thấy")
KINDS = {"guidance": "Hướng dẫn", "inspection": "Kiểm tra"}
CHECKS = (
    "Mã QR địa điểm in không nhỏ hơn 15 × 15 cm, treo ở lối vào, quét được; mã đúng tên và địa chỉ của địa điểm.",
    "Mọi người đến đều quét; người không có điện thoại thông minh được quét mã trên căn cước hoặc thẻ bảo hiểm y tế.",
    "Một phần: có mã nhưng nhỏ quá hoặc chưa treo. Chưa tuân thủ: chụp ảnh. Ghi lời của người được kiểm tra.",
)
WITHOUT_QR = "Chưa có mã: hướng dẫn tạo ngay bằng một trong bốn ứng dụng."
NOT_SCANNING = "Có mã, không có lượt quét: mã treo ở đâu, khách vào có quét không."
SCANNING = "Có mã, có lượt quét: mã còn treo và quét được không."
FOR_SHOW = "Nghi quét lấy lệ: ai quét, vào lúc nào."
SUSPENDED = "Đang tạm dừng: có dừng đúng như yêu cầu không, đã tạo mã chưa."
DRAWN = "Chọn ngẫu nhiên."
NOTE = "Ghi chép"

Point = tuple[float, float]


def team_sheet(sheets: Sequence[TeamSheet]) -> bytes:
    """A PDF with the sheets of one plan, one team after the other, each from a page of its own."""
    plan = sheets[0].plan
    title = f"Phiếu đi tuyến ngày {written_day(plan.day)}"
    data = {
        "title": title,
        "author": wording.issuer_or_blank("culture_centre", plan.day).name,
        "demo": wording.DEMO if sheets[0].is_demo else None,
        "map_mm": MAP_MM,
        "results": RESULTS,
        "checks_heading": "Cần kiểm tra ở mỗi nơi",
        "checks": CHECKS,
        "note": NOTE,
        "teams": [_team(sheet) for sheet in sheets],
    }
    return typeset("team_sheet.typ", data, plan.day)


def _team(sheet: TeamSheet) -> dict[str, Any]:
    plan, team = sheet.plan, sheet.team
    own = f"Tổ {team.number}"
    halves, marks, last = [], [], 0
    for shift, group in groupby(sheet.stops, key=lambda each: each[0].shift or 0):
        stops = list(group)
        begins, ends = team.shifts[shift]
        rows = [_stop(place, stop, venues) for place, (stop, venues) in enumerate(stops, last + 1)]
        halves.append({"heading": f"{HALVES[shift]}: {begins:%H:%M}–{ends:%H:%M}", "rows": rows})
        marks.append([(stop.lon, stop.lat) for stop, _ in stops])
        last += len(stops)
    visits = sum(len(venues) for _, venues in sheet.stops)
    way = "theo đường phố" if plan.solved.get("distances") == "streets" else "theo đường chim bay × 1,35"
    return {
        "heading": own if team.name == own else f"{own}. {team.name}",
        "subject": plan.title,
        "facts": [
            f"{number(last)} điểm dừng, {number(visits)} địa điểm; {TRAVEL[team.travel]}; giờ đến tính {way}.",
            *([f"Thành viên: {', '.join(sheet.members)}."] if sheet.members else []),
        ],
        "alt": f"Bản đồ các điểm dừng của {team.name}",
        "map": _map((team.lon, team.lat), marks, sheet.wards),
        "halves": halves,
        "made": f"Kế hoạch số {plan.id}, bản {plan.version}",
    }


def _stop(place: int, stop: Stop, venues: Sequence[SheetVenue]) -> dict[str, Any]:
    listed = venues[:MOST_VENUES]
    hours = [f"mở từ {stop.opens:%H:%M}" if stop.opens else "", f"đóng lúc {stop.closes:%H:%M}" if stop.closes else ""]
    return {
        "number": str(place),
        "arrives": f"{stop.arrives:%H:%M}" if stop.arrives else "",
        "minutes": f"{stop.minutes} phút",
        "hours": ", ".join(filter(None, hours)),
        "venues": [_venue(venue, stop.ward) for venue in listed],
        "others": f"và {number(len(venues) - len(listed))} địa điểm khác cùng nơi" if len(venues) > len(listed) else "",
    }


def _venue(venue: SheetVenue, ward: str | None) -> dict[str, str]:
    where = ", ".join(filter(None, [venue.address or wording.NO_ADDRESS, f"phường {ward}" if ward else ""]))
    status = t(f"status.{venue.status}") if venue.status else "Đã đóng"
    reminded = f"; {venue.counted_reminders} lần nhắc nhở" if venue.counted_reminders else ""
    last = f", gần nhất {written_day(venue.last_reminder)}" if reminded and venue.last_reminder else ""
    return {
        "name": breakable(f"{venue.name} ({venue.code})"),
        "where": breakable(f"{where}. {venue.category}."),
        "why": f"{KINDS[venue.kind]}. {status}{reminded}{last}. {_reasons(venue)}".strip(),
        "check": " ".join(_checks(venue)),
    }


def _reasons(venue: SheetVenue) -> str:
    """The parts of the number that weigh most, each with its points."""
    parts = [
        f"{t('priority.part.' + reason['part']).lower()} {number(float(reason['points']), digits=1)}"
        for reason in venue.reasons[:MOST_REASONS]
    ]
    return " ".join(filter(None, [f"Điểm: {'; '.join(parts)}." if parts else "", DRAWN if venue.drawn else ""]))


def _checks(venue: SheetVenue) -> Iterator[str]:
    if venue.status == "suspended":
        yield SUSPENDED
    elif not venue.has_qr:
        yield WITHOUT_QR
    else:
        yield SCANNING if venue.status == "scanning" else NOT_SCANNING
    if any(reason["part"] == "token" for reason in venue.reasons):
        yield FOR_SHOW


def _map(start: Point, halves: list[list[tuple[float | None, float | None]]], wards: Iterable[Any]) -> dict[str, Any]:
    """Places in millimetres from the map's upper left: outlines, streets, the ways of the half-days and their stops."""
    ways = [[(lon, lat) for lon, lat in half if lon is not None and lat is not None] for half in halves]
    to_mm, metres_a_mm = _projection([start, *(point for way in ways for point in way)])
    streets = (feature["geometry"] for feature in street_lines()["features"])
    return {
        "start": to_mm(start),
        "ways": [[to_mm(point) for point in [start, *way, start]] for way in ways],
        "stops": [[to_mm(point) for point in way] for way in ways],
        "streets": [[to_mm(point) for point in line] for geometry in streets for line in _lines(geometry)],
        "wards": [[to_mm(point) for point in line] for _, geometry in wards for line in _lines(geometry)],
        "scale": _scale(metres_a_mm),
    }


def _projection(points: Sequence[Point]) -> tuple[Any, float]:
    """From degrees to the map's millimetres, so that all ``points`` are within its margin; metres of a millimetre."""
    lons, lats = zip(*points, strict=True)
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    across = _DEGREE * math.cos(math.radians(lat))
    wide = max((max(lons) - min(lons)) * across, _LEAST_METRES) / (MAP_MM[0] - 2 * _MARGIN_MM)
    high = max((max(lats) - min(lats)) * _DEGREE, _LEAST_METRES / 2) / (MAP_MM[1] - 2 * _MARGIN_MM)
    metres = max(wide, high)

    def to_mm(point: Sequence[float]) -> Point:
        x, y = (point[0] - lon) * across / metres, (lat - point[1]) * _DEGREE / metres
        return round(MAP_MM[0] / 2 + x, 2), round(MAP_MM[1] / 2 + y, 2)

    return to_mm, metres


def _scale(metres_a_mm: float) -> dict[str, Any]:
    """A bar of a round length, some 30 mm."""
    metres = next((m for m in (50, 100, 200, 500, 1000, 2000) if m / metres_a_mm >= 20), 5000)
    label = f"{number(metres)} m" if metres < 1000 else f"{number(metres // 1000)} km"
    return {"mm": round(metres / metres_a_mm, 2), "label": label}


def _lines(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """The lines and rings of a geometry of GeoJSON."""
    coordinates = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            yield coordinates
        case "MultiLineString" | "Polygon":
            yield from coordinates
        case "MultiPolygon":
            yield from (ring for polygon in coordinates for ring in polygon)
