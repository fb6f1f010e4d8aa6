"""Sealing a list: its manifest is signed with the office's key, and what was signed becomes public, in one transaction.

Nothing is public that is not sealed: ``publication_seal()`` (``data/sql/publication_seals.sql``) writes both. What is
public of an entry is cleaned of telephones and numbers that a clerk wrote into a name, before it is hashed.
"""

import datetime as dt
from typing import Any

from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.cases import refusing_steps
from data.queries.personal_numbers import without_personal_numbers
from data.queries.publication_standing import sealed_lists
from data.settings import get_settings
from data.texts.catalogue import t
from proof import keys, manifest, merkle
from proof.canonical import Json

_ENTRIES = """
    SELECT e.slug, e.shown, e.anonymous, e.corrected_on, e.body_kind, e.answer
    FROM publication_entry AS e JOIN case_file AS c ON c.id = e.case_id
    WHERE e.list_id = %s AND c.state IN ('published', 'contested', 'pending') ORDER BY e.position
"""


def unsealed(conn: Connection) -> list[int]:
    """Lists of which something has changed that has to be signed: their numbers."""
    rows = conn.execute(
        "SELECT list_id FROM publication WHERE version > sealed_version AND published_at IS NOT NULL ORDER BY list_id"
    )
    return [row["list_id"] for row in rows]


def seal(conn: Connection, list_id: int) -> None:
    """Sign the list as it stands in this transaction, and make that public; nothing, where nothing has to be signed.

    Raises
    ------
    proof.keys.NoKeyInForce, KeyFileMissing, KeyFileOpen, KeyFileOfAnother, KeyFileUnusable, RegisterUnusable
    proof.manifest.ClockSetBack
    data.desk.cases.StepRefused
        Somebody changed the list meanwhile.
    """
    conn.execute("SELECT pg_advisory_xact_lock(case_lock_space(), 0)")  # the log grows by one leaf after another
    row = conn.execute(
        "SELECT p.*, c.state FROM publication AS p JOIN case_file AS c ON c.id = p.list_id WHERE p.list_id = %s",
        (list_id,),
    ).fetchone()
    if row is None or row["version"] <= row["sealed_version"]:
        return
    found = conn.execute(_ENTRIES, (list_id,)).fetchall()
    entries = [public_entry(each) for each in found]
    leaves = _log(conn)
    told = conn.execute("SELECT publication_last_manifest() AS manifest").fetchone()
    last: str | None = told["manifest"] if told else None
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    folder = get_settings().publication_keys
    key = keys.key_in_force(keys.load_register(folder), now)
    version = manifest.Version(
        list_id=str(list_id),
        kind=row["kind"],
        number=row["version"],
        leaf=row["seal_as"],
        day=row["day"],
        title=row["title"],
        sealed_at=now,
    )
    sealed = manifest.seal(version, entries, last, leaves, key.id, keys.load_private(folder, key))
    public = [
        {"slug": each["slug"], "said": said, "answer": without_personal_numbers(each["answer"] or "")}
        for each, said in zip(found, entries, strict=True)
    ]
    with refusing_steps(conn):
        conn.execute(
            "SELECT publication_seal(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                list_id,
                row["version"],
                sealed.leaf_index,
                sealed.manifest,
                sealed.signature,
                sealed.key_id,
                merkle.root([*leaves, sealed.leaf_hash]).hex(),
                now,
                Jsonb(public),
            ),
        )
    tell_standing(conn)


def tell_standing(conn: Connection) -> None:
    """Sign how all lists stand now, for whoever verifies one without a network; nothing before the first was sealed.

    It holds as long as the public page says that it does, so that an old one is seen to be old.

    Raises
    ------
    proof.keys.NoKeyInForce, KeyFileMissing, KeyFileOpen, KeyFileOfAnother, KeyFileUnusable, RegisterUnusable
    """
    row = conn.execute("SELECT publication_valid_until() AS until").fetchone()
    if row is None or row["until"] is None:
        return
    conn.execute("SELECT pg_advisory_xact_lock(case_lock_space(), 0)")  # no seal comes between what is read and kept
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    folder = get_settings().publication_keys
    key = keys.key_in_force(keys.load_register(folder), now)
    lists = [manifest.Latest(str(each.list_id), each.version, each.state, each.sha256) for each in sealed_lists(conn)]
    leaves = _log(conn)
    private = keys.load_private(folder, key)
    file = manifest.standing_file(lists, leaves, now, row["until"], key.id, private)
    conn.execute("SELECT publication_keep_standing(%s)", (file.decode(),))


def _log(conn: Connection) -> list[bytes]:
    """The hashes of all leaves in their order."""
    return [row["hash"] for row in conn.execute("SELECT hash FROM publication_log() AS hash")]


def public_entry(row: dict[str, Any]) -> dict[str, Json]:
    """What anybody may read of an entry, and what is hashed: strings alone, "" where there is nothing to say.

    Without its name where that was decided: what the place is, at its address.
    """
    shown = row["shown"]
    name, address = (without_personal_numbers(shown.get(part) or "") for part in ("name", "address"))
    if row["anonymous"]:
        name = t("publication.anonymous", kind=shown.get("category") or "", address=address)
    figures = shown.get("figures") or {}
    return {
        "slug": row["slug"],
        "ward": shown.get("ward") or "",
        "name": name,
        "address": address,
        "what": shown.get("what") or "",
        "reminder_days": list(shown.get("reminder_days") or []),
        "since": shown.get("since") or "",
        "corrected_on": row["corrected_on"].isoformat() if row["corrected_on"] else "",
        "figures": {name: str(value) for name, value in figures.items() if value is not None},
    }
