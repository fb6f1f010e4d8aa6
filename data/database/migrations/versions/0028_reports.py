"""What offices hand in: weekly reports of wards and the district's, frozen when sent; notes on days"""

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
