"""The demonstration with a row in every table that has a venue in it, and who may see which of them, in Python.

What follows here is written from the rule in words and shares nothing with ``data/sql/access.sql``: a venue is seen by
its ward or its number, and one that was merged into a venue that is seen is seen with it.
"""

from dataclasses import dataclass, replace

from data.access.caller import COMMAND_LINE, Caller
from data.access.roles import Right
from data.database.connection import Connection

BY_VENUE = {
    "venue": "id",
    "venue_opening": "venue_id",
    "registration": "venue_id",
    "scan_count": "venue_id",
    "reminder": "venue_id",
    "suspension": "venue_id",
    "scan_total": "venue_id",
    "scan_stretch": "venue_id",
    "venue_reading": "venue_id",
}
"""Tables that whoever may see the venue may read, with the column that names it."""

AT_CASES: frozenset[Right] = frozenset(("inspect", "suspend", "confirm", "remind", "approve", "publish", "quality"))
BY_CASE = ("case_entry", "visit", "publication_entry", "publication_pause")
"""Tables that whoever may see the case of their column ``case_id`` may read."""

BY_LIST = ("publication", "publication_seal")
"""Tables of lists, which are of the whole district: for whoever sees all of it and may read cases."""

DESK: frozenset[Right] = frozenset(("load", "undo", "review", "move", "download"))
COUNTING: frozenset[Right] = DESK | {"quality"}
LOADS: frozenset[Right] = COUNTING | {"view"}
BY_RIGHT: dict[str, tuple[frozenset[Right], tuple[str, ...]]] = {
    "mention": (COUNTING, ()),
    "pending_row": (COUNTING, ()),
    "link": (COUNTING, ("venue_id",)),
    "link_candidate": (COUNTING, ("venue_id",)),
    "duplicate_candidate": (DESK, ("first_id", "second_id")),
    "link_decision": (DESK, ()),
    "decided_venue": (DESK, ()),
    "merge_decision": (DESK, ()),
    "job": (DESK, ()),
    "received_file": (DESK, ()),
    "column_mapping": (DESK, ()),
    "case_file": (AT_CASES, ("venue_id",)),
    "visit_plan": (frozenset[Right](("inspect",)), ()),
    "plan_team": (frozenset[Right](("inspect",)), ()),
    "plan_stop": (frozenset[Right](("inspect",)), ()),
    "document_number": (frozenset[Right](("publish", "approve")), ()),
    "load": (LOADS, ()),
    "refused_file": (LOADS, ()),
}
"""Tables for callers with any of these rights, and the columns whose venues they must be allowed to see besides."""

NO_RIGHT = {
    "venue_contact": "personal data: contact_of() alone gives them",
    "before_image": "rows as they were, contacts among them; for the worker",
    "audit_pending": "entries of transactions that have not ended",
    "refused_sign_in": "who tried to sign in from where; audit_refused_sign_in() counts them",
    "publication_token": "hashes of what opens a venue's file; functions of publication_slips.sql ask them",
    "linking_secret": "the salt of telephones' hashes; for the worker",
    "sign_in_attempt": "who tried to sign in from where; functions of accounts.sql count them",
}
"""Tables to which the app's role has no right at all."""

NO_VENUE = {
    "alembic_version": "the version of the schema",
    "category": "kinds of venue, shipped with the product",
    "holiday": "days on which nobody works",
    "clock": "the day and version of the statuses",
    "policy": "figures of the status rule",
    "scan_day": "days for which scans are known",
    "scan_export": "moments for which totals are known",
    "scan_reach": "which days the window holds",
    "street_segment": "streets, as published",
    "ward": "wards and their outlines, as published",
}
"""Tables that tell nothing of a venue, with what they hold."""


@dataclass(frozen=True)
class World:
    """Some venues by name, and every venue with its ward, the one that it is merged into, and its code."""

    wards: tuple[int, ...]
    kept: int
    duplicate: int
    venues: dict[int, tuple[int | None, int | None, str]]

    def callers(self) -> dict[str, Caller | None]:
        """One of each kind, with the rights that go with it."""
        seen = replace(COMMAND_LINE, account_id=1, rights=frozenset[Right](("view", "contacts")))
        far = [venue for venue, (ward, _, _) in self.venues.items() if ward in self.wards[2:]]
        return {
            "nobody": None,
            "administrator": replace(seen, wards=(), rights=frozenset[Right](("accounts", "audit"))),
            "one ward": replace(seen, wards=self.wards[:1]),
            "two wards": replace(seen, wards=self.wards[:2]),
            "units": replace(seen, wards=(), units=(self.kept, far[0], far[-1]), rights=frozenset[Right](("view",))),
            "a ward with the desk's rights": replace(seen, wards=self.wards[1:2], rights=COMMAND_LINE.rights),
            "district, counting": replace(seen, wards=None, rights=frozenset[Right](("view", "quality"))),
            "district": replace(seen, wards=None, rights=COMMAND_LINE.rights),
        }

    def seen_by(self, caller: Caller | None) -> set[int]:
        """Ids of the venues that the caller may see."""
        if caller is None:
            return set()
        if caller.wards is None:
            return set(self.venues)
        named = {v for v, (ward, _, _) in self.venues.items() if ward in caller.wards} | set(caller.units)
        return named | {v for v, (_, merged_into, _) in self.venues.items() if merged_into in named}


def fill(conn: Connection) -> World:
    """Add what the demonstration lacks, of venues of three wards, and of one merged into a venue of another ward."""
    wards = [
        row["ward_id"]
        for row in conn.execute(
            "SELECT ward_id FROM venue WHERE ward_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 3"
        )
    ]
    some = [
        row["id"]
        for ward in wards
        for row in conn.execute("SELECT id FROM venue WHERE ward_id = %s AND status IS NOT NULL LIMIT 4", (ward,))
    ]
    kept, duplicate = some[0], some[4]  # of the first ward and of the second
    conn.execute("UPDATE venue SET merged_into = %s, status = NULL WHERE id = %s", (kept, duplicate))
    conn.execute("DELETE FROM status_period WHERE venue_id = %s", (duplicate,))
    conn.execute(
        "INSERT INTO reminder (venue_id, reminded_on, reason, given_by) VALUES (%s, current_day() - 1, 'no_qr', 'x')",
        (duplicate,),
    )
    load = conn.execute("SELECT max(id) AS id FROM load").fetchone()
    assert load is not None
    for statement in _ROWS:
        conn.execute(statement, {"some": some, "load": load["id"], "kept": kept, "duplicate": duplicate})  # type: ignore[arg-type]
    conn.commit()
    venues = {
        row["id"]: (row["ward_id"], row["merged_into"], row["code"])
        for row in conn.execute("SELECT id, ward_id, merged_into, code FROM venue")
    }
    conn.commit()
    return World(tuple(wards), kept, duplicate, venues)


_ROWS = (
    "INSERT INTO scan_total (venue_id, exported_on, exported_minute, load_id, total)"
    " SELECT v, '2021-10-01', -1, %(load)s, 5 FROM unnest(%(some)s::integer[]) AS v",
    "INSERT INTO scan_stretch (venue_id, from_day, to_day, basis) "
    " SELECT v, '-infinity', '2021-10-01', 'first' FROM unnest(%(some)s::integer[]) AS v",
    "INSERT INTO venue_reading (venue_id, calendar_id, unknown, members) VALUES"
    " (%(kept)s, 0, '{}', ARRAY[%(kept)s, %(duplicate)s]::integer[]), (%(duplicate)s, 0, '{}', '{}')",
    "INSERT INTO venue_point (venue_code, geom, previous_location)"
    " SELECT code, ST_SetSRID(ST_Point(105.77, 20.96), 4326), location FROM venue WHERE id = ANY (%(some)s)",
    "INSERT INTO mention (key, name) SELECT 'seen' || v, 'Quán' FROM unnest(%(some)s::integer[]) AS v",
    "INSERT INTO link (mention_id, venue_id, linked_by)"
    " SELECT m.id, substr(m.key, 5)::integer, 'person' FROM mention AS m"
    " WHERE m.key LIKE 'seen%%' AND substr(m.key, 5)::integer <> %(kept)s",
    "INSERT INTO link_candidate (mention_id, venue_id, probability, forbidden, doubtful)"
    " SELECT m.id, v, 0.9, false, true FROM mention AS m CROSS JOIN unnest(%(some)s::integer[]) AS v"
    " WHERE m.key LIKE 'seen%%'",
    "INSERT INTO pending_row (load_id, kind, mention_id, natural_key, cells)"
    " SELECT %(load)s, 'reminders', id, '[]', '{}' FROM mention WHERE key = 'seen' || %(kept)s",
    "INSERT INTO duplicate_candidate (first_id, second_id, probability, forbidden, doubtful)"
    " SELECT a, b, 0.9, false, true FROM unnest(%(some)s::integer[]) AS a, unnest(%(some)s::integer[]) AS b WHERE a < b"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO link_decision (mention_key, venue_code, verdict) VALUES ('gone', 'HD0', 'different')",
    "INSERT INTO decided_venue (code, mention_key, name, address) VALUES ('BS-9', 'gone', 'Quán', '')",
    "INSERT INTO merge_decision (duplicate_code, kept_code, verdict) VALUES ('HD0', 'HD1', 'different')",
    "INSERT INTO case_file (process, state, venue_code, venue_id, ward_id)"
    " SELECT 'visit', 'planned', code, id, ward_id FROM venue WHERE id = ANY (%(some)s)",
    "INSERT INTO case_entry (case_id, step, to_state, day, login, role)"
    " SELECT id, 'plan', state, '2021-11-30', 'x', 'y' FROM case_file",
    "INSERT INTO visit (case_id, kind) SELECT id, 'guidance' FROM case_file",
    "INSERT INTO case_file (process, state, venue_code) VALUES ('publication_list', 'published', '')",
    "INSERT INTO publication (list_id, kind, day, title, policy, drafted_login)"
    " SELECT id, 'venues', '2021-12-01', 'x', '{}', 'x' FROM case_file WHERE process = 'publication_list'",
    "INSERT INTO publication_seal ("
    "    leaf, list_id, version, kind, manifest, sha256, signature, key_id, root, hash, sealed_at"
    ") SELECT 0, list_id, 1, 'list', '{}', 'x', 'x', 'x', 'x', 'x', now() FROM publication",
    "INSERT INTO publication_entry (case_id, list_id, position, slug, facts, shown)"
    " SELECT c.id, p.list_id, c.id, 'S' || c.id, '{}', '{}' FROM case_file AS c CROSS JOIN publication AS p"
    " WHERE c.venue_id IS NOT NULL",
    "INSERT INTO publication_pause (case_id, from_day, why)"
    " SELECT case_id, '2021-12-01', 'data' FROM publication_entry",
    "INSERT INTO document_number (issuer, year, number, day, signer, subject, entered_by)"
    " VALUES ('x', 2021, '1', '2021-12-01', 'x', 'x', 'x')",
    "INSERT INTO reminder_check (venue_code, reminded_on, reason, given_by, is_true, why, decided_by, decided_login)"
    " SELECT code, '2021-12-01', 'no_qr', '', true, 'x', 'x', 'x' FROM venue WHERE id = ANY (%(some)s)",
    "INSERT INTO visit_plan (title, day, created_by, changed_by) VALUES ('Mai', '2021-12-01', 'x', 'x')",
    "INSERT INTO plan_team (plan_id, number, name, travel, start_lon, start_lat, shifts)"
    " SELECT id, 1, 'Tổ 1', 'foot', 105.77, 20.96, '[]' FROM visit_plan",
    "INSERT INTO plan_stop (plan_id, minutes, title, venues, prize) SELECT id, 15, 'Chợ', '[]', 1 FROM visit_plan",
    "INSERT INTO job (kind, payload, state) VALUES ('read', '{\"file\": 1}', 'done')",
    "INSERT INTO received_file (file_name, bytes) VALUES ('a.xlsx', 1)",
    "INSERT INTO column_mapping (layout_key, kind) VALUES ('a|b', 'venues')",
    "INSERT INTO refused_file (file_name, sentence) VALUES ('b.xlsx', 'Tệp rỗng.')",
)
