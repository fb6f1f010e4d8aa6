"""``python -m data migrate|rebuild|check|status|outcomes|users|verify-audit``: the work is done by what it calls."""

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Callable, Iterable

from data.access.caller import COMMAND_LINE, acting_as
from data.access.role_check import spatial_index_serves
from data.accounts import command
from data.audit import chain as audit_chain
from data.database.connection import app_connection, loader_connection, start_private_cluster
from data.database.migrate import migrate
from data.errors import UserError
from data.queries import outcomes, status
from data.status import days, periods
from data.texts.catalogue import t
from data.texts.days import day_option

EXIT_DIFFERENT = 1
EXIT_UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, 1: a check found a difference, 2: a sentence on stderr says why not."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "migrate": _migrate,
        "rebuild": _rebuild,
        "check": _check,
        "status": _status,
        "outcomes": _outcomes,
        "users": command.run,
        "verify-audit": _verify_audit,
    }
    try:
        start_private_cluster()
        with acting_as(COMMAND_LINE):
            return commands[options.command](options)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_UNUSABLE
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as head, has what it wanted
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Cơ sở dữ liệu của bản đồ tuân thủ mã QR.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="chuẩn bị lược đồ, quy tắc và các phường kèm theo")
    commands.add_parser("rebuild", help="tính lại toàn bộ lịch sử trạng thái từ các sự kiện")
    commands.add_parser("check", help="so lịch sử trạng thái với quy tắc; khác nhau thì thoát với mã 1")
    status_parser = commands.add_parser("status", help="trạng thái trong một ngày, dạng CSV")
    status_parser.add_argument(
        "--as-of", type=day_option, help="ngày, dạng 2021-11-30; mặc định: ngày hiện tại của số liệu"
    )
    status_parser.add_argument("--venues", action="store_true", help="mỗi địa điểm một dòng")
    outcomes_parser = commands.add_parser(
        "outcomes", help="kết quả các lượt đến, dạng CSV, để chấm bằng python -m planning score"
    )
    outcomes_parser.add_argument("--from", dest="first", type=day_option, default=dt.date.min, help="từ ngày")
    outcomes_parser.add_argument(
        "--to", dest="last", type=day_option, help="đến ngày; mặc định: ngày hiện tại của số liệu"
    )
    command.add_parser(commands)
    verify_parser = commands.add_parser(
        "verify-audit", help="kiểm tra nhật ký có bị sửa, xóa, chèn hay đổi thứ tự không"
    )
    verify_parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="SỐ:MÃ",
        help="mục mà một lần kiểm tra trước đã in và được giữ ở nơi khác; dùng được nhiều lần",
    )
    return parser


def _migrate(_options: argparse.Namespace) -> int:
    migrate()
    print(t("command.ready"))
    with loader_connection() as conn:
        if not spatial_index_serves(conn):
            print(t("access.slow"), file=sys.stderr)
    return 0


def _rebuild(_options: argparse.Namespace) -> int:
    with loader_connection() as conn:
        periods.lock(conn)
        changed = periods.rebuild(conn)
    print(t("command.rebuilt", rows=str(changed)))
    return 0


def _check(_options: argparse.Namespace) -> int:
    with loader_connection() as conn:
        periods.lock(conn)
        differences = periods.check(conn)
    for difference in differences:
        day, none = difference.from_day, t("undo.statuses.no_status")
        since = t("command.from_the_start") if day == dt.date.min else t("command.since", day=day)
        told = {"stored": difference.stored or none, "by_rule": difference.by_rule or none}
        print(t("command.differs", code=difference.venue_code, since=since, **told))
    if not differences:
        print(t("command.agrees"))
    return EXIT_DIFFERENT if differences else 0


def _status(options: argparse.Namespace) -> int:
    with app_connection() as conn:
        current_day = days.data_span(conn).current_day
        day = days.require_past(options.as_of or current_day, current_day)
        if options.venues:
            _print_csv(("code", "ward_code", "status", "counted_reminders", "last_scan"), status.by_venue(conn, day))
        else:
            _print_csv(("ward_code", "ward", "status", "venues"), status.by_ward(conn, day))
    return 0


def _outcomes(options: argparse.Namespace) -> int:
    with loader_connection() as conn:
        last = options.last or days.data_span(conn).current_day
        found = outcomes.outcomes(conn, options.first, last)
    _print_csv(outcomes.COLUMNS, found.rows)
    if found.without_point:
        print(t("command.outcomes.without_point", count=found.without_point), file=sys.stderr)
    return 0


def _verify_audit(options: argparse.Namespace) -> int:
    expected = [audit_chain.expectation(text) for text in options.expect]
    chain = audit_chain.Chain()
    faults = 0
    with loader_connection() as conn:
        for fault in audit_chain.absent_guards(conn):
            faults += 1
            print(fault.sentence)
        for fault in audit_chain.faults(audit_chain.read(conn), chain, expected):
            faults += 1
            print(fault.sentence)
    if chain.last is None or chain.first_at is None:
        print(t("audit.chain.empty"))
        return EXIT_DIFFERENT if faults else 0
    print(t("audit.chain.read", entries=chain.entries, first=chain.first_at, last=chain.last.at))
    print(t("audit.chain.faults", count=faults) if faults else t("audit.chain.whole"))
    print(t("audit.chain.last", id=str(chain.last.id), hash=chain.last.hash.hex()))
    return EXIT_DIFFERENT if faults else 0


def _print_csv(columns: tuple[str, ...], rows: Iterable[dict[str, object]]) -> None:
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
