"""Running totals of the QR account and the counts derived from them; venues that stand for others"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _merged_venues() -> None:
    op.add_column(
        "venue",
        sa.Column("merged_into", sa.Integer(), nullable=True, comment="the venue that stands for this one, too"),
    )
    op.create_foreign_key(
        op.f("venue_merged_into_fkey"), "venue", "venue", ["merged_into"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("venue_merged_check"), "venue", "merged_into <> id")
    op.create_index(
        op.f("venue_merged_into_idx"), "venue", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )


def upgrade() -> None:
    _merged_venues()
