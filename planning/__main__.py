"""``python -m planning score|simulate``: thin; the work is done by the modules it calls."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from data.errors import UserError
from data.project import ROOT
from data.texts.catalogue import DEFAULT_LANGUAGE, LANGUAGES, t
from planning.harness import files
from planning.harness.comparison import compare
from planning.harness.population import Point, WorkingDays
from planning.harness.simulated_files import NotWritten, write_history
from planning.harness.simulation import simulate
from planning.harness.table import table

EXIT_UNUSABLE = 2
HOLIDAYS = ROOT / "data" / "reference" / "holidays.csv"
SEED = 2962


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, 2: a sentence on stderr says which file cannot be used, and why."""
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[argparse.Namespace], int]] = {"score": _score, "simulate": _simulate}
    try:
        return commands[options.command](options)
    except UserError as error:
        print(error.sentence(options.lang), file=sys.stderr)
        return EXIT_UNUSABLE
    except BrokenPipeError:
        sys.stderr.close()  # the reader, such as head, has what it wanted
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m planning", description="Thứ tự các lượt đến, và nó tốt đến đâu.")
    commands = parser.add_subparsers(dest="command", required=True)
    scoring = commands.add_parser("score", help="chấm một thứ tự các lượt đến theo kết quả đã có")
    scoring.add_argument("order", type=Path, metavar="THỨ_TỰ.csv", help="cột venue, day; nếu có: inspector, arm")
    scoring.add_argument(
        "outcomes",
        type=Path,
        metavar="KẾT_QUẢ.csv",
        help=f"cột {', '.join(files.OUTCOMES)}; nếu có: reminders, inspector",
    )
    scoring.add_argument("--holidays", type=Path, default=HOLIDAYS, metavar="TỆP", help="ngày nghỉ lễ, cột day")
    scoring.add_argument(
        "--start", type=_point, metavar="KINH_ĐỘ,VĨ_ĐỘ", help="nơi các đội đi và về; mặc định: giữa các địa điểm"
    )
    making = commands.add_parser("simulate", help="tạo một lịch sử giả định của một quận nhỏ, để thử chấm")
    making.add_argument("--out", type=Path, required=True, metavar="THƯ_MỤC", help="nơi ghi các tệp CSV")
    for command in (scoring, making):
        command.add_argument("--seed", type=_whole, default=SEED, metavar="SỐ", help="cùng số thì cùng kết quả")
        command.add_argument("--lang", choices=LANGUAGES, default=DEFAULT_LANGUAGE, help="ngôn ngữ của câu trả lời")
    return parser


def _score(options: argparse.Namespace) -> int:
    calendar = WorkingDays(files.read_holidays(options.holidays))
    order, outcomes = files.read_order(options.order), files.read_outcomes(options.outcomes)
    files.require_working_days(options.order, order, outcomes, calendar)
    compared = compare(order, outcomes, calendar, options.seed, options.start)
    print("\n".join(table(compared, options.lang)))
    return 0


def _simulate(options: argparse.Namespace) -> int:
    history = simulate(options.seed)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        written = write_history(history, options.out)
    except OSError as error:
        raise NotWritten(options.out, error) from None
    print(t("harness.simulated", options.lang, eve=history.eve, folder=str(options.out), files=", ".join(written)))
    return 0


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(t("harness.option.whole", value=text))
    return int(text)


def _point(text: str) -> Point:
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(t("harness.option.start", value=text)) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise argparse.ArgumentTypeError(t("harness.option.start", value=text))
    return lon, lat


if __name__ == "__main__":
    sys.exit(main())
