"""Venues without a ward are counted with every view, without reading all venues"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("venue_without_ward_idx", "venue", ["id"], postgresql_where=sa.text("ward_id IS NULL"))
