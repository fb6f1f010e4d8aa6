"""A database of an earlier version, with data: migrating brings what follows from the events in step with the rule."""

import psycopg
from psycopg.rows import dict_row

from data.access.caller import COMMAND_LINE, acting_as
from data.database.migrate import migrate
from data.status import periods

LATER = (
    "DROP TABLE guidance_version, guidance_draft, template_use, document_template, broadcast, shared_link, mail_outbox,"
    " mail_subscription, mail_address, mail_setting, poster_order, annotation, report_paper, report_version,"
    " report_presence, report CASCADE",
    "DROP TABLE street_segment",
    "DROP SCHEMA published CASCADE",
    "DROP TABLE publication_entry, publication_pause, publication_token, publication_seal, publication,"
    " document_number, reminder_check CASCADE",
    "DROP TABLE visit, plan_stop, plan_team, visit_plan, case_entry, case_file, holiday CASCADE",
    "ALTER TABLE suspension DROP COLUMN basis, DROP COLUMN case_id",
    "ALTER TABLE policy DROP COLUMN inspections_a_year, DROP COLUMN two_person, DROP COLUMN priority,"
    " DROP COLUMN publication, DROP COLUMN reports",
    "ALTER TABLE field_event DROP COLUMN rights, DROP COLUMN wards",
    "DROP INDEX field_event_claim_idx, field_event_moment_idx, field_event_note_idx, venue_street_idx,"
    " reminder_giver_idx",
)
"""Takes back what the migrations after the twentieth have made."""


def test_periods_that_a_migration_has_thrown_away_are_computed_anew(own_demo_database: str) -> None:
    with psycopg.connect(own_demo_database, row_factory=dict_row) as conn:
        before = conn.execute("SELECT * FROM status_period ORDER BY venue_id, from_day").fetchall()
        assert {row["has_qr"] for row in before} == {row["has_scans"] for row in before} == {True, False}
        for later in LATER:
            conn.execute(later)
        conn.execute("ALTER TABLE status_period DROP COLUMN has_qr, DROP COLUMN has_scans")
        conn.execute("UPDATE alembic_version SET version_num = '0019'")
    with acting_as(COMMAND_LINE):
        migrate(own_demo_database)
    with psycopg.connect(own_demo_database, row_factory=dict_row) as conn:
        after = conn.execute("SELECT * FROM status_period ORDER BY venue_id, from_day").fetchall()
        assert [dict(row) for row in after] == [dict(row) for row in before]
        assert periods.check(conn) == []
