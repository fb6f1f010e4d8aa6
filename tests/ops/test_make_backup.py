"""``make backup`` in one clone while its page serves, ``make restore`` in another one that has nothing yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.server import free_port
from tests.ops.clones import SMALL_DEMO, Clone
from tests.ops.places import open_folder
from tests.ops.test_make_run import READY, one_sentence

LONG = 1200  # seconds, on a machine that is busy with other things
VENUES = "SELECT count(*) || ' ' || md5(string_agg(venue::text, '' ORDER BY id)) FROM venue;"


@pytest.fixture
def clones() -> Iterator[tuple[Clone, Clone]]:
    """Two clones, as on two machines."""
    with open_folder("máy một") as first, open_folder("máy hai") as second:
        made = Clone(first, bare=False), Clone(second, bare=False)
        yield made
        for clone in made:
            clone.clean_up()


@pytest.mark.timeout(LONG)
def test_backed_up_here_and_restored_there(clones: tuple[Clone, Clone]) -> None:
    here, there = clones
    store, other_store = here.folder / "files", there.folder / "files"
    page = here.start(**SMALL_DEMO, FILE_STORE=str(store), PORT=str(free_port()))
    page.wait_for(READY)
    made = here.call("backup", FILE_STORE=str(store))
    assert made.returncode == 0, made.stderr
    assert "đã khôi phục thử" in one_sentence(made.stdout)
    (file,) = (here.folder / "backups").glob("qr-*.tar")
    refused = here.call("restore", f"FILE={file}")
    assert refused.returncode != 0
    assert "REPLACE=1" in one_sentence(refused.stderr)
    assert here.call("restore", f"FILE={file}", "INTO=thu", FILE_STORE=str(store)).returncode == 0
    assert here.cluster().sql(VENUES, database="thu") == here.cluster().sql(VENUES, database="qr")
    page.end()

    brought = Path(there.folder / "mang sang.tar")
    file.rename(brought)
    restored = there.call("restore", "FILE=mang sang.tar", FILE_STORE=str(other_store))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert there.cluster().sql(VENUES, database="qr") == here.cluster().sql(VENUES, database="qr")
    kept = {path.name for path in store.iterdir() if path.is_file()}
    assert kept
    assert {path.name for path in other_store.iterdir()} == kept
    again = there.start(PORT=str(free_port()))
    again.wait_for(READY)
    assert "Nạp dữ liệu minh họa" not in again.output, "it has data"
    again.end()
    assert "FILE=" in one_sentence(there.call("restore").stderr)
