"""Refused attempts to sign in are counted between the entries of the audit that tell of them"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_sign_in",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False, comment="'': of no account"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("action", "login", "address", name=op.f("refused_sign_in_pkey")),
    )
    op.create_index(op.f("refused_sign_in_told_at_idx"), "refused_sign_in", ["told_at"])
    op.execute("ALTER TABLE refused_sign_in ENABLE ROW LEVEL SECURITY")  # and no policy: it is for nobody
