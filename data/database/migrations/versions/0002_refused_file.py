"""refused_file: files of which nothing could be loaded"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True, comment="NULL: the file could not be read"),
        sa.Column("kind", sa.Text(), nullable=True, comment="NULL: not told what it is"),
        sa.Column(
            "refused_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "sentence", sa.Text(), nullable=False, comment="why, without values of cells: the page's role reads it"
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('wards', 'venues', 'registrations', 'scans', 'reminders', 'suspensions')",
            name=op.f("refused_file_kind_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("refused_file_pkey")),
    )
