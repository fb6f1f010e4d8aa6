"""The audit: entries chained by hashes, their buffer, and who asked for a job"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def _pictures() -> tuple[sa.Column[Any], sa.Column[Any]]:
    before, after = (sa.Column(name, postgresql.JSONB(astext_type=sa.Text())) for name in ("before", "after"))
    return before, after


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False, comment="1, 2, 3, … no gaps"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was committed"),
        sa.Column("account_id", sa.BigInteger(), nullable=True, comment="NULL: a command, or nobody signed in"),
        _text("login"),
        _text("role", comment="as in account.role; database: nobody told who asks"),
        _text("address"),
        _text("request_id"),
        _text("action", comment="what: table.insert|update|delete, or a word of the product"),
        _text("subject_kind"),
        _text("subject", comment="a venue's code, a login, a number, …"),
        *_pictures(),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of previous_hash and the entry's canonical text",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_entry_pkey")),
    )
    op.create_index("audit_entry_at_idx", "audit_entry", ["at"])
    for column in ("subject", "login", "action"):
        op.create_index(f"audit_entry_{column}_idx", "audit_entry", [column, "id"])
    op.create_index(
        "audit_entry_kept_code_idx",
        "audit_entry",
        [sa.text("(COALESCE(after ->> 'kept_code', before ->> 'kept_code'))"), "id"],
        postgresql_where=sa.text("action LIKE 'merge_decision.%'"),
    )


def _audit_pending() -> None:
    op.create_table(
        "audit_pending",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        _text("row_table", nullable=True, comment="NULL: no row of a table, but a word of the product"),
        _text("row_key", nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        *(_text(name) for name in ("login", "role", "address", "request_id")),
        _text("action", nullable=True),
        *(_text(name) for name in ("subject_kind", "subject")),
        *_pictures(),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_pending_pkey")),
        sa.UniqueConstraint(
            "transaction",
            "row_table",
            "row_key",
            name=op.f("audit_pending_transaction_row_table_row_key_key"),
        ),
        # Nothing in it outlives its transaction: there is nothing to recover after a crash.
        prefixes=["UNLOGGED"],
    )


def upgrade() -> None:
    _audit_entry()
    _audit_pending()
    op.add_column(
        "job",
        sa.Column(
            "asked_as",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="who asked, as the transaction was told: account, login, role, address, request",
        ),
    )
