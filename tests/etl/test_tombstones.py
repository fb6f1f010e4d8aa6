"""A database restored from before somebody left does not show them again."""

from pathlib import Path

import psycopg
import pytest

from app import server
from data.database.connection import close_pools, loader_connection
from data.settings import get_settings
from data.status import periods
from data.status.days import today
from etl.publishing import tombstones
from etl.publishing.ticking import Ticker
from tests.data.cases_world import People, ground, registered
from tests.data.publication_world import public, published
from tests.etl.loading.files import rows


@pytest.fixture
def people(tmp_path: Path, fresh_database: str, monkeypatch: pytest.MonkeyPatch, signing_key: None) -> People:
    monkeypatch.setenv("FILE_STORE", str(tmp_path / "store"))
    get_settings.cache_clear()
    ground(tmp_path)
    return People()


def test_who_had_left_is_taken_off_before_anything_is_served(
    people: People, fresh_database: str, tmp_path: Path
) -> None:
    published(people)
    before = rows("SELECT to_jsonb(t)::text FROM published.entry AS t")
    registered(tmp_path, "V1", today())
    Ticker().look()
    assert len(tombstones.path().read_text().split()) == 1
    with psycopg.connect(fresh_database) as conn:  # as if from a backup: the registration is not there either
        conn.execute("DELETE FROM registration")
        conn.execute("UPDATE case_file SET state = 'published', closed_at = NULL WHERE state = 'complied'")
        conn.execute("DELETE FROM published.entry")
        for (row,) in before:
            conn.execute(
                "INSERT INTO published.entry SELECT * FROM jsonb_populate_record(NULL::published.entry, %s::jsonb)",
                (row,),
            )
        conn.execute("UPDATE published.address SET gone_at = NULL")
    with loader_connection() as conn:
        periods.lock(conn)
        periods.rebuild(conn)
    assert public() == {"Quán 1", "Quán 5"}
    page = server.test_client().get("/cong-khai?lang=vi")
    assert page.status_code == 503
    assert "Quán" not in page.get_data(as_text=True)
    Ticker().look()
    assert public() == {"Quán 5"}
    page = server.test_client().get("/cong-khai?lang=vi")
    assert page.status_code == 200
    assert "Quán 1" not in page.get_data(as_text=True)
    assert rows("SELECT facts ->> 'why' FROM case_file WHERE venue_code = 'V1' AND process = 'publication'") == [
        ("restored",)
    ]
    close_pools()
