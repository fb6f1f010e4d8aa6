"""A believable district as files that clerks would send: ``python -m etl demo``. Invented, and marked so in each file.

The same arguments give the same bytes.
"""

import argparse
import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np

from data.errors import UserError
from etl.demo.event_files import write_registrations, write_reminders, write_suspensions
from etl.demo.ground import REFERENCE, Ground
from etl.demo.history import simulate
from etl.demo.register_files import Register, write_register
from etl.demo.scan_files import outage, write_scans
from etl.demo.venues import ORDER_DAY, make_venues

SEED = 2962
UNTIL = dt.date(2021, 11, 30)
MOST_VENUES = 2_000_000
MOST_DAYS = 366


class UnusableDemo(UserError):
    """The demonstration cannot be made with these arguments."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``python -m etl demo``."""
    parser.add_argument("--venues", type=int, required=True, metavar="N", help="số địa điểm")
    parser.add_argument("--days", type=int, required=True, metavar="D", help="số ngày có lượt quét")
    parser.add_argument("--out", type=Path, required=True, metavar="THƯ_MỤC", help="thư mục ghi các tệp")
    parser.add_argument("--seed", type=int, default=SEED, metavar="SỐ", help=f"hạt giống ngẫu nhiên (mặc định {SEED})")
    parser.add_argument(
        "--until",
        type=dt.date.fromisoformat,
        default=UNTIL,
        metavar="NGÀY",
        help=f"ngày cuối cùng của số liệu (mặc định {UNTIL})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the files that parsed ``arguments`` ask for; the exit code (0: made)."""
    files = generate(arguments.venues, arguments.days, arguments.out, arguments.seed, arguments.until)
    print(f"Đã tạo {len(files)} tệp dữ liệu minh họa trong {arguments.out}.", flush=True)
    return 0


def generate(venues: int, days: int, out: Path, seed: int = SEED, until: dt.date = UNTIL) -> list[Path]:
    """Write the files of a district of ``venues`` venues, with scans of the ``days`` days up to and with ``until``.

    Registrations and reminders begin with the order of 27/9/2021, whatever the number of days. Progress is printed in
    Vietnamese. Returns the files in the order in which they may be loaded.

    Raises
    ------
    UnusableDemo
        When a number is out of its range, or ``until`` lies before the second week of the order or in the future.
    """
    _check(venues, days, seed, until)
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng((seed, 1))
    say(f"Dựng {venues} địa điểm dọc các phố của quận …")
    ground = Ground()
    made = make_venues(ground, venues, until, rng)
    known = [until - dt.timedelta(days=back) for back in reversed(range(days))]
    say(f"Mô phỏng từ ngày {ORDER_DAY:%d/%m/%Y} đến ngày {until:%d/%m/%Y} …")
    history = simulate(made, ground.codes, set(known) - {outage(known)}, until, rng, _weekly())
    files: list[Path] = []

    def keep(path: Path) -> None:
        files.append(path)
        say(f"Đã ghi {path.name}")

    for path in write_register(Register(ground, made, _category_words(), seed), out):
        keep(path)
    keep(write_registrations(made, ground, history, out, seed))
    for path in write_scans(made, history, known, out):
        keep(path)
    for path in write_reminders(made, ground, history, out):
        keep(path)
    keep(write_suspensions(made, ground, history, out))
    return files


def say(text: str) -> None:
    """One line of progress."""
    print(f"  {text}", flush=True)


def _weekly() -> Callable[[dt.date], None]:
    def passed(day: dt.date) -> None:
        if day.weekday() == 6:
            say(f"… đến hết tuần {day:%d/%m/%Y}")

    return passed


def _check(venues: int, days: int, seed: int, until: dt.date) -> None:
    if not 1 <= venues <= MOST_VENUES:
        raise UnusableDemo(f"Số địa điểm phải từ 1 đến {MOST_VENUES}, không phải {venues}.")
    if not 1 <= days <= MOST_DAYS:
        raise UnusableDemo(f"Số ngày phải từ 1 đến {MOST_DAYS}, không phải {days}.")
    if seed < 0:
        raise UnusableDemo(f"Hạt giống ngẫu nhiên phải là số không âm, không phải {seed}.")
    earliest = ORDER_DAY + dt.timedelta(days=7)
    if not earliest <= until <= ORDER_DAY + dt.timedelta(days=3 * 366):
        raise UnusableDemo(
            f"Ngày cuối phải từ {earliest:%d/%m/%Y} (một tuần sau văn bản 2962) và không quá ba năm sau đó."
        )


def _category_words() -> dict[str, list[str]]:
    """Category code -> its Vietnamese name and the words that clerks use for it."""
    with (REFERENCE / "categories.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: [row["name_vi"], *row["synonyms"].split(";")] for row in csv.DictReader(lines)}
