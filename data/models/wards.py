"""Wards, with their validity and outlines."""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import CheckConstraint, Date, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.models.loads import Sourced


class Ward(Sourced, Base):
    """An administrative area with a validity; its key is vintage and code together (codes were given new meanings)."""

    __tablename__ = "ward"
    __table_args__ = (
        UniqueConstraint("vintage", "code"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", "validity"),
        CheckConstraint(one_of("boundary_source", ("approximate", "official")), "boundary_source"),
        Index("ward_geom_idx", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    vintage: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[dt.date] = mapped_column(Date)
    valid_to: Mapped[dt.date | None] = mapped_column(Date, comment="last day; NULL: still valid")
    boundary_source: Mapped[str] = mapped_column(Text)
    area_km2: Mapped[float | None]
    population: Mapped[int | None] = mapped_column(Integer)
    geom: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False)
