"""Venues: what they are, where, whose, and when they are open.

All points and outlines are WGS 84 (EPSG:4326).
"""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Boolean, CheckConstraint, Date, Enum, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.models.loads import Sourced
from data.vocabulary import LOCATIONS, SOURCE_LOCATIONS, STATUSES

VenueStatus = Enum(*STATUSES, name="venue_status")


class Category(Base):
    """Kinds of venue, from data/reference/categories.csv."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_vi: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    is_point_of_sale: Mapped[bool] = mapped_column(Boolean)
    position: Mapped[int] = mapped_column(SmallInteger)


class Venue(Sourced, Base):
    """Any place that must have a QR. ``status`` and ``min_zoom`` are derived; rows are stored in Hilbert order."""

    __tablename__ = "venue"
    __table_args__ = (
        CheckConstraint("code <> '' AND name <> ''", "named"),
        CheckConstraint(
            "(geom IS NULL) = (location IN ('none', 'unusable', 'ward'))",
            "location_has_point",
        ),
        CheckConstraint(one_of("location", LOCATIONS), "location"),
        CheckConstraint(one_of("source_location", SOURCE_LOCATIONS), "source_location"),
        CheckConstraint("source_geom IS NULL OR location = 'hand'", "source_geom"),
        Index("venue_geom_idx", "geom", postgresql_using="gist"),
        Index("venue_geom_z12_idx", "geom", postgresql_using="gist", postgresql_where=text("min_zoom <= 12")),
        Index("venue_geom_z14_idx", "geom", postgresql_using="gist", postgresql_where=text("min_zoom <= 14")),
        CheckConstraint("merged_into <> id", "merged"),
        Index(None, "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("venue_street_idx", "street", "ward_id", postgresql_where=text("street IS NOT NULL")),
        Index("venue_without_ward_idx", "id", postgresql_where=text("ward_id IS NULL")),
        {"postgresql_with": {"fillfactor": "85"}},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default=text("''"))
    street: Mapped[str | None] = mapped_column(Text, comment="street named in the address, as written")
    search_text: Mapped[str] = mapped_column(Text, comment="fold(code || name || address): lower case, no diacritics")
    category: Mapped[str] = mapped_column(ForeignKey("category.code"))
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    ward_named: Mapped[str | None] = mapped_column(Text, comment="ward as the source writes it")
    geom: Mapped[Any | None] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False))
    location: Mapped[str] = mapped_column(
        Text, comment="where the point comes from; unusable: e.g. outside the district; ward: known no closer"
    )
    source_location: Mapped[str | None] = mapped_column(
        Text, comment="what the source says, where the point is another: located by its address, or moved by hand"
    )
    source_geom: Mapped[Any | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False), comment="the source's point of a venue moved by hand"
    )
    outside_ward: Mapped[bool] = mapped_column(
        Boolean, server_default=text("false"), comment="the point lies well outside the ward that the source names"
    )
    min_zoom: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    status: Mapped[str | None] = mapped_column(VenueStatus, comment="on current_day(); NULL: closed or not yet opened")
    merged_into: Mapped[int | None] = mapped_column(
        ForeignKey("venue.id", ondelete="SET NULL"), comment="the venue that stands for this one, too"
    )


class VenueContact(Sourced, Base):
    """Personal data of a venue: the app's reading role has no right to this table."""

    __tablename__ = "venue_contact"

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    owner_name: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)


class VenueOpening(Sourced, Base):
    """A stretch in which the venue does business; a venue closed and reopened has several, which never overlap."""

    __tablename__ = "venue_opening"
    __table_args__ = (
        CheckConstraint("closed_on IS NULL OR closed_on > opened_on", "order"),
        ExcludeConstraint(
            (text("venue_id"), "="), (text("daterange(opened_on, closed_on)"), "&&"), name="venue_opening_overlap"
        ),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    opened_on: Mapped[dt.date] = mapped_column(
        Date, primary_key=True, comment="first day open; -infinity: not known, open since ever"
    )
    closed_on: Mapped[dt.date | None] = mapped_column(Date, comment="first day closed; NULL: still open")
