"""Periods say whether a venue has a QR and scans; ``data.database.migrate`` computes them anew"""

import sqlalchemy as sa
from alembic import op

from data.locks import LOADER

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(f"SELECT pg_advisory_xact_lock({LOADER.space}, {LOADER.number})")
    op.execute("TRUNCATE status_period")
    op.add_column("status_period", sa.Column("has_qr", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "status_period",
        sa.Column(
            "has_scans", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="within the window"
        ),
    )
    # It answers with more columns: data/sql/status_rule.sql makes it anew.
    op.execute("DROP FUNCTION IF EXISTS venue_status(integer, date)")
