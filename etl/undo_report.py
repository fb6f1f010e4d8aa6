"""What a person reads before, or after, a load is taken back."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from data.texts import moment, number, t
from etl.columns import KIND_TITLES
from etl.undo import LaterLoad, UndoReport

SHOWN_LATER = 20
_TABLES = {
    "ward": "phường",
    "venue": "địa điểm",
    "registration": "đăng ký mã QR",
    "scan_count": "số lượt quét theo ngày",
    "reminder": "lần nhắc nhở",
    "suspension": "lần tạm dừng",
}
_COUNTS = {"accepted": "nhận", "rejected": "loại", "changed": "mới hoặc sửa"}


def as_json(report: UndoReport) -> dict[str, Any]:
    """The report as plain values, with its ``sentences``, and without those on statuses as ``effects``."""
    return asdict(report) | {"sentences": sentences(report), "effects": effects(report)}


def sentences(report: UndoReport) -> list[str]:
    """The report in Vietnamese, a line each."""
    return [*effects(report), *_status_lines(report)]


def effects(report: UndoReport) -> list[str]:
    """What becomes of the load's rows and of later loads, a line each; the first says which load it is."""
    when = moment(dt.datetime.fromisoformat(report.finished_at))
    who = f", người nạp: {report.loaded_by}" if report.loaded_by else ""
    will = "Sẽ lấy lại" if report.dry_run else "Đã lấy lại"
    lines = [
        f"{will} lần nạp số {report.load}: «{report.file_name}» ({KIND_TITLES[report.kind]}), nạp lúc {when}{who}.",
        *(line for name, counts in report.rows.items() for line in _row_lines(name, counts)),
    ]
    if not report.rows:
        lines.append("Lần nạp này không còn thay đổi nào trong cơ sở dữ liệu.")
    return [*lines, *_later_lines(report)]


def _row_lines(name: str, counts: dict[str, int]) -> list[str]:
    what = _TABLES.get(name, name)
    words = {"added": "đã thêm, bị bỏ đi", "changed": "đã sửa, trở lại như trước", "removed": "đã bỏ, có lại"}
    return [f"{number(counts[key])} {what} {text}" for key, text in words.items() if counts[key]]


def _later_lines(report: UndoReport) -> list[str]:
    if not report.reloaded:
        return ["Không có lần nạp nào sau đó."]
    verb = "sẽ được nạp lại" if report.dry_run else "đã được nạp lại"
    head = f"{number(report.reloaded)} lần nạp sau đó {verb} từ tệp đã lưu"
    if not report.later:
        return [f"{head}, kết quả không đổi."]
    lines = [f"{head}; {number(len(report.later))} lần có kết quả khác:"]
    lines += [f"  {_later_line(load)}" for load in report.later[:SHOWN_LATER]]
    more = len(report.later) - SHOWN_LATER
    return [*lines, f"  … và {number(more)} lần khác"] if more > 0 else lines


def _later_line(load: LaterLoad) -> str:
    name = f"số {load.load} «{load.file_name}»"
    if load.after is None:
        return f"{name} cũng bị lấy lại: {load.why}"
    pairs = [
        f"{text} {number(load.before[key])} → {number(load.after[key])}"
        for key, text in _COUNTS.items()
        if load.before[key] != load.after[key]
    ]
    return f"{name}: {', '.join(pairs)}"


def _status_lines(report: UndoReport) -> list[str]:
    changed = report.statuses["changed"]
    if not changed:
        return ["Không địa điểm nào đổi trạng thái hôm nay."]
    lines = ["Trạng thái hôm nay thay đổi:"]
    lines += [f"  {_status(row['before'])} → {_status(row['after'])}: {number(row['venues'])}" for row in changed]
    for key, text in (("violating", "Trở thành vi phạm"), ("no_longer_violating", "Thôi vi phạm")):
        if named := report.statuses[key]["venues"]:
            codes = ", ".join(venue["code"] for venue in named[:SHOWN_LATER])
            lines.append(f"{text} ({number(report.statuses[key]['count'])}): {codes}")
    return lines


def _status(code: str | None) -> str:
    return t(f"status.{code}", "vi").lower() if code else "không có"
