"""Two loads at once take turns, and say so."""

from pathlib import Path

from tests.etl.loading.files import one, venues
from tests.etl.loading.processes import LOADER_LOCK, holding, read_until, start


def test_a_load_waits_for_another_and_says_so(tmp_path: Path, fresh_database: str) -> None:
    with holding(fresh_database, LOADER_LOCK):
        process = start("load", venues(tmp_path / "so.csv", 5), url=fresh_database)
        read_until(process, "Một lần nạp khác đang chạy")
        assert one("SELECT count(*) FROM load") == 0
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert one("SELECT count(*) FROM venue") == 5


def test_two_loads_at_once_both_land(tmp_path: Path, fresh_database: str) -> None:
    paths = [venues(tmp_path / "a.csv", 30), venues(tmp_path / "b.csv", 40)]
    processes = [start("load", path, url=fresh_database) for path in paths]
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
    assert one("SELECT count(*) FROM venue") == 40
    assert one("SELECT count(*) FROM load") == 2
    assert one("SELECT sum(rows_accepted) FROM load") == 70
