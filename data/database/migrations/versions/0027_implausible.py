"""Reminders that are hard to believe are looked up by street, by an account's minutes and by words"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reminder = sa.text("kind = 'reminder'")
    op.create_index("venue_street_idx", "venue", ["street", "ward_id"], postgresql_where=sa.text("street IS NOT NULL"))
    op.create_index("field_event_moment_idx", "field_event", ["account_id", "happened_at"], postgresql_where=reminder)
    op.create_index(
        "field_event_note_idx", "field_event", [sa.text("lower(payload ->> 'note')")], postgresql_where=reminder
    )
    op.create_index("reminder_giver_idx", "reminder", ["given_by", "reminded_on"])
