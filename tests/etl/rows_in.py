"""Where the rows of a loaded file are: in their table, among those that wait for a decision, or among the rejects."""

from collections import Counter, defaultdict
from typing import Any

import pandas as pd
from psycopg.sql import SQL, Identifier

from data.database.connection import Connection
from data.texts.folding import fold
from etl.loading.events import Table
from etl.loading.kinds import TABLES
from etl.loading.load import Outcome
from etl.validation.table import Source, SourceTable
from etl.values.cell_values import code_key

Names = frozenset[str]
"""What a row calls its venue, or an event is known by: its code, its name, the number that a source gives it."""


def every_row_is_somewhere(conn: Connection, source: Source, outcome: Outcome) -> None:
    """Assert it, and that the counts that a clerk reads add up."""
    changes, rejected = outcome.changes, list(outcome.rejects)
    assert outcome.rows_read == outcome.accepted + len(rejected), outcome
    assert outcome.unchanged >= 0, outcome
    if not isinstance(source, SourceTable):
        return
    assert outcome.rows_read == len(source.frame) + len(source.rejects)
    for reject in source.rejects:  # of rows that never were in the frame
        rejected.remove(reject)
    found = _found(conn, source)
    places = list(zip(source.frame["_sheet"].tolist(), source.frame["_row"].tolist(), strict=True))
    # A row of a wide table is several here, with one place.
    missing = Counter(
        (source.sheet_title(sheet), row) for (sheet, row), is_there in zip(places, found, strict=True) if not is_there
    )
    missing.subtract(Counter((reject.sheet, reject.row) for reject in rejected))
    lost = {place: number for place, number in missing.items() if number > 0}
    assert not lost, f"{source.path.name}: neither written nor waiting nor rejected: {lost}"
    if source.kind in TABLES:
        waiting = conn.execute("SELECT count(*) AS rows FROM pending_row WHERE load_id = %s", (outcome.load_id,))
        assert (waiting.fetchone() or {"rows": 0})["rows"] <= outcome.remarks.get("pending_rows", 0)
        assert changes.new + changes.changed <= outcome.accepted


def _found(conn: Connection, source: SourceTable) -> list[bool]:
    """Of each row of the file, in its order: whether what it says stands somewhere."""
    if source.kind == "venues":
        known = {code_key(row["code"]) for row in conn.execute("SELECT code FROM venue")}
        return [code_key(code) in known for code in source.frame["code"]]
    table = TABLES[source.kind]
    spoken = [name for name in (*table.key, *table.values) if name in source.frame]
    codes = _codes_of_names(conn)
    stated = _stated(conn, source.kind, table, spoken)
    found = []
    for row in source.frame.to_dict("records"):
        says = {name: _plain(row[name]) for name in spoken}
        names = _names(row.get("venue_code"), row.get("venue_name"), row.get("account_code"))
        names |= {code for name in names for code in codes[name]}
        same_key = stated[tuple(says[name] for name in spoken if name in table.key)]
        found.append(any(names & other and _agree(says, told) for other, told in same_key))
    return found


def _stated(
    conn: Connection, kind: str, table: Table, spoken: list[str]
) -> dict[tuple[Any, ...], list[tuple[Names, dict[str, Any]]]]:
    """Events and waiting rows by as much of their key as the file has, each with the names that it goes by."""
    columns = SQL(", ").join(Identifier("e", name) for name in spoken)
    written = conn.execute(
        SQL(
            "SELECT v.code, v.name AS venue, m.name, m.account_code, {} FROM {} AS e"
            " JOIN venue AS v ON v.id = e.venue_id LEFT JOIN mention AS m ON m.id = e.mention_id"
        ).format(columns, Identifier(table.name))
    ).fetchall()
    waiting = conn.execute(
        "SELECT m.name, m.account_code, p.cells FROM pending_row AS p JOIN mention AS m ON m.id = p.mention_id"
        " WHERE p.kind = %s",
        (kind,),
    ).fetchall()
    stated = defaultdict(list)
    key = [name for name in spoken if name in table.key]
    for row in written:
        says = {name: _plain(row[name]) for name in spoken}
        names = _names(row["code"], row["venue"], row["account_code"]) | _names(None, row["name"], None)
        stated[tuple(says[name] for name in key)].append((names, says))
    for row in waiting:
        says = {name: _plain(row["cells"].get(name)) for name in spoken}
        stated[tuple(says[name] for name in key)].append((_names(None, row["name"], row["account_code"]), says))
    return stated


def _codes_of_names(conn: Connection) -> dict[str, set[str]]:
    """Codes of the venues that a description is linked to, by each of its names."""
    codes = defaultdict(set)
    linked = (
        "SELECT m.name, m.account_code, v.code FROM link JOIN mention AS m ON m.id = mention_id"
        " JOIN venue AS v ON v.id = venue_id"
    )
    for row in conn.execute(linked):
        for name in _names(None, row["name"], row["account_code"]):
            codes[name] |= _names(row["code"], None, None)
    return codes


def _names(code: Any, name: Any, number: Any) -> Names:
    numbers = {code_key(one) for one in (code, number) if isinstance(one, str) and one}
    return frozenset(numbers | ({f"name {fold(name)}"} if isinstance(name, str) and name else set()))


def _agree(says: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether the table says what the file says; of what the file is silent about, it may say anything."""
    return all(value is None or value == told[name] for name, value in says.items())


def _plain(value: Any) -> Any:
    """One way of writing a value of a frame, a table or JSON."""
    if value is None or value == "" or pd.isna(value):
        return None
    return value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)
