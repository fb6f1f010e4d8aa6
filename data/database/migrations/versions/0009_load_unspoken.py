"""Which columns a load's file does not speak of, for rows that wait anew"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "load",
        sa.Column(
            "unspoken",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="columns of its event table that the file does not speak of",
        ),
    )
