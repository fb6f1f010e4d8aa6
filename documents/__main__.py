"""``python -m documents KIND --format FORMAT --out FILE``: every document that a screen can make.

    python -m documents violators --as-of 2021-11-30 --format pdf --out danh-sach.pdf
    python -m documents poster --venue HD000123 --format svg --out ma-qr.svg
    python -m documents minutes --case 7 --format pdf --out bien-ban.pdf
    python -m documents team_sheet --plan 12 --format pdf --out phieu.pdf
    python -m documents guidance --sheet owners --paper a5 --lang vi --format pdf --out huong-dan.pdf
    python -m documents verify danh-sach.json

Exit 0: written; 2: one sentence on standard error says why not. Of ``verify``: ``documents/verifying.py``.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.access.caller import COMMAND_LINE, acting_as
from data.audit.notes import note
from data.database.connection import app_connection, desk_connection, public_connection
from data.errors import TextError, UserError
from data.queries.guidance import public_sheet
from data.reference.guidance import SHEETS
from data.settings import get_settings
from data.status.days import data_span
from data.texts.catalogue import LANGUAGES, t
from data.texts.days import day_option
from documents import demonstration
from documents.catalogue import FORMATS, make
from documents.guidance import PAPERS, public_pdf
from documents.mailing.delivering import deliver
from documents.personal_codes import UnusableCodes, lines_of, personal_codes
from documents.poster_orders import asked_of, found_of, labels_of, make_order, pages_of, posters
from documents.publishing_folder import write_folder
from documents.verifying import add_parser, verify_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one document; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with acting_as(COMMAND_LINE):
            if options.kind == "verify":
                return verify_file(options)
            if options.kind == "demo_reports":
                return demonstration.run(options)
            if options.kind == "deliver":
                deliver()
                return 0
            if options.kind == "poster_order":
                signal.signal(signal.SIGTERM, signal.default_int_handler)  # the worker ends: nothing is left half made
                make_order(options.order)
                return 0
            if options.kind in ("posters", "personal_codes"):
                content = _posters(options) if options.kind == "posters" else _personal_codes()
                _write(options.out, content)
                print(t("command.written", path=options.out, bytes=len(content)))
                return 0
            if options.kind == "public":
                count = write_folder(options.out, options.site)
                print(t("command.published", path=options.out, count=count))
                return 0
            content = _guidance(options) if options.kind == "guidance" else _made(options)
        _write(options.out, content)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(t("command.written", path=options.out, bytes=len(content)))
    return 0


def _made(options: argparse.Namespace) -> bytes:
    """The document, once it is in the audit."""
    options_of = {"day": "as_of", "venue": "venue", "case": "case", "plan": "plan", "team": "team", "list_id": "list"}
    options_of |= {"year": "year", "report": "report", "version": "version", "ward": "ward"}
    named = {name: getattr(options, option, None) for name, option in options_of.items()}
    venue = named["venue"]
    settings = get_settings()
    # A slip's token is written: the letter counts when its transaction does.
    with desk_connection() if options.kind == "notices" else app_connection() as conn:
        made = make(options.kind, options.format, conn, site=f"http://{settings.bind_address}:{settings.port}", **named)
    note(f"document.{options.kind}", "venue" if venue else "document", venue or made.name, after=made.told)
    return made.content


def _posters(options: argparse.Namespace) -> bytes:
    """Of a ward, a street, some venues, or all that have a code."""
    labels = labels_of(options.labels)
    with app_connection() as conn:
        day = data_span(conn).current_day
        query = f"ward={options.ward}" if options.ward else ""
        found = found_of(conn, asked_of(query, day, options.street, options.venue), day)
    for one in found.left_out:
        print(f"{one.code} {one.name}: {t(f'posters.why.{one.why}')}", file=sys.stderr)
    if found.left_out:
        print(t("posters.left_out", count=len(found.left_out)), file=sys.stderr)
    if found.is_cut:
        print(t("posters.cut"), file=sys.stderr)
    pages = pages_of(found, labels)
    note("document.posters", "document", options.out.name, after={"pages": pages, "left_out": len(found.left_out)})
    return posters(found.codes, labels, day)


def _personal_codes() -> bytes:
    """A code a line of standard input; what they hold is only printed."""
    with app_connection() as conn:
        day = data_span(conn).current_day
    try:
        codes = lines_of(sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableCodes("codes.malformed") from None
    content = personal_codes(codes, day)
    note("document.personal_codes", "document", "stdin", after={"cards": len(codes)})
    return content


def _guidance(options: argparse.Namespace) -> bytes:
    """A sheet as it is public."""
    with public_connection() as conn:
        return public_pdf(public_sheet(conn, options.sheet, options.lang), options.paper)


class NotWritable(TextError):
    """The file asked for cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("command.not_written", path=path, why=reason)


def _write(path: Path, content: bytes) -> None:
    """Write beside the target and rename, so that nobody ever finds half a document.

    A device, a pipe or a link is written into: renamed over, it would be gone (as root even /dev/stdout).
    """
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(content)
            return
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        half = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            half.chmod(0o644)
            half.replace(path)
        except OSError:
            half.unlink()
            raise
    except OSError as error:
        raise NotWritable(path, error.strerror or str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m documents", description="Lập văn bản và tệp để công bố, in, gửi.")
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="LOẠI")
    violators = kinds.add_parser("violators", help="danh sách địa điểm vi phạm của một ngày")
    violators.add_argument(
        "--as-of", type=day_option, metavar="NGÀY", help="ngày của danh sách, dạng 2021-11-30; mặc định: ngày hiện tại"
    )
    poster = kinds.add_parser("poster", help="tờ in mã QR của một địa điểm, khổ A4")
    poster.add_argument("--venue", required=True, metavar="MÃ", help="mã địa điểm")
    reminder = kinds.add_parser("reminder", help="công văn nhắc nhở một địa điểm")
    reminder.add_argument("--venue", required=True, metavar="MÃ", help="mã địa điểm")
    loudspeaker = kinds.add_parser("loudspeaker", help="bài phát thanh của một phường")
    loudspeaker.add_argument("--ward", required=True, metavar="MÃ", help="mã phường")
    commands = {"loudspeaker": loudspeaker, "violators": violators, "poster": poster, "reminder": reminder}
    for kind, what in (
        ("suspension_request", "đề nghị tạm dừng hoạt động"),
        ("minutes", "biên bản kiểm tra hoặc làm việc của một lượt đến"),
        ("lifting", "dự thảo quyết định bãi bỏ việc tạm đình chỉ"),
        ("referral", "kiến nghị xử lý"),
    ):
        commands[kind] = kinds.add_parser(kind, help=what)
        commands[kind].add_argument("--case", required=True, type=int, metavar="SỐ", help="số của hồ sơ")
    commands["team_sheet"] = kinds.add_parser("team_sheet", help="phiếu đi tuyến của các tổ trong một kế hoạch, khổ A4")
    commands["team_sheet"].add_argument("--plan", required=True, type=int, metavar="SỐ", help="số của kế hoạch")
    commands["team_sheet"].add_argument("--team", type=int, metavar="SỐ", help="của một tổ thôi; mặc định: mọi tổ")
    for kind, what in (
        ("weekly_report", "báo cáo tuần của một phường"),
        ("district_report", "báo cáo tổng hợp của quận"),
    ):
        commands[kind] = kinds.add_parser(kind, help=what)
        commands[kind].add_argument("--report", required=True, type=int, metavar="SỐ", help="số của báo cáo")
        commands[kind].add_argument("--version", type=int, metavar="BẢN", help="bản đã gửi; mặc định: dự thảo")
    _add_publication(kinds, commands)
    add_parser(kinds)
    many = kinds.add_parser("posters", help="tờ in mã QR của nhiều địa điểm, trong một tệp PDF khổ A4")
    many.add_argument("--ward", default="", metavar="MÃ", help="mã phường; mặc định: mọi phường")
    many.add_argument("--street", default="", metavar="TÊN", help="tên tuyến đường, phố như trong sổ")
    many.add_argument("--venue", default=[], nargs="+", metavar="MÃ", help="mã của những địa điểm này thôi")
    many.add_argument("--labels", default="", metavar="TÊN", help="lối vào, tầng; cách nhau bằng «;»; mỗi nơi một tờ")
    many.add_argument("--out", required=True, type=Path, metavar="TỆP", help="tệp được ghi")
    cards = kinds.add_parser("personal_codes", help="thẻ mã QR cá nhân, mỗi dòng của đầu vào chuẩn một mã; không lưu")
    cards.add_argument("--format", required=True, choices=("pdf",), help="dạng tệp")
    cards.add_argument("--out", required=True, type=Path, metavar="TỆP", help="tệp được ghi")
    sheet = kinds.add_parser("guidance", help="tờ hướng dẫn như đang công bố, để in")
    sheet.add_argument(
        "--sheet", required=True, choices=SHEETS, help="cho ai: chủ cơ sở, khách, người đứng cửa, cán bộ"
    )
    sheet.add_argument("--paper", default="a4", choices=PAPERS, help="khổ giấy")
    sheet.add_argument("--lang", default="vi", choices=LANGUAGES, help="ngôn ngữ")
    sheet.add_argument("--format", required=True, choices=("pdf",), help="dạng tệp")
    sheet.add_argument("--out", required=True, type=Path, metavar="TỆP", help="tệp được ghi")
    order = kinds.add_parser("poster_order", help="lập tệp mà người dùng đã yêu cầu (trình xử lý nền gọi)")
    order.add_argument("--order", required=True, type=int, metavar="SỐ", help="số của yêu cầu")
    kinds.add_parser("deliver", help="gửi thư điện tử đến hạn (trình xử lý nền gọi)")
    kinds.add_parser("demo_reports", help="lập báo cáo tuần minh họa, khi dữ liệu là minh họa")
    folder = kinds.add_parser("public", help="mọi điều đang công khai, thành một thư mục cho cổng thông tin")
    folder.add_argument("--out", required=True, type=Path, metavar="THƯ MỤC", help="thư mục được ghi")
    folder.add_argument("--site", default="", metavar="ĐỊA CHỈ", help="địa chỉ của thư mục trên cổng thông tin")
    for kind, command in commands.items():
        command.add_argument("--format", required=True, choices=FORMATS[kind], help="dạng tệp")
        command.add_argument("--out", required=True, type=Path, metavar="TỆP", help="tệp được ghi")
    return parser


def _add_publication(kinds: Any, commands: dict[str, argparse.ArgumentParser]) -> None:
    """The papers of publication: of a list, of one of its entries, of a year."""
    for kind, what in (
        ("notices", "thông báo kèm phiếu cho các mục của một danh sách chưa được giao; phiếu cũ hết hiệu lực"),
        ("public_list", "danh sách công khai, bản đã niêm phong"),
        ("public_mends", "đính chính, rút, thu hồi trong một danh sách đã công khai"),
        ("delivery", "biên bản giao, niêm yết thông báo của một mục"),
        ("outgoing_register", "sổ văn bản đi của một năm"),
    ):
        commands[kind] = kinds.add_parser(kind, help=what)
    for kind in ("notices", "public_list", "public_mends"):
        commands[kind].add_argument("--list", required=True, type=int, metavar="SỐ", help="số của danh sách")
    commands["notices"].add_argument(
        "--case", type=int, metavar="SỐ", help="của một mục thôi; mặc định: mọi mục chưa giao"
    )
    commands["delivery"].add_argument("--case", required=True, type=int, metavar="SỐ", help="số hồ sơ của mục")
    commands["outgoing_register"].add_argument("--year", required=True, type=int, metavar="NĂM", help="năm của sổ")


if __name__ == "__main__":
    sys.exit(main())
