"""Points located from addresses and points moved by hand"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SOURCE = "'given', 'swapped', 'projected', 'none', 'unusable'"


def _point(name: str, *, nullable: bool = True, comment: str | None = None) -> sa.Column[Any]:
    kind = Geometry(geometry_type="POINT", srid=4326, spatial_index=False)
    return sa.Column(name, kind, nullable=nullable, comment=comment)


def _venue() -> None:
    op.add_column(
        "venue",
        sa.Column(
            "source_location",
            sa.Text(),
            nullable=True,
            comment="what the source says, where the point is another: located by its address, or moved by hand",
        ),
    )
    op.add_column("venue", _point("source_geom", comment="the source's point of a venue moved by hand"))
    op.alter_column(
        "venue",
        "location",
        existing_type=sa.Text(),
        existing_nullable=False,
        existing_comment="how the point was given; unusable: e.g. outside the district",
        comment="where the point comes from; unusable: e.g. outside the district; ward: known no closer",
    )
    for name in ("venue_location_has_point_check", "venue_location_check"):
        op.drop_constraint(op.f(name), "venue")
    for name, condition in {
        "location_has_point": "(geom IS NULL) = (location IN ('none', 'unusable', 'ward'))",
        "location": f"location IN ({SOURCE}, 'exact', 'interpolated', 'street', 'ward', 'hand')",
        "source_location": f"source_location IN ({SOURCE})",
        "source_geom": "source_geom IS NULL OR location = 'hand'",
    }.items():
        op.create_check_constraint(op.f(f"venue_{name}_check"), "venue", condition)


def _venue_point() -> None:
    op.create_table(
        "venue_point",
        sa.Column("venue_code", sa.Text(), nullable=False),
        _point("geom", nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        _point("previous_geom", comment="where the venue was drawn before; NULL: nowhere"),
        sa.Column("previous_location", sa.Text(), nullable=False, comment="venue.location before"),
        sa.PrimaryKeyConstraint("venue_code", name=op.f("venue_point_pkey")),
    )


def upgrade() -> None:
    _venue()
    _venue_point()
