"""Guidance in the centre's words, with its versions, and what anybody may read of it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "guidance_draft",
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False, comment="grows with each change"),
        sa.Column("words", postgresql.JSONB(), nullable=False, comment="title, steps [{heading, text}], ask"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("sheet", "lang", name=op.f("guidance_draft_pkey")),
    )
    op.create_table(
        "guidance_version",
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("sheet", "lang", "number", name=op.f("guidance_version_pkey")),
    )
    op.create_table(
        "guidance",
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sheet", "lang", name=op.f("guidance_pkey")),
        schema="published",
    )
