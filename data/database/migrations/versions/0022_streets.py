"""A network of streets, loaded from a file, along which distances are measured"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KINDS = "('wards', 'streets', 'venues', 'registrations', 'scans', 'totals', 'reminders', 'suspensions')"


def upgrade() -> None:
    for table in ("load", "refused_file"):
        op.drop_constraint(op.f(f"{table}_kind_check"), table)
        op.create_check_constraint(op.f(f"{table}_kind_check"), table, f"kind IN {KINDS}")
    op.create_table(
        "street_segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "oneway", sa.Boolean(), nullable=False, comment="for vehicles only from source to target, as geom is drawn"
        ),
        sa.Column("foot_only", sa.Boolean(), nullable=False),
        sa.Column(
            "source", sa.Integer(), nullable=False, comment="junction where it begins; segments of one junction meet"
        ),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("geom", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("metres > 0", name=op.f("street_segment_metres_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("street_segment_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("street_segment_pkey")),
    )
    op.create_index("street_segment_geom_idx", "street_segment", ["geom"], postgresql_using="gist")
