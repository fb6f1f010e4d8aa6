"""Eateries that are scanned as people visit them, and two that are scanned for the rule's sake alone."""

from collections.abc import Callable
from pathlib import Path

from data.status.days import today
from tests.data.cases_world import DAY
from tests.etl.loading.files import MO_LAO, REGISTRATIONS, SCANS, load_file, register, write_csv

COUNTS: dict[str, Callable[[int], int]] = {
    "N0": lambda _: 20,
    "N1": lambda _: 20,
    "N2": lambda _: 20,
    "SMALL": lambda _: 2,
    "RARE": lambda ago: int(ago % 6 == 0),
    "FELL": lambda ago: 1 if ago < 14 else 20,
}
"""What each was scanned so many days ago, for 28 days: three busy ones, a small one, one scanned each sixth day, and
one that fell to a twentieth."""


def scan(folder: Path) -> None:
    """Load them: in Mộ Lao, with a QR since 60 days."""
    places = [
        (code, f"Quán {code}", f"Số {n} phố Lê Lợi", "Mộ Lao", "Quán ăn", *MO_LAO) for n, code in enumerate(COUNTS)
    ]
    load_file(register(folder / "so_quan.csv", *places))
    since = f"{today() - DAY * 60:%d/%m/%Y}"
    load_file(write_csv(folder / "ma.csv", REGISTRATIONS, [(code, since, f"QR-{code}", "Bluezone") for code in COUNTS]))
    told = [
        (code, f"{today() - DAY * ago:%d/%m/%Y}", of(ago))
        for code, of in COUNTS.items()
        for ago in range(28)
        if of(ago)
    ]
    load_file(write_csv(folder / "quet.csv", SCANS, told))
