"""Who left and who joined a team while its plan was assigned, when, by whom and why: not in words of the audit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = '[{"at", "by", "why", "gone", "come"}]: who left and who came while the plan was assigned, by name'
    column = sa.Column("turnover", JSONB, server_default=sa.text("'[]'"), nullable=False, comment=comment)
    op.add_column("plan_team", column)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # into the audit, before its triggers go
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    for event in ("insert", "update", "delete", "truncate"):  # data/sql/audited_tables.sql makes them anew
        op.execute(f"DROP TRIGGER IF EXISTS audit_{event} ON plan_team")
