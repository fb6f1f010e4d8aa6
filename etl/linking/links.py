"""From descriptions to venues: what a person decided, else what an earlier run linked, else what the engine is sure of.

The engine (``etl.linking``) gives candidates with probabilities and says which of them it is sure of; everything else
waits for a person. What people decided teaches the engine before it is asked.
"""

import pandas as pd
from psycopg.rows import tuple_row

from data.database.connection import Connection
from data.database.staging import stage
from etl.linking import engine
from etl.linking.phones import phone_hash, secret
from etl.values.categories import categorise
from etl.values.fixed_columns import FixedColumns

CANDIDATES = 5
_STAGED_CANDIDATES = {
    "mention_id": "integer",
    "venue_id": "integer",
    "probability": "float8",
    "forbidden": "boolean",
    "doubtful": "boolean",
    "reasons": "text",
}
_COLUMNS = ["id", "name", "address", "ward", "phone_hash", "category", "lon", "lat"]


class Links(FixedColumns):
    """Links that the machine is sure of: description, venue, probability."""

    COLUMNS = ("mention_id", "venue_id", "probability")

    @property
    def venues(self) -> dict[int, int]:
        """Description -> venue."""
        return dict(zip(self.frame["mention_id"].tolist(), self.frame["venue_id"].tolist(), strict=True))


def link_decided(conn: Connection, descriptions: list[int]) -> dict[int, int]:
    """Description -> venue, for those of ``descriptions`` that a person or an earlier run linked."""
    _apply_decisions(conn, descriptions)
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT mention_id, venue_id FROM link WHERE mention_id = ANY(%s)", (descriptions,))
        return dict(rows.fetchall())


def match(conn: Connection, descriptions: list[int]) -> Links:
    """Ask the engine about descriptions that nothing links yet; their rows of ``link_candidate`` are replaced.

    Returns what a machine may link; nothing is linked here.
    """
    described = _described(conn, descriptions)
    venues = register(conn, with_merged=True)
    if described.empty or venues.empty:
        return Links.none()
    found = _one_a_place(conn, engine.candidates(described, venues, taught_weights(conn), per_mention=CANDIDATES))
    found = found.assign(doubtful=found["probability"] >= engine.LOWER)
    _replace_candidates(conn, descriptions, found)
    decided = engine.decide(_without_refused(conn, found))
    linked = decided[decided["verdict"] == "linked"].rename(columns={"mention": "mention_id", "venue": "venue_id"})
    return Links(linked[list(Links.COLUMNS)].astype({"venue_id": int}))


def write_links(conn: Connection, sure: Links, load_id: int) -> None:
    """Write the machine's links of a load; what a person or an earlier load linked stays."""
    if sure.frame.empty:
        return
    stage(conn, "sure", {"mention_id": "integer", "venue_id": "integer", "probability": "float8"}, sure.frame)
    conn.execute(
        "INSERT INTO link (mention_id, venue_id, linked_by, probability, load_id)"
        " SELECT mention_id, venue_id, 'machine', probability, %s FROM sure ORDER BY mention_id ON CONFLICT DO NOTHING",
        (load_id,),
    )
    conn.execute("DROP TABLE sure")


def register(conn: Connection, *, with_merged: bool = False) -> pd.DataFrame:
    """The venues as the engine compares them (``etl.linking.describe``), by id; merged ones only ``with_merged``."""
    salt = secret(conn)
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            """
            SELECT v.id, v.name, v.address, COALESCE(v.ward_named, w.name), c.phone, v.category, ST_X(v.geom),
                   ST_Y(v.geom)
            FROM venue AS v
            LEFT JOIN ward AS w ON w.id = v.ward_id
            LEFT JOIN venue_contact AS c ON c.venue_id = v.id
            WHERE %s OR v.merged_into IS NULL ORDER BY v.id
            """,
            (with_merged,),
        ).fetchall()
    venues = pd.DataFrame(rows, columns=_COLUMNS, dtype=object)
    venues["phone_hash"] = pd.Series([phone_hash(phone, salt) for phone in venues["phone_hash"]], dtype=object)
    return venues.astype({"id": int, "lon": float, "lat": float}).set_index("id")


def taught_weights(conn: Connection) -> engine.Weights:
    """The engine's weights as people's decisions have taught them, or as shipped where nobody has decided yet."""
    decisions = pd.DataFrame(
        conn.execute(
            "SELECT reasons::text AS reasons, verdict = 'same' AS same FROM link_decision"
            " WHERE verdict <> 'new' AND reasons <> '[]' ORDER BY mention_key, venue_code"
        ).fetchall()
    )
    shipped = engine.Weights.shipped()
    return shipped if decisions.empty else shipped.taught(decisions)


def _apply_decisions(conn: Connection, descriptions: list[int]) -> None:
    conn.execute(
        """
        INSERT INTO link AS old (mention_id, venue_id, linked_by)
        SELECT m.id, v.id, 'person'
        FROM mention AS m
        JOIN link_decision AS d ON d.mention_key = m.key AND d.verdict IN ('same', 'new')
        JOIN venue AS v ON v.code = d.venue_code
        WHERE m.id = ANY(%s)
        ON CONFLICT (mention_id) DO UPDATE
        SET venue_id = excluded.venue_id, linked_by = 'person', probability = NULL, load_id = NULL
        WHERE (old.venue_id, old.linked_by) IS DISTINCT FROM (excluded.venue_id, excluded.linked_by)
        """,
        (descriptions,),
    )


def _described(conn: Connection, descriptions: list[int]) -> pd.DataFrame:
    rows = conn.execute(
        "SELECT id, name, address, ward_named AS ward, phone_hash, category, NULL::float8 AS lon, NULL::float8 AS lat"
        " FROM mention WHERE id = ANY(%s) ORDER BY id",
        (descriptions,),
    ).fetchall()
    described = pd.DataFrame(rows, columns=_COLUMNS)
    codes, _ = categorise(described["category"])
    described["category"] = pd.Series(codes, dtype=object).where(described["category"].notna(), None)
    return described.set_index("id").astype({"lon": float, "lat": float})


def _replace_candidates(conn: Connection, descriptions: list[int], found: pd.DataFrame) -> None:
    conn.execute("DELETE FROM link_candidate WHERE mention_id = ANY(%s)", (descriptions,))
    named = found.rename(columns={"mention": "mention_id", "venue": "venue_id"})
    stage(conn, "found", _STAGED_CANDIDATES, named)
    conn.execute(
        "INSERT INTO link_candidate (mention_id, venue_id, probability, forbidden, doubtful, reasons)"
        " SELECT mention_id, venue_id, probability, forbidden, doubtful, reasons::jsonb FROM found"
    )
    conn.execute("DROP TABLE found")


def _one_a_place(conn: Connection, found: pd.DataFrame) -> pd.DataFrame:
    """Of venues that are merged into one, the one that a description resembles most: they are no rivals."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute("SELECT id, merged_into FROM venue WHERE merged_into IS NOT NULL").fetchall()
    merged: dict[int, int] = dict(rows)
    if not merged:
        return found
    place = found["venue"].replace(merged)
    nearest = found.assign(place=place).sort_values("probability", ascending=False, kind="stable")
    return found.loc[nearest.drop_duplicates(["mention", "place"]).index.sort_values()]


def _without_refused(conn: Connection, found: pd.DataFrame) -> pd.DataFrame:
    """Without the pairs of which a person said that they are not one."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        refused = cursor.execute(
            "SELECT m.id, v.id FROM link_decision AS d JOIN mention AS m ON m.key = d.mention_key"
            " JOIN venue AS v ON v.code = d.venue_code WHERE d.verdict = 'different' AND m.id = ANY(%s)",
            (found["mention"].unique().tolist(),),
        ).fetchall()
    pairs = pd.MultiIndex.from_frame(found[["mention", "venue"]])
    return found[~pairs.isin(refused)] if refused else found
