"""When the wards' loudspeakers spoke"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.create_table(
        "broadcast",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("times", sa.SmallInteger(), nullable=False),
        sa.Column("read_by", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.CheckConstraint("times BETWEEN 1 AND 20", name=op.f("broadcast_times_check")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_why IS NULL)", name=op.f("broadcast_withdrawn_check")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("broadcast_ward_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("broadcast_pkey")),
    )
    op.create_index(op.f("broadcast_ward_id_day_idx"), "broadcast", ["ward_id", "day"], unique=False)
