"""A thousand posters as one PDF: seconds, and memory beside the process that asks for it.

``python -m tests.benchmarks --only posters``
"""

import datetime as dt
import time

from data.queries.poster import LocationCode
from documents.poster_orders import posters
from tests.benchmarks.letters import Watch, tree_mib
from tests.benchmarks.results import Result, at_most, median

POSTERS, RUNS = 1000, 3
MOST_SECONDS, MOST_MIB = 60.0, 500.0
DAY = dt.date(2021, 11, 30)


def world(count: int = POSTERS) -> list[LocationCode]:
    """Codes whose content is as long as that of the demonstration's."""
    return [
        LocationCode(
            f"HD{number:06d}",
            f"Cửa hàng tạp hóa và dịch vụ số {number}",
            f"{number} Quang Trung",
            "Mộ Lao",
            f"QR{number}",
            f"https://qr.example/location/{number:032d}/Cửa hàng tạp hóa {number}",
            "VNeID",
            DAY,
            False,
        )
        for number in range(count)
    ]


def measure() -> list[Result]:
    """Medians of several runs."""
    codes = world()
    seconds, memory = [], []
    for _ in range(RUNS):
        before = tree_mib()
        watch = Watch()
        began = time.perf_counter()
        size = len(posters(codes, (), DAY))
        seconds.append(time.perf_counter() - began)
        memory.append(watch.end() - before)
    return [
        at_most(POSTERS, "posters as one PDF", median(seconds), "s", MOST_SECONDS),
        at_most(POSTERS, "largest memory beside the process that asks", median(memory), "MiB", MOST_MIB),
        Result(POSTERS, "size of that PDF", size / 2**20, "MiB"),
    ]
