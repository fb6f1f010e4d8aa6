"""What is sent by e-mail, to whom and when, and links that show one view"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")
KINDS = "kind IN ('figures', 'reports')"


def upgrade() -> None:
    _addresses()
    _outbox()
    _links()


def _addresses() -> None:
    op.create_table(
        "mail_address",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            r"length(address) <= 254 AND address ~ '^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$'",
            name=op.f("mail_address_address_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("mail_address_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("mail_address_pkey")),
    )
    op.create_table(
        "mail_subscription",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column(
            "last", postgresql.JSONB(), nullable=True, comment="the figures that the last mail told, and their day"
        ),
        sa.CheckConstraint(KINDS, name=op.f("mail_subscription_kind_check")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 7", name=op.f("mail_subscription_weekday_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("mail_subscription_account_id_fkey")),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("mail_subscription_pkey")),
    )


def _outbox() -> None:
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, comment="whose venues its figures are of, in words"),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("error", sa.Text(), nullable=True, comment="what the server said, or why it was dropped"),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("mail_outbox_kind_check")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'dropped')",
            name=op.f("mail_outbox_state_check"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("mail_outbox_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("mail_outbox_pkey")),
        sa.UniqueConstraint("account_id", "kind", "key", name=op.f("mail_outbox_account_id_kind_key_key")),
    )
    op.create_index(
        "mail_outbox_open_idx",
        "mail_outbox",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_table(
        "mail_setting",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reports_checked_on", sa.Date(), nullable=True),
        sa.Column("changed_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("mail_setting_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("mail_setting_pkey")),
    )
    op.execute("INSERT INTO mail_setting (id) VALUES (1)")


def _links() -> None:
    op.create_table(
        "shared_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the secret"),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="of the filters, without the day"),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at <= made_at + interval '31 days'", name=op.f("shared_link_expiry_check")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("shared_link_account_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("shared_link_pkey")),
        sa.UniqueConstraint("hash", name=op.f("shared_link_hash_key")),
    )
