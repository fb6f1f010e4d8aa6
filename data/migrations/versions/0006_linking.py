"""Descriptions of venues in files without our codes, their links, and merged venues"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
