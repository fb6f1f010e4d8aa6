"""``python -m etl status``: what has been loaded and what is known."""

from data.database.connection import Connection
from data.queries.freshness import refusals
from data.texts.catalogue import day, moment, number
from etl.recognition.columns import KIND_TITLES

LAST_LOADS = 20


def overview(conn: Connection) -> list[str]:
    """Lines on the counts, files that could not be loaded, the newest load of each kind, and the last loads."""
    counts = conn.execute(
        """
        SELECT (SELECT count(*) FROM venue) AS venues,
               (SELECT count(*) FROM venue WHERE ward_id IS NULL) AS without_ward,
               (SELECT count(*) FROM venue WHERE geom IS NULL) AS without_point,
               (SELECT count(*) FROM registration) AS registrations,
               (SELECT count(*) FROM reminder) AS reminders,
               (SELECT count(*) FROM suspension) AS suspensions,
               (SELECT min(day) FROM scan_known_day) AS first_day, (SELECT max(day) FROM scan_known_day) AS last_day,
               (SELECT count(*) FROM scan_known_day) AS days,
               (SELECT count(*) FROM load) AS loads,
               (SELECT bool_or(is_demo) FROM load WHERE undone_at IS NULL) AS is_demo
        """
    ).fetchone()
    if counts is None or counts["loads"] == 0:
        return ["Chưa nạp tệp nào. Hãy nạp sổ địa điểm trước: python -m etl load TỆP", *_refused(conn)]
    lines = ["DỮ LIỆU MINH HỌA"] if counts["is_demo"] else []
    lines += [
        f"Địa điểm: {number(counts['venues'])} (không khớp phường: {number(counts['without_ward'])}, "
        f"chưa định vị: {number(counts['without_point'])})",
        f"Đăng ký mã QR: {number(counts['registrations'])}; nhắc nhở: {number(counts['reminders'])}; "
        f"tạm dừng: {number(counts['suspensions'])}",
    ]
    known = "chưa có"
    if counts["days"]:
        span = f"từ {day(counts['first_day'])} đến {day(counts['last_day'])}"
        known = f"{number(counts['days'])} ngày, {span}"
    lines.append(f"Lượt quét đã biết: {known}")
    return [*lines, *_refused(conn), "", *_newest(conn), "", *_last_loads(conn)]


def _refused(conn: Connection) -> list[str]:
    """Files of which nothing could be loaded, until their correction has come."""
    lines = [
        f"  {moment(refusal.refused_at)}, {refusal.file_name}"
        f"{f' ({KIND_TITLES[refusal.kind]})' if refusal.kind else ''}: {refusal.sentence}"
        for refusal in refusals(conn)
    ]
    return ["", "Tệp chưa nạp được (sửa rồi nạp lại với cùng tên):", *lines] if lines else []


def _newest(conn: Connection) -> list[str]:
    rows = conn.execute(
        "SELECT DISTINCT ON (kind) * FROM load WHERE undone_at IS NULL ORDER BY kind, id DESC"
    ).fetchall()
    newest = {row["kind"]: row for row in rows}
    lines = ["Lần nạp mới nhất của mỗi loại:"]
    for kind, title in KIND_TITLES.items():
        row = newest.get(kind)
        until = f", số liệu đến {day(row['as_of'])}" if row and row["as_of"] else ""
        newest_load = f"{moment(row['finished_at'])}, {row['file_name']}{until}" if row else "chưa có"
        lines.append(f"  {title}: {newest_load}")
    return lines


def _last_loads(conn: Connection) -> list[str]:
    rows = conn.execute("SELECT * FROM load ORDER BY id DESC LIMIT %s", (LAST_LOADS,)).fetchall()
    table = [("Số", "Lúc", "Loại", "Tệp", "Đọc", "Nhận", "Thay đổi", "Loại bỏ", "Thay cho", "Người nạp", "Lấy lại")]
    for row in rows:
        figures = (row["rows_read"], row["rows_accepted"], row["rows_changed"], row["rows_rejected"])
        table.append(
            (str(row["id"]), moment(row["finished_at"]), KIND_TITLES[row["kind"]], row["file_name"],
             *(number(figure) for figure in figures), str(row["supersedes_load_id"] or ""), row["loaded_by"] or "",
             moment(row["undone_at"]) if row["undone_at"] else "")
        )  # fmt: skip
    widths = [max(len(cells[column]) for cells in table) for column in range(len(table[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in table]
