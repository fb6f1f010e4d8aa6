"""The demonstration comes with lists that went through the real steps as its own accounts."""

from pathlib import Path

import pytest

from data.database.connection import loader_connection
from data.settings import get_settings
from etl.__main__ import main
from tests.etl.loading.files import one, rows
from tests.fixtures import accounts


def test_the_demonstration_has_a_published_list_with_every_state_and_is_asked_once(
    own_demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLICATION_KEYS", str(tmp_path / "keys"))
    get_settings.cache_clear()
    with loader_connection() as conn:
        for role in ("culture_centre", "district_command"):
            accounts.sign_in(conn, role, role)
        conn.execute("UPDATE account SET is_demo = true")
    assert main(["demo_lists"]) == 0
    states = {str(state) for (state,) in rows("SELECT state FROM case_file WHERE process = 'publication'")}
    assert {"published", "pending", "objected", "notified"} <= states
    assert one("SELECT count(*) FROM published.entry") > 3
    assert one("SELECT is_demo FROM published.state")
    assert main(["demo_lists"]) == 0
    assert one("SELECT count(*) FROM publication WHERE kind = 'venues'") == 1
