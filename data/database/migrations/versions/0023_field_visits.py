"""Visits recorded at the door: their kinds of record, and the rights with which their author recorded them"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KINDS = (
    "'reminder', 'confirmation', 'withdrawal', 'proposal_new', 'proposal_move', 'proposal_closure', 'qr_seen',"
    " 'visit', 'visit_missed', 'stop_claim'"
)


def upgrade() -> None:
    for name in ("rights", "wards"):
        op.add_column(
            "field_event",
            sa.Column(
                name,
                sa.Text(),
                server_default=sa.text("''"),
                nullable=False,
                comment=f"its author's when it was recorded, as app.{name}",
            ),
        )
    op.drop_constraint(op.f("field_event_kind_check"), "field_event", type_="check")
    op.create_check_constraint(op.f("field_event_kind_check"), "field_event", f"kind IN ({KINDS})")
    op.create_index("field_event_claim_idx", "field_event", ["seq"], postgresql_where=sa.text("kind = 'stop_claim'"))
