"""When the OpenID Connect provider last asked somebody who they are: it may answer from a session of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "session",
        sa.Column(
            "proved_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="at the provider; NULL: it does not say, or the session began by a password",
        ),
    )
    # data/sql makes them anew: with that moment, and with the network that an attempt is counted by
    op.execute("DROP FUNCTION IF EXISTS begin_session_by_identity(integer, bytea, text, boolean)")
    op.execute("DROP FUNCTION IF EXISTS audit_refused_sign_in(text, text)")
