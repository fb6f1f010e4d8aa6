"""Descriptions of venues in files of events: which rows share one, and what it is known by.

Files of the QR account and of the wards often name a place by words and not by our code. Each distinct description is
one row of ``mention``, known by a natural key: the number that its source gives the place, where there is one, else
name, address, ward and telephone together. A person's decision about it holds for every file to come. Everything works
on distinct descriptions: a million rows of scans hold a few thousand of them.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from psycopg.rows import tuple_row

from data.database.connection import Connection
from data.database.staging import stage
from data.texts.folding import fold
from etl.linking.phones import phone_hash, secret
from etl.loading.steps import Described
from etl.loading.work import Work
from etl.values.cell_values import code_key

DESCRIBING = ("venue_name", "venue_address", "venue_ward", "venue_phone", "venue_category", "account_code")
"""Canonical columns of a file of events that describe the venue of a row (``etl.recognition.columns``)."""

NUMBERED_BY = {"registrations": "qr", "scans": "qr", "totals": "qr"}
"""Whose number of a place a file bears: the QR account's files share one numbering, others have each their own."""

_STAGED = ("key", "name", "address", "ward_named", "phone_hash", "category", "account_code")


def find(conn: Connection, kind: str, rows: pd.DataFrame) -> tuple[np.ndarray, Described]:
    """Number of the description of each of ``rows`` (of a file of ``kind``, whose venue no code names), and what the
    descriptions are.

    0 where a row has neither a name nor a number under which an earlier file described a place. New descriptions are
    written into ``mention``.
    """
    given = rows.reindex(columns=[*DESCRIBING, "venue_code"]).astype(object)
    numbers, firsts = _distinct(given)
    described = given.iloc[firsts].reset_index(drop=True)
    described = described.where(described.notna(), None)
    salt = secret(conn)
    hashes = [phone_hash(phone, salt) for phone in described["venue_phone"]]
    described["phone_hash"] = pd.Series(hashes, dtype=object)  # as text, None would become NaN
    described["account_code"] = _numbered(described, is_of_account=kind in NUMBERED_BY)
    source = NUMBERED_BY.get(kind, kind)
    parts = (described[name] for name in ("account_code", "venue_name", "venue_address", "venue_ward", "phone_hash"))
    described["key"] = [_key(source, *row) for row in zip(*parts, strict=True)]
    keys, completed = _write(conn, described[described["venue_name"].notna()])
    known = _ids(conn, described["key"].dropna().unique().tolist(), keys)
    ids = np.array([known.get(key, 0) for key in described["key"]], dtype=np.int64)
    return ids[numbers], Described(tuple(np.unique(ids[ids != 0]).tolist()), keys, completed)


def _numbered(described: pd.DataFrame, *, is_of_account: bool) -> pd.Series:
    """The number by which a source knows the place of each description, None where it has none.

    A code that no venue bears is the QR account's own number in its files; elsewhere, where wards count for themselves,
    only where there is no name to go by. What stands beside several names, as "chưa có" and "0" do, is no number.
    """
    code, name = described["venue_code"], described["venue_name"]
    number = described["account_code"]
    number = number.where(number.notna(), code if is_of_account else code.where(name.isna()))
    keys = number.map(code_key, na_action="ignore")
    names = name.map(lambda text: fold(text) if text else None).groupby(keys).nunique()
    is_number = number.notna() & ~(keys.map(names) > 1)
    return pd.Series([value if told else None for value, told in zip(number, is_number, strict=True)], dtype=object)


def _distinct(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row's distinct description, and where each description stands first."""
    numbers = np.zeros(len(rows), dtype=np.int64)
    for name in rows.columns:
        found, values = pd.factorize(rows[name].to_numpy(dtype=object))
        if len(values):
            numbers, _ = pd.factorize(numbers * (len(values) + 1) + found + 1)
    _, firsts, numbers = np.unique(numbers, return_index=True, return_inverse=True)
    return numbers, firsts


def _key(
    source: str, number: str | None, name: str | None, address: str | None, ward: str | None, phone: str | None
) -> str | None:
    """The natural key of a description; None for one without number and name."""
    if number:
        return f"{source}:{code_key(number)}"
    return "|".join([*(fold(part or "") for part in (name, address, ward)), phone or ""]) if name else None


def give_to_load(work: Work) -> None:
    """Once the load has its number: new descriptions are its own, and what it completed is journalled under it."""
    conn = work.conn
    conn.execute(
        "UPDATE mention SET load_id = %s WHERE load_id IS NULL AND key = ANY(%s)",
        (work.load_id, list(work.described.keys)),
    )
    conn.execute(
        "INSERT INTO before_image (load_id, table_name, was) SELECT %s, 'mention', was::jsonb FROM unnest(%s::text[])"
        " AS b (was)",
        (work.load_id, list(work.described.completed)),
    )


def take_back(conn: Connection, load_id: int) -> bool:
    """Descriptions as they were before the load, the newest that stands; returns whether it had completed any.

    Those that no load has any more keep their number, for decisions about them may still be on their way; they are
    known to no file until one describes them anew.
    """
    restored = conn.execute(
        """
        UPDATE mention AS m SET address = w.address, ward_named = w.ward_named, phone_hash = w.phone_hash,
                                category = w.category
        FROM before_image AS b CROSS JOIN LATERAL jsonb_populate_record(NULL::mention, b.was) AS w
        WHERE b.load_id = %s AND b.table_name = 'mention' AND m.id = w.id
        """,
        (load_id,),
    )
    conn.execute("UPDATE mention SET load_id = NULL WHERE load_id = %s", (load_id,))
    return restored.rowcount > 0


def _write(conn: Connection, described: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add descriptions that are new; of known ones fill in what no file had said yet, so that no load undoes another's.

    What is filled in: address, ward, telephone, category; the name stays as it came first. Descriptions of loads that
    were taken back are as good as new. Returns the keys, and the descriptions filled in as they were before.
    """
    rows = described.rename(
        columns={
            "venue_name": "name",
            "venue_address": "address",
            "venue_ward": "ward_named",
            "venue_category": "category",
        }
    )
    if rows.empty:
        return (), ()
    rows = rows.assign(address=rows["address"].fillna("")).drop_duplicates("key")
    stage(conn, "described", dict.fromkeys(_STAGED, "text"), rows)
    conn.execute(
        """
        UPDATE mention AS m SET name = d.name, address = d.address, ward_named = d.ward_named,
                                phone_hash = d.phone_hash, category = d.category, account_code = d.account_code
        FROM described AS d WHERE d.key = m.key AND m.load_id IS NULL
        """
    )
    completed = conn.execute(
        """
        WITH completed AS (
            SELECT m AS was, m.id, COALESCE(NULLIF(m.address, ''), d.address) AS address,
                   COALESCE(m.ward_named, d.ward_named) AS ward_named,
                   COALESCE(m.phone_hash, d.phone_hash) AS phone_hash, COALESCE(m.category, d.category) AS category
            FROM mention AS m JOIN described AS d USING (key)
        )
        UPDATE mention AS m SET address = c.address, ward_named = c.ward_named, phone_hash = c.phone_hash,
                                category = c.category
        FROM completed AS c
        WHERE c.id = m.id AND m.load_id IS NOT NULL AND (m.address, m.ward_named, m.phone_hash, m.category)
              IS DISTINCT FROM (c.address, c.ward_named, c.phone_hash, c.category)
        RETURNING to_jsonb(c.was)::text AS was
        """
    ).fetchall()
    conn.execute(
        "INSERT INTO mention (key, name, address, ward_named, phone_hash, category, account_code)"
        " SELECT key, name, address, ward_named, phone_hash, category, account_code FROM described ORDER BY key"
        " ON CONFLICT (key) DO NOTHING"
    )
    conn.execute("DROP TABLE described")
    return tuple(rows["key"]), tuple(row["was"] for row in completed)


def _ids(conn: Connection, keys: list[str], described: Sequence[str]) -> dict[str, int]:
    """Ids of the descriptions that a standing load or this file, in which keys are ``described``, has."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "SELECT key, id FROM mention WHERE key = ANY(%s) AND (load_id IS NOT NULL OR key = ANY(%s))",
            (keys, list(described)),
        )
        return dict(rows.fetchall())
