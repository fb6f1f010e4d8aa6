"""The network of streets along which distances are measured, where one has been loaded."""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, CheckConstraint, Double, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base
from data.models.loads import Sourced


class StreetSegment(Sourced, Base):
    """A street from one junction to the next. All of them are of one file: another one replaces the whole network."""

    __tablename__ = "street_segment"
    __table_args__ = (
        CheckConstraint("metres > 0", "metres"),
        Index("street_segment_geom_idx", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    oneway: Mapped[bool] = mapped_column(Boolean, comment="for vehicles only from source to target, as geom is drawn")
    foot_only: Mapped[bool] = mapped_column(Boolean)
    source: Mapped[int] = mapped_column(Integer, comment="junction where it begins; segments of one junction meet")
    target: Mapped[int] = mapped_column(Integer)
    metres: Mapped[float] = mapped_column(Double)
    geom: Mapped[Any] = mapped_column(Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False)
