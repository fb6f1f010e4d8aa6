"""Running totals of the QR account and the counts derived from them; venues that stand for others"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MINUTE = "minutes after midnight; -1: the file gives no hour, so that it may be any of the day"


def _moment() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return (
        sa.Column("exported_on", sa.Date(), nullable=False),
        sa.Column("exported_minute", sa.SmallInteger(), nullable=False, comment=MINUTE),
    )


def _scan_export() -> None:
    op.create_table(
        "scan_export",
        sa.Column("load_id", sa.Integer(), nullable=False),
        *_moment(),
        sa.CheckConstraint("exported_minute BETWEEN -1 AND 1439", name=op.f("scan_export_minute_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("scan_export_load_id_fkey")),
        sa.PrimaryKeyConstraint("load_id", "exported_on", "exported_minute", name=op.f("scan_export_pkey")),
    )


def _scan_total() -> None:
    op.create_table(
        "scan_total",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        *_moment(),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("exported_minute BETWEEN -1 AND 1439", name=op.f("scan_total_minute_check")),
        sa.CheckConstraint("total >= 0", name=op.f("scan_total_total_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("scan_total_load_id_fkey")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("scan_total_venue_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("venue_id", "exported_on", "exported_minute", "load_id", name=op.f("scan_total_pkey")),
    )
    op.create_index("scan_total_load_id_idx", "scan_total", ["load_id"], unique=False, postgresql_using="brin")


def _scan_stretch() -> None:
    op.create_table(
        "scan_stretch",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False, comment="-infinity: any day up to to_day"),
        sa.Column("to_day", sa.Date(), nullable=False, comment="last day"),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("scans", sa.BigInteger(), nullable=True, comment="of this stretch; NULL: no number is known"),
        sa.Column("difference", sa.BigInteger(), nullable=True, comment="between the two totals it follows from"),
        sa.CheckConstraint("to_day >= from_day", name=op.f("scan_stretch_order_check")),
        sa.CheckConstraint(
            "basis IN ('difference', 'interval', 'fall', 'first', 'member')", name=op.f("scan_stretch_basis_check")
        ),
        sa.CheckConstraint("(scans IS NULL) = (basis IN ('first', 'member'))", name=op.f("scan_stretch_number_check")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("scan_stretch_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", "from_day", "to_day", name=op.f("scan_stretch_pkey")),
    )


def _venue_reading() -> None:
    op.create_table(
        "venue_reading",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=False, comment="hash of unknown; 0: nothing is unknown"),
        sa.Column(
            "unknown",
            postgresql.DATEMULTIRANGE(),
            nullable=False,
            comment="days that are known for others, and not for this venue",
        ),
        sa.Column(
            "members",
            postgresql.ARRAY(sa.Integer()),
            nullable=True,
            comment="venues whose events count as its own; NULL: itself; none: it is merged into another",
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("venue_reading_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("venue_reading_pkey")),
    )


def _scan_reach() -> None:
    op.execute("DROP VIEW IF EXISTS scan_reach_now")  # its columns change; data/sql makes it again
    op.execute("DROP FUNCTION IF EXISTS refresh_scan_reach()")
    op.drop_constraint(op.f("scan_reach_pkey"), "scan_reach")
    op.add_column("scan_reach", sa.Column("calendar_id", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_primary_key(op.f("scan_reach_pkey"), "scan_reach", ["calendar_id", "scan_day", "from_day"])


def _merged_venues() -> None:
    op.add_column(
        "venue",
        sa.Column("merged_into", sa.Integer(), nullable=True, comment="the venue that stands for this one, too"),
    )
    op.create_foreign_key(
        op.f("venue_merged_into_fkey"), "venue", "venue", ["merged_into"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("venue_merged_check"), "venue", "merged_into <> id")
    op.create_index(
        op.f("venue_merged_into_idx"), "venue", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )


def upgrade() -> None:
    _scan_export()
    _scan_total()
    _scan_stretch()
    _venue_reading()
    _scan_reach()
    _merged_venues()
