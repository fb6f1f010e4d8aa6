"""What a person reads after a load: counts that add up, what was mended or doubtful, and where the rejects are."""

from typing import Any

from data.texts import day, moment, number
from etl.columns import KIND_TITLES
from etl.load import Outcome
from etl.table import SourceTable

SHOWN_REJECTS = 5
REMARKS = SourceTable.REMARKS | {
    "repeated_rows": "dòng lặp lại y hệt dòng trước trong tệp",
    "unknown_venue_codes": "mã địa điểm chưa có trong sổ địa điểm",
    "linked_rows": "dòng không có mã, được nối với địa điểm theo tên, địa chỉ",
    "pending_rows": "dòng chờ quyết định: chưa rõ là địa điểm nào trong sổ; xem trang Ghép địa điểm",
    "pending_mentions": "địa điểm mô tả trong các dòng đó cần người quyết định",
    "unmatched_wards": "địa điểm không khớp phường nào",
    "unknown_categories": "loại hình chưa biết, xếp vào «khác»",
    "wards_by_point": "địa điểm được xếp phường theo tọa độ",
    "outside_ward": "địa điểm có tọa độ nằm ngoài phường ghi trong nguồn (quá 300 m)",
    "removed_rows": "dòng của lần nạp trước không còn trong tệp, đã bỏ",
    "kept_rows": "dòng giữ nguyên như lần nạp trước, vì dòng mới của chúng bị loại",
    "rejects_of_no_venue": "dòng bị loại không rõ địa điểm nào; nếu chúng thay cho dòng đã bỏ thì sửa rồi nạp lại",
    "venues_no_longer_listed": "địa điểm của lần nạp trước không còn trong tệp (vẫn giữ lại)",
    "covered_days_to_come": "ngày trong tiêu đề chưa tới, không tính là đã có số liệu",
    "merged_outlines": "mảnh ranh giới gộp vào phường của chúng",
    "outlines_made_valid": "ranh giới tự cắt đã được sửa",
    "overlaps_removed": "chỗ hai phường chồng nhau đã được bỏ",
    "gaps_filled_m2": "m² khe hở giữa các phường đã được lấp",
    "venues_moved": "địa điểm đổi phường theo ranh giới mới",
}
_POINTS = {
    "points_given": "đúng",
    "points_swapped": "đảo kinh độ và vĩ độ",
    "points_projected": "tính bằng mét",
    "points_unusable": "không dùng được",
    "points_none": "không có",
}


def report(outcome: Outcome) -> list[str]:
    """Lines on one file."""
    head = f"{outcome.path.name}: {KIND_TITLES[outcome.kind]}"
    if outcome.loaded_before:
        return [
            head,
            f"  Tệp này đã được nạp (lần nạp số {outcome.load_id}, ngày {moment(outcome.loaded_before)}), "
            "không có gì thay đổi.",
        ]
    changes = outcome.changes
    which = "chạy thử, không lưu gì" if outcome.dry_run else f"lần nạp số {outcome.load_id}"
    until = f", số liệu đến ngày {day(outcome.as_of)}" if outcome.as_of else ""
    lines = [
        f"{head} ({which}{until})",
        f"  Đọc {number(outcome.rows_read)} dòng = nhận {number(outcome.accepted)} (mới {number(changes.new)}, "
        f"sửa {number(changes.changed)}, không đổi {number(outcome.unchanged)}{_waiting(outcome.remarks)})"
        f" + loại {number(len(outcome.rejects))}",
    ]
    if changes.supersedes:
        lines.append(f"  Là bản sửa của lần nạp số {changes.supersedes}, thay cho lần nạp đó.")
    lines += [f"  {line}" for line in (*remark_lines(outcome.remarks), *outcome.sentences)]
    lines += _rejects(outcome)
    return lines


def _waiting(remarks: dict[str, Any]) -> str:
    return f", chờ quyết định {number(remarks['pending_rows'])}" if remarks.get("pending_rows") else ""


def remark_lines(remarks: dict[str, Any]) -> list[str]:
    """What was mended, left out or doubtful, a line each."""
    lines = []
    points = [f"{word} {number(remarks[name])}" for name, word in _POINTS.items() if remarks.get(name)]
    if points:
        lines.append("Tọa độ: " + ", ".join(points))
    lines += [f"{number(remarks[name])} {text}" for name, text in REMARKS.items() if remarks.get(name)]
    return lines


def _rejects(outcome: Outcome) -> list[str]:
    if not outcome.rejects:
        return []
    lines = [f"  Lỗi: {reject.message}" for reject in outcome.rejects[:SHOWN_REJECTS]]
    more = len(outcome.rejects) - SHOWN_REJECTS
    if more > 0:
        lines.append(f"  … và {number(more)} dòng khác")
    if outcome.rejects_file:
        lines.append(f"  Sửa các dòng bị loại trong tệp này rồi nạp lại: {outcome.rejects_file}")
    return lines
