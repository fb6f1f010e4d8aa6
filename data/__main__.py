"""``python -m data migrate|rebuild|check|status|users``: thin; the work is done by the modules it calls."""

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Callable, Iterable

from data import days, periods, users
from data.caller import COMMAND_LINE, acting_as
from data.connection import app_connection, loader_connection
from data.errors import UserError
from data.migrate import migrate
from data.queries import status

EXIT_DIFFERENT = 1
EXIT_UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, 1: ``check`` found a difference, 2: a sentence on stderr says why not."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "migrate": _migrate,
        "rebuild": _rebuild,
        "check": _check,
        "status": _status,
        "users": users.run,
    }
    try:
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
    status_parser.add_argument("--as-of", type=_day, help="ngày, dạng 2021-11-30; mặc định: ngày hiện tại của số liệu")
    status_parser.add_argument("--venues", action="store_true", help="mỗi địa điểm một dòng")
    users.add_parser(commands)
    return parser


def _day(value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{value}» không phải là ngày; cần dạng năm-tháng-ngày: 2021-11-30") from None


def _migrate(_options: argparse.Namespace) -> int:
    migrate()
    print("Cơ sở dữ liệu đã sẵn sàng.")
    return 0


def _rebuild(_options: argparse.Namespace) -> int:
    with loader_connection() as conn:
        periods.lock(conn)
        changed = periods.rebuild(conn)
    print(f"Đã tính lại lịch sử trạng thái: {changed} dòng khác trước.")
    return 0


def _check(_options: argparse.Namespace) -> int:
    with loader_connection() as conn:
        periods.lock(conn)
        differences = periods.check(conn)
    for difference in differences:
        print(
            f"{difference.venue_code}: {_since(difference.from_day)} lịch sử ghi «{difference.stored or 'không có'}», "
            f"quy tắc cho «{difference.by_rule or 'không có'}»"
        )
    if not differences:
        print("Lịch sử trạng thái khớp với quy tắc.")
    return EXIT_DIFFERENT if differences else 0


def _since(day: dt.date) -> str:
    return "từ đầu" if day == dt.date.min else f"từ ngày {day:%d/%m/%Y}"


def _status(options: argparse.Namespace) -> int:
    with app_connection() as conn:
        current_day = days.data_span(conn).current_day
        day = days.require_past(options.as_of or current_day, current_day)
        if options.venues:
            _print_csv(("code", "ward_code", "status", "counted_reminders", "last_scan"), status.by_venue(conn, day))
        else:
            _print_csv(("ward_code", "ward", "status", "venues"), status.by_ward(conn, day))
    return 0


def _print_csv(columns: tuple[str, ...], rows: Iterable[dict[str, object]]) -> None:
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
