"""Less to keep in step for each scan count that is written"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The key into descriptions is held once a statement, as those into venues and loads (data/sql/scan_keys.sql)."""
    op.drop_constraint(op.f("scan_count_mention_id_fkey"), "scan_count")
    # Functions of data/sql that others replace; the first goes with its trigger.
    op.execute("DROP FUNCTION IF EXISTS keep_loads_of_scan_counts() CASCADE")
    for name in ("status_change_days", "compute_status_periods", "refresh_status_periods"):
        op.execute(f"DROP FUNCTION IF EXISTS {name}(integer[])")
    for name in ("scan_stretches(integer[])", "venue_readings(integer[])", "scan_reach()", "scans(integer[], boolean)"):
        op.execute(f"DROP FUNCTION IF EXISTS refresh_{name}")
    for column in ("load_id", "day"):
        op.drop_index(f"scan_count_{column}_idx", "scan_count")
    op.create_index("scan_count_load_id_day_idx", "scan_count", ["load_id", "day"], postgresql_using="brin")
