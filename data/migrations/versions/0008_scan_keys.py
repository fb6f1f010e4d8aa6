"""The key of scan counts into descriptions is held once a statement, too (data/sql/scan_keys.sql)"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Descriptions keep their keys from now on as venues and loads do."""
    op.drop_constraint(op.f("scan_count_mention_id_fkey"), "scan_count")
    # Replaced, with its trigger, by one for loads and descriptions.
    op.execute("DROP FUNCTION IF EXISTS keep_loads_of_scan_counts() CASCADE")
