"""Why a file was refused is kept so that it can be told in other languages, too"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "refused_file",
        sa.Column(
            "said",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="the sentence with its key and values (data/texts/sentences.py); NULL: of an earlier version",
        ),
    )
    # The sentence is in the audit already; data/sql/audited_tables.sql makes the triggers anew.
    for event in ("insert", "update", "delete", "truncate"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_{event} ON refused_file")
