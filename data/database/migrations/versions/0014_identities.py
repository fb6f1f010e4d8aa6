"""Identities of an office's OpenID Connect provider, and by which way a session began"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_identity",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "email",
            sa.Text(),
            nullable=False,
            comment="written by an administrator; whom the provider vouches for with it first is bound",
        ),
        sa.Column("issuer", sa.Text(), nullable=True, comment="of the provider; NULL: nobody has signed in yet"),
        sa.Column("subject", sa.Text(), nullable=True, comment="what the provider calls the person, for ever"),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            r"email = lower(email) AND length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+$'",
            name=op.f("account_identity_email_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(issuer, subject, bound_at) IN (0, 3)", name=op.f("account_identity_bound_check")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("account_identity_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("account_identity_pkey")),
        sa.UniqueConstraint("email", name=op.f("account_identity_email_key")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("account_identity_issuer_subject_key")),
    )
    op.add_column("session", sa.Column("began_by", sa.Text(), server_default=sa.text("'password'"), nullable=False))
    op.create_check_constraint(op.f("session_began_by_check"), "session", "began_by IN ('password', 'oidc')")
