"""The newest job about a file or a load is found without reading all jobs"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for subject in ("file", "load"):
        op.create_index(
            f"job_{subject}_idx",
            "job",
            [sa.text(f"((payload ->> '{subject}')::bigint)"), "id"],
            postgresql_where=sa.text(f"payload ? '{subject}'"),
        )
