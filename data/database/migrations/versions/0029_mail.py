"""What is sent by e-mail, to whom and when, and links that show one view"""

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
