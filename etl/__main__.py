"""``python -m etl load|demo|demo_lists|status|undo|work``: thin; the work is done by the modules it calls."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from data.access.caller import COMMAND_LINE, acting_as
from data.database.connection import loader_connection, start_private_cluster
from data.errors import UserError
from data.texts.catalogue import t
from data.texts.days import day_option
from data.texts.folding import fold
from data.texts.sentences import Sentence
from data.vocabulary import LOAD_KINDS
from etl import demo
from etl.errors import UnusableFile
from etl.loading import refusals
from etl.loading.kinds import KINDS
from etl.loading.load import Options, Progress, load
from etl.loading.options import ANSWERS, read_decided
from etl.loading.report import report
from etl.locating.points import parse_crs
from etl.publishing import demonstration
from etl.undo.report import sentences
from etl.undo.undo import STEPS as UNDO_STEPS
from etl.undo.undo import undo
from etl.validation.assembly import DAY_ORDERS, REASONS
from etl.validation.read import SeveralTables
from etl.validation.table import Source
from etl.values.encodings import TITLES
from etl.worker import archives
from etl.worker.loop import work
from etl.worker.progress import Terminal
from etl.worker.status import overview

EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, rejects are listed; 2: a sentence on stderr says which file is not in, and why."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "load": _load,
        "demo": demo.run,
        "demo_lists": demonstration.run,
        "status": _status,
        "undo": _undo,
        "work": _work,
    }
    try:
        if options.command != "demo" and not getattr(options, "attached", False):
            start_private_cluster()
        with acting_as(COMMAND_LINE):
            return commands[options.command](options)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_UNUSABLE
    except KeyboardInterrupt:
        print(t("command.stopped"), file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # who read the output has gone; what was being loaded was rolled back
        return EXIT_INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        usage = self.format_usage().replace("usage: ", "")
        self.exit(EXIT_UNUSABLE, t("command.wrong", message=message, usage=usage, program=self.prog) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m etl", description="Nạp tệp của phường, quận vào bản đồ.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo_lists", help="lập danh sách công khai minh họa, khi dữ liệu là minh họa")
    loading = commands.add_parser("load", help="nạp một hay nhiều tệp, nhận biết loại theo nội dung")
    loading.add_argument("files", nargs="+", type=Path, metavar="TỆP")
    kinds = "; ".join(f"{kind}: {t(f'kind.{kind}')}" for kind in LOAD_KINDS)
    loading.add_argument("--kind", choices=LOAD_KINDS, help=f"loại tệp, khi không nhận biết được ({kinds})")
    loading.add_argument("--as-of", type=day_option, metavar="NGÀY", help="ngày mà số liệu tính đến, dạng 2021-11-30")
    loading.add_argument("--crs", metavar="EPSG:MÃ", help="hệ tọa độ của điểm tính bằng mét, ví dụ EPSG:5897")
    loading.add_argument("--encoding", choices=tuple(TITLES), help="bảng mã của chữ, khi không nhận biết được")
    loading.add_argument("--reason", choices=REASONS, help="lý do của các lần nhắc nhở, khi tệp không ghi")
    loading.add_argument("--day-order", choices=DAY_ORDERS, help="thứ tự ngày và tháng, khi đọc được cả hai cách")
    loading.add_argument("--dry-run", action="store_true", help="kiểm tra và báo kết quả như thật, không lưu gì")
    loading.add_argument(
        "--replace", action="store_true", help="tệp này thay cho các lần nạp trước cùng tên, dù khác nhiều dòng"
    )
    demo.add_arguments(commands.add_parser("demo", help="tạo tệp minh họa của một quận"))
    commands.add_parser("status", help="đã nạp những gì")
    undoing = commands.add_parser("undo", help="lấy lại một lần nạp: dữ liệu trở lại như chưa từng nạp tệp đó")
    undoing.add_argument("load", type=int, metavar="SỐ", help="số của lần nạp, xem ở python -m etl status")
    undoing.add_argument("--dry-run", action="store_true", help="chỉ báo những gì sẽ thay đổi, không lấy lại")
    undoing.add_argument("--yes", action="store_true", help="lấy lại ngay, không hỏi")
    working = commands.add_parser("work", help="làm các việc mà trang yêu cầu, cho đến khi được dừng")
    working.add_argument("--attached", action="store_true", help="dừng khi đầu vào chuẩn đóng lại")
    return parser


def _load(arguments: argparse.Namespace) -> int:
    options = Options(
        as_of=arguments.as_of,
        crs=parse_crs(arguments.crs),
        dry_run=arguments.dry_run,
        replace=arguments.replace,
        kind=arguments.kind,
        answers={name: said for name in ANSWERS if (said := getattr(arguments, name))},
        loaded_by=_user(),
    )
    with Terminal() as progress:
        return _load_all(arguments, options, progress)


def _user() -> str | None:
    """Who is at the terminal, as the operating system names them; a container may have no name for its user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


def _load_all(arguments: argparse.Namespace, options: Options, progress: Progress) -> int:
    sources, unusable = _read(arguments, options, progress)
    order = list(KINDS)
    for number, source in enumerate(sorted(sources, key=lambda s: order.index(s.kind)), start=1):
        print(f"[{number}/{len(sources)}] {source.path.name} ({t(f'kind.{source.kind}')})", flush=True)
        try:
            outcome = load(source, options, progress)
        except UserError as error:
            _refuse(source.path, error, options.dry_run, source)
            unusable += 1
        else:
            print("\n".join(report(outcome)), flush=True)
    return EXIT_UNUSABLE if unusable else 0


def _read(arguments: argparse.Namespace, options: Options, progress: Progress) -> tuple[list[Source], int]:
    """The files that can be read, and how many cannot; all are read first, for their kinds give the order."""
    sources: list[Source] = []
    unusable = 0
    for file in arguments.files:
        progress(1, t("imports.doing.reading", name=file.name))
        try:
            sources.append(read_decided(file, options))
        except SeveralTables:
            found, unread = _read_archive(file, options, progress)
            sources += found
            unusable += unread
        except UserError as error:
            _refuse(file, error, options.dry_run)
            unusable += 1
    return sources, unusable


def _read_archive(archive: Path, options: Options, progress: Progress) -> tuple[list[Source], int]:
    """As :func:`_read`, of the tables of an archive; what is wrong with one of them leaves the others alone."""
    sources: list[Source] = []
    unusable = 0
    try:
        with archives.taken_apart(archive) as members:
            print(archives.became(archive.name, [member.name for member in members]), flush=True)
            for member in members:
                progress(1, t("imports.doing.reading", name=member.name))
                try:
                    sources.append(archives.read_member(member, archive, options))
                except UserError as error:
                    _refuse(member, error, options.dry_run)
                    unusable += 1
    except UserError as error:
        _refuse(archive, error, options.dry_run)
        unusable += 1
    return sources, unusable


def _refuse(file: Path, error: UserError, dry_run: bool, source: Source | None = None) -> None:
    """Say why ``file`` is not in; what is wrong with the file itself, and not with the command, is remembered."""
    print(error, file=sys.stderr, flush=True)
    if isinstance(error, UnusableFile) and not dry_run:
        refusals.record(file, error, source)


def _undo(arguments: argparse.Namespace) -> int:
    with Terminal(steps=len(UNDO_STEPS)) as progress:
        report = undo(arguments.load, _user(), progress, dry_run=arguments.dry_run or not arguments.yes)
    print("\n".join(sentences(report)), flush=True)
    if arguments.dry_run or arguments.yes:
        return 0
    if not sys.stdin.isatty():
        raise NotConfirmed(arguments.load)
    print(t("undo.sure", load=str(arguments.load)), end="", flush=True)
    if fold(sys.stdin.readline()).strip() != "co":
        print(t("undo.left"))
        return 0
    with Terminal(steps=len(UNDO_STEPS)) as progress:
        report = undo(arguments.load, _user(), progress)
    print("\n".join(sentences(report)), flush=True)
    return 0


class NotConfirmed(UserError):
    """Nobody is at the terminal to be asked."""

    def __init__(self, load_id: int) -> None:
        super().__init__(Sentence("undo.not_confirmed", load=str(load_id)))


def _work(arguments: argparse.Namespace) -> int:
    return work(attached=arguments.attached)


def _status(_arguments: argparse.Namespace) -> int:
    with loader_connection() as conn:
        print("\n".join(overview(conn)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
