"""Accounts, their wards and units, sessions, and attempts to sign in"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True, comment="Argon2id; NULL: signs in by OpenID Connect only"),
        sa.Column(
            "one_time_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the password was given out, holds until then, and is changed at first use",
        ),
        sa.Column("authenticator_key", sa.Text(), nullable=True, comment="key of RFC 6238 codes, base32"),
        sa.Column(
            "authenticator_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a code proved that the key is in the person's hands; NULL: not yet",
        ),
        sa.Column(
            "authenticator_step",
            sa.BigInteger(),
            nullable=True,
            comment="time step of the last code taken: none is taken twice",
        ),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "login = lower(login) AND login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", name=op.f("account_login_check")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("account_named_check")),
        sa.CheckConstraint(
            "role IN ('ward_officer', 'ward_chair', 'police', 'culture_office', 'culture_centre', 'economy_office',"
            " 'district_command', 'managing_body', 'admin')",
            name=op.f("account_role_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_pkey")),
        sa.UniqueConstraint("login", name=op.f("account_login_key")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="what it counts for: an address, or a known browser"),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("succeeded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_attempt_pkey")),
    )
    op.create_index(op.f("sign_in_attempt_at_idx"), "sign_in_attempt", ["at"], unique=False)
    op.create_index(
        op.f("sign_in_attempt_login_source_at_idx"), "sign_in_attempt", ["login", "source", "at"], unique=False
    )
    op.create_table(
        "account_unit",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("venue_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("account_unit_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "venue_code", name=op.f("account_unit_pkey")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint(
            "end_reason IS NULL OR end_reason IN ('signed_out', 'replaced', 'administrator', 'disabled')",
            name=op.f("session_end_reason_check"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("session_ended_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("session_account_id_fkey")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("session_pkey")),
    )
    op.create_index(
        op.f("session_account_id_idx"),
        "session",
        ["account_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "account_ward",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("account_ward_account_id_fkey")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("account_ward_ward_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "ward_id", name=op.f("account_ward_pkey")),
    )
