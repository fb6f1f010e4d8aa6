"""The offices' own layouts of letters, in versions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = "kind IN ('reminder', 'suspension_request', 'minutes', 'lifting', 'referral')"
NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "document_template",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("document_template_kind_check")),
        sa.PrimaryKeyConstraint("kind", "number", name=op.f("document_template_pkey")),
    )
    op.create_table(
        "template_use",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("template_use_kind_check")),
        sa.PrimaryKeyConstraint("kind", name=op.f("template_use_pkey")),
    )
