"""Where a person has put a venue on the map: a decision of its own, which no load changes."""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import DateTime, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base


class VenuePoint(Base):
    """A point moved by hand. Kept by the venue's code, so that it outlives loads that are taken back and made again.

    ``etl.locating`` brings ``venue.geom`` in step with it; what the source says stays in ``venue.source_geom``.
    """

    __tablename__ = "venue_point"

    venue_code: Mapped[str] = mapped_column(Text, primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False), nullable=False)
    moved_by: Mapped[str | None] = mapped_column(Text)
    moved_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    previous_geom: Mapped[Any | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False), comment="where the venue was drawn before; NULL: nowhere"
    )
    previous_location: Mapped[str] = mapped_column(Text, comment="venue.location before")
