"""The first day of each kind of event from an index: it is asked with every view of the page"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FIRST_DAYS = (("registration", "registered_on"), ("reminder", "reminded_on"), ("suspension", "starts_on"))


def upgrade() -> None:
    for table, column in FIRST_DAYS:
        op.create_index(op.f(f"{table}_{column}_idx"), table, [column], unique=False)
