"""Descriptions of venues in files without our codes, their links, what people decided, and merged venues"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DESCRIBED = ("registration", "scan_count", "reminder", "suspension", "scan_total")


def _reasons(comment: str) -> sa.Column[Any]:
    return sa.Column(
        "reasons",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'[]'"),
        nullable=False,
        comment=comment,
    )


def _linking_secret() -> None:
    op.create_table(
        "linking_secret",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("linking_secret_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("linking_secret_pkey")),
    )


def _mention() -> None:
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="the source's own number of the place, else name, address, ward and hash, folded",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ward_named", sa.Text(), nullable=True),
        sa.Column("phone_hash", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True, comment="kind of venue as the source writes it"),
        sa.Column("account_code", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "load_id",
            sa.Integer(),
            nullable=True,
            comment="the first load that describes it; NULL: none that stands does",
        ),
        sa.CheckConstraint("key <> ''", name=op.f("mention_keyed_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("mention_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("mention_pkey")),
        sa.UniqueConstraint("key", name=op.f("mention_key_key")),
    )
    op.create_index(op.f("mention_load_id_idx"), "mention", ["load_id"], unique=False)


def _link_candidate() -> None:
    op.create_table(
        "link_candidate",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("forbidden", sa.Boolean(), nullable=False, comment="a clear difference: never linked by machine"),
        sa.Column(
            "doubtful", sa.Boolean(), nullable=False, comment="at or above the bound below which nothing is asked"
        ),
        _reasons("what agrees and what differs, part by part (etl.linking)"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mention.id"], name=op.f("link_candidate_mention_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("link_candidate_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "venue_id", name=op.f("link_candidate_pkey")),
    )
    op.create_index(op.f("link_candidate_venue_id_idx"), "link_candidate", ["venue_id"], unique=False)


def _link_decision() -> None:
    op.create_table(
        "link_decision",
        sa.Column("mention_key", sa.Text(), nullable=False),
        sa.Column("venue_code", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        _reasons("what the engine had seen of the pair, from which it learns"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("verdict IN ('same', 'different', 'new')", name=op.f("link_decision_verdict_check")),
        sa.PrimaryKeyConstraint("mention_key", "venue_code", name=op.f("link_decision_pkey")),
    )
    op.create_index(
        "link_decision_one_venue_idx",
        "link_decision",
        ["mention_key"],
        unique=True,
        postgresql_where=sa.text("verdict IN ('same', 'new')"),
    )


def _decided_venue() -> None:
    op.create_table(
        "decided_venue",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mention_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ward_named", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True, comment="as the source writes it"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("decided_venue_pkey")),
        sa.UniqueConstraint("mention_key", name=op.f("decided_venue_mention_key_key")),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(linked_by = 'machine') = (load_id IS NOT NULL)", name=op.f("link_machine_has_load_check")),
        sa.CheckConstraint("linked_by IN ('machine', 'person')", name=op.f("link_linked_by_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("link_load_id_fkey")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("link_mention_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("link_venue_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("link_pkey")),
    )
    op.create_index(op.f("link_load_id_idx"), "link", ["load_id"], unique=False)
    op.create_index(op.f("link_venue_id_idx"), "link", ["venue_id"], unique=False)


def _pending_row() -> None:
    op.create_table(
        "pending_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("natural_key", sa.Text(), nullable=False, comment="the row's key within its venue, as a JSON array"),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.Column(
            "cells", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the columns of its event table"
        ),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("pending_row_load_id_fkey")),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("pending_row_mention_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pending_row_pkey")),
    )
    op.create_index(op.f("pending_row_load_id_idx"), "pending_row", ["load_id"], unique=False)
    op.create_index(op.f("pending_row_mention_id_idx"), "pending_row", ["mention_id"], unique=False)


def _duplicate_candidate() -> None:
    op.create_table(
        "duplicate_candidate",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("forbidden", sa.Boolean(), nullable=False),
        sa.Column(
            "doubtful", sa.Boolean(), nullable=False, comment="at or above the bound below which nothing is asked"
        ),
        _reasons("what agrees and what differs, part by part (etl.linking)"),
        sa.CheckConstraint("first_id < second_id", name=op.f("duplicate_candidate_order_check")),
        sa.ForeignKeyConstraint(
            ["first_id"], ["venue.id"], name=op.f("duplicate_candidate_first_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["venue.id"], name=op.f("duplicate_candidate_second_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("duplicate_candidate_pkey")),
    )
    op.create_index(op.f("duplicate_candidate_second_id_idx"), "duplicate_candidate", ["second_id"], unique=False)


def _merge_decision() -> None:
    op.create_table(
        "merge_decision",
        sa.Column("duplicate_code", sa.Text(), nullable=False),
        sa.Column("kept_code", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("verdict IN ('merged', 'different')", name=op.f("merge_decision_verdict_check")),
        sa.CheckConstraint("duplicate_code <> kept_code", name=op.f("merge_decision_two_check")),
        sa.PrimaryKeyConstraint("duplicate_code", "kept_code", name=op.f("merge_decision_pkey")),
    )
    op.create_index(
        "merge_decision_one_kept_idx",
        "merge_decision",
        ["duplicate_code"],
        unique=True,
        postgresql_where=sa.text("verdict = 'merged'"),
    )


def _described(table: str) -> None:
    op.add_column(
        table,
        sa.Column(
            "mention_id",
            sa.Integer(),
            nullable=True,
            comment="the description by which the venue was found; NULL: by its code",
        ),
    )
    op.create_foreign_key(op.f(f"{table}_mention_id_fkey"), table, "mention", ["mention_id"], ["id"])
    op.create_index(
        f"{table}_mention_id_idx", table, ["mention_id"], postgresql_where=sa.text("mention_id IS NOT NULL")
    )


def upgrade() -> None:
    _linking_secret()
    _mention()
    _link_candidate()
    _link_decision()
    _decided_venue()
    _link()
    _pending_row()
    _duplicate_candidate()
    _merge_decision()
    # Numbers of the venues that people make of descriptions; one that was given is never given again.
    op.execute("CREATE SEQUENCE decided_venue_number")
    op.execute(
        "INSERT INTO linking_secret (salt) SELECT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"
    )
    for table in DESCRIBED:
        _described(table)
