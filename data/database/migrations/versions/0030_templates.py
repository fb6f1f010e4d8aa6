"""The office's own layout of letters, and what loudspeakers say"""

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
