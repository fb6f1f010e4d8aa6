"""A thousand letters of notice with their slips as one PDF: seconds, and memory beside the process that asks for it.

``python -m tests.benchmarks --only letters``
"""

import datetime as dt
import os
import threading
import time
from pathlib import Path

from data.queries.publication_letters import CountedReminder, Letter, Notice
from documents.notice import notices
from tests.benchmarks.results import Result, at_most, median

LETTERS, RUNS = 1000, 3
MOST_SECONDS, MOST_MIB = 60.0, 600.0
WORD = "chưa nghiêm túc thực hiện tạo mã và quét mã QR"
DAY = dt.date(2021, 10, 10)


def world(count: int = LETTERS) -> tuple[Notice, list[Letter]]:
    """Letters of three reminders each, with a token of the length that the product makes."""
    notice = Notice(
        1, "venues", f"Danh sách địa điểm {WORD}", WORD, DAY, None, 10, 180, DAY, "https://quet-ma.hadong.example"
    )
    sources = ("photo", "field", "book")
    reminders = tuple(
        CountedReminder(DAY - dt.timedelta(days), "no_qr", "Công an phường Mộ Lao", source)
        for days, source in zip((30, 20, 10), sources, strict=True)
    )
    return notice, [
        Letter(
            f"Cửa hàng tạp hóa và dịch vụ số {number}",
            f"{number} Quang Trung",
            "Mộ Lao",
            reminders=reminders,
            token=f"{number:020d}",
        )
        for number in range(count)
    ]


def measure() -> list[Result]:
    """Medians of several runs."""
    notice, letters = world()
    seconds, memory = [], []
    for _ in range(RUNS):
        before = tree_mib()
        watch = Watch()
        began = time.perf_counter()
        size = len(notices(notice, letters))
        seconds.append(time.perf_counter() - began)
        memory.append(watch.end() - before)
    return [
        at_most(LETTERS, "letters with slips as one PDF", median(seconds), "s", MOST_SECONDS),
        at_most(LETTERS, "largest memory beside the process that asks", median(memory), "MiB", MOST_MIB),
        Result(LETTERS, "size of that PDF", size / 2**20, "MiB"),
    ]


class Watch:
    """Looks twenty times a second how much memory this process and those that it started hold."""

    def __init__(self) -> None:
        self._is_over, self._peak = threading.Event(), 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._is_over.wait(0.05):
            self._peak = max(self._peak, tree_mib())

    def end(self) -> float:
        """The largest so far, in MiB."""
        self._is_over.set()
        self._thread.join()
        return self._peak


def tree_mib() -> float:
    """Resident memory of this process and of its children, in MiB."""
    own, pages = os.getpid(), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if own in (int(folder.name), int(fields[1])):
            pages += int(fields[21])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
