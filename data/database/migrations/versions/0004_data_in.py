"""Files received, jobs of the worker, and what a load overwrote: loading from the page, and taking a load back"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = "('wards', 'venues', 'registrations', 'scans', 'totals', 'reminders', 'suspensions')"


def _jsonb(name: str, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(
        name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False, comment=comment
    )


def _moment(name: str, *, now: bool = False, comment: str | None = None) -> sa.Column[Any]:
    default = sa.text("clock_timestamp()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now, comment=comment)


def _load() -> None:
    for table in ("load", "refused_file"):
        op.drop_constraint(op.f(f"{table}_kind_check"), table)
        op.create_check_constraint(op.f(f"{table}_kind_check"), table, f"kind IN {KINDS}")
    op.add_column("load", _jsonb("options", "what a person said beside the file, so that it can be loaded again"))
    op.add_column("load", sa.Column("loaded_by", sa.Text(), nullable=True))
    op.add_column("load", _moment("undone_at", comment="when the load was taken back; NULL: it stands"))
    op.add_column("load", sa.Column("undone_by", sa.Text(), nullable=True))


def _before_image() -> None:
    op.create_table(
        "before_image",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the row before the load"),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("before_image_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("before_image_pkey")),
    )
    op.create_index(op.f("before_image_load_id_idx"), "before_image", ["load_id"])


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        _jsonb("payload"),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("step", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("steps", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("progress", sa.Text(), server_default=sa.text("''"), nullable=False),
        _jsonb("result"),
        sa.Column("error", sa.Text(), nullable=True, comment="a sentence for the person who asked"),
        sa.Column("asked_by", sa.Text(), nullable=True),
        _moment("asked_at", now=True),
        _moment("started_at"),
        _moment("finished_at"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("job_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("job_pkey")),
    )
    op.create_index(
        "job_open_idx", "job", ["id"], postgresql_where=sa.text("state IN ('queued', 'running')"), unique=False
    )


def _received_file() -> None:
    op.create_table(
        "received_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False, comment="size that the sender announced"),
        sa.Column("received_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True, comment="of the whole file: its name in the store of files"),
        sa.Column("state", sa.Text(), server_default=sa.text("'receiving'"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True, comment="as recognised or chosen"),
        _jsonb("options", "what a person said beside the file: kind, as_of, crs, replace, columns"),
        _jsonb("preview", "how the file was read: sheets, headings, columns, first rows, encoding, doubts"),
        _jsonb("report", "what loading it would change (checked) or has changed (loaded)"),
        sa.Column("error", sa.Text(), nullable=True, comment="why it cannot be read or loaded, a sentence"),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        _moment("received_at", now=True),
        sa.CheckConstraint(
            "state IN ('receiving', 'received', 'read', 'checked', 'loaded', 'refused', 'discarded')",
            name=op.f("received_file_state_check"),
        ),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("received_file_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("received_file_pkey")),
    )


def _column_mapping() -> None:
    op.create_table(
        "column_mapping",
        sa.Column("layout_key", sa.Text(), nullable=False, comment="the headings of a layout, folded and joined"),
        sa.Column("kind", sa.Text(), nullable=False),
        _jsonb("columns", "heading as the file writes it -> canonical column, or null: not read"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        _moment("decided_at", now=True),
        sa.PrimaryKeyConstraint("layout_key", name=op.f("column_mapping_pkey")),
    )


def _scan_count_keys() -> None:
    """Held by triggers from now on (data/sql/scan_keys.sql)."""
    for column in ("venue_id", "load_id"):
        op.drop_constraint(op.f(f"scan_count_{column}_fkey"), "scan_count")


def upgrade() -> None:
    _scan_count_keys()
    _load()
    _before_image()
    _job()
    _received_file()
    _column_mapping()
