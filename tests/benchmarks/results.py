"""Figures as they are measured: medians of several runs, and the goal that each is held to."""

import json
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One line of the table. ``goal`` is in words; ``met`` None where there is nothing to hold it to."""

    venues: int
    measure: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None


def seconds_of(work: Callable[[], object]) -> float:
    """How long ``work`` takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(values: Iterable[float]) -> float:
    """Median, so that one disturbed run does not decide."""
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` (0-1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def at_least(venues: int, measure: str, ratio: float, goal: float) -> Result:
    """A ratio that shall be ``goal`` or more."""
    return Result(venues, measure, ratio, "x", f">= {goal:g}", ratio >= goal)


def at_most(venues: int, measure: str, value: float, unit: str, goal: float) -> Result:
    """A value that shall be ``goal`` or less."""
    return Result(venues, measure, value, unit, f"<= {goal:g}", value <= goal)


def print_table(results: Iterable[Result]) -> None:
    """The table, as a person reads it and the README quotes it."""
    print("| venues | measure | value | goal | met |")
    print("|---:|---|---:|---|---|")
    for r in results:
        met = "" if r.met is None else ("yes" if r.met else "**no**")
        value = f"{r.value:,.0f}" if r.value >= 1000 else f"{r.value:,.4g}"
        print(f"| {r.venues:,} | {r.measure} | {value} {r.unit} | {r.goal} | {met} |")


def write_json(file: Path, machine: dict[str, str], results: Iterable[Result]) -> None:
    """The same figures for scripts."""
    file.parent.mkdir(exist_ok=True)
    content = {"machine": machine, "results": [asdict(result) for result in results]}
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
