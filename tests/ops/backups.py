"""Backups as the tests make and compare them; fixtures: ``tests/ops/conftest.py``."""

from pathlib import Path

from data.backup import facts, keys, making, server, verifying


def silent(_line: str) -> None:
    """Tell nobody."""


def made(*, verify: bool = False) -> Path:
    return making.make(silent, verify=verify)


def checksums(name: str) -> facts.Checksums:
    with server.connected(name) as conn:
        return facts.checksums(conn)


def require_same(path: Path, name: str, key: keys.Key | None = None) -> None:
    """Every table of the database is as in the backup; but nobody is signed in any more, and the audit tells so."""
    different = facts.differences(verifying.read_manifest(path, key)["tables"], checksums(name))
    assert [table for table in different if table != "public.session" and not table.startswith("public.audit_")] == []
    with server.connected(name) as conn:
        signed_in = conn.execute("SELECT count(*) AS open FROM session WHERE ended_at IS NULL").fetchone()
    assert signed_in == {"open": 0}
