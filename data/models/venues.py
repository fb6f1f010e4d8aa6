"""The tables: what happened (events), where it came from (load), and what follows from it (periods).

Events are the truth. ``scan_reach`` and ``status_period`` are derived from them by ``data/sql`` alone and can be
rebuilt at any time. All points and outlines are WGS 84 (EPSG:4326); all days are days in Asia/Ho_Chi_Minh.
"""

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STATUSES = ("suspended", "violating", "reminded", "scanning", "registered", "unregistered")
REMINDER_REASONS = ("no_qr", "not_scanning")
APPS = ("Bluezone", "NCOVI", "Vietnam Health Declaration", "VNeID")
LOAD_KINDS = ("wards", "venues", "registrations", "scans", "totals", "reminders", "suspensions")

# What a source says of a point; how sure a point is that was found by the address; and a person's.
SOURCE_LOCATIONS = ("given", "swapped", "projected", "none", "unusable")
DERIVED_LOCATIONS = ("exact", "interpolated", "street", "ward")
LOCATIONS = (*SOURCE_LOCATIONS, *DERIVED_LOCATIONS, "hand")
UNSURE_LOCATIONS = ("interpolated", "street")
"""Of points that are estimated and may be off by tens or hundreds of metres."""

VenueStatus = Enum(*STATUSES, name="venue_status")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL condition that ``column`` is one of ``values``."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can find it and an error can be told apart."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )


class Load(Base):
    """One run of the ETL over one file. Rows of a dry run or of a refused file are never stored."""

    __tablename__ = "load"
    __table_args__ = (
        CheckConstraint(one_of("kind", LOAD_KINDS), "kind"),
        CheckConstraint("rows_read = rows_accepted + rows_rejected", "rows_add_up"),
        Index(None, "kind", "file_name"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(Text)
    sheets: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    as_of: Mapped[dt.date | None] = mapped_column(Date, comment="the day up to which the file speaks")
    is_demo: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    started_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    rows_read: Mapped[int] = mapped_column(Integer)
    rows_accepted: Mapped[int] = mapped_column(Integer)
    rows_rejected: Mapped[int] = mapped_column(Integer)
    rows_changed: Mapped[int] = mapped_column(Integer, comment="accepted rows that were new or altered something")
    supersedes_load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    remarks: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="counts of what was mended or doubtful, such as swapped_points"
    )
    options: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="what a person said beside the file, so that it can be loaded again"
    )
    unspoken: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), comment="columns of its event table that the file does not speak of"
    )
    loaded_by: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[dt.datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when the load was taken back; NULL: it stands"
    )
    undone_by: Mapped[str | None] = mapped_column(Text)


class RefusedFile(Base):
    """A file of which nothing could be loaded, and why, for the first page and ``python -m etl status``.

    Not settled until its correction has come; ``etl.loading.refusals`` says what that is.
    """

    __tablename__ = "refused_file"
    __table_args__ = (CheckConstraint(one_of("kind", LOAD_KINDS), "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str | None] = mapped_column(Text, comment="NULL: the file could not be read")
    kind: Mapped[str | None] = mapped_column(Text, comment="NULL: not told what it is")
    refused_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    sentence: Mapped[str] = mapped_column(Text, comment="why, without values of cells: the page's role reads it")
    said: Mapped[Any | None] = mapped_column(
        JSONB, comment="the sentence with its key and values (data/texts/sentences.py); NULL: of an earlier version"
    )
    settled_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Sourced:
    """Where a row came from: the load (and so the file), the sheet (index into ``load.sheets``) and the row in it.

    ``load_id`` is NULL only for what ships with the product (wards, policy), for venues that a person made of a
    description (``data.models.linking.DecidedVenue``) and for reminders recorded at the door (``data.models.field``).
    """

    load_id: Mapped[int | None] = mapped_column(ForeignKey("load.id"))
    source_sheet: Mapped[int | None] = mapped_column(SmallInteger)
    source_row: Mapped[int | None] = mapped_column(Integer)


BY_MENTION = "the description by which the venue was found; NULL: by its code"


class Described(Sourced):
    """A row of events whose file may have described the venue instead of naming its code (``data.models.linking``)."""

    mention_id: Mapped[int | None] = mapped_column(ForeignKey("mention.id"), comment=BY_MENTION)


def _by_mention(table: str) -> Index:
    """What a decision about one description moves, found without reading the table."""
    return Index(f"{table}_mention_id_idx", "mention_id", postgresql_where=text("mention_id IS NOT NULL"))


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


class Registration(Described, Base):
    """A venue's location QR."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("venue_id", "registered_on", "qr_code", postgresql_nulls_not_distinct=True),
        CheckConstraint("ended_on IS NULL OR ended_on > registered_on", "order"),
        CheckConstraint("app IS NULL OR " + one_of("app", APPS), "app"),
        Index(None, "registered_on"),  # from which day on the data reach, asked with every view
        _by_mention("registration"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    registered_on: Mapped[dt.date] = mapped_column(Date, comment="first day in force")
    ended_on: Mapped[dt.date | None] = mapped_column(Date, comment="first day no longer in force")
    qr_code: Mapped[str | None] = mapped_column(Text, comment="number of the code in the QR account")
    qr_content: Mapped[str | None] = mapped_column(Text, comment="text that the printed code holds")
    app: Mapped[str | None] = mapped_column(Text)


class ScanCount(Sourced, Base):
    """Scans of one venue on one day; 0 says that the export knew of none."""

    __tablename__ = "scan_count"
    __table_args__ = (
        # with the count in it, the rule reads days of scans from the index alone
        PrimaryKeyConstraint("venue_id", "day", postgresql_include=["scans"]),
        CheckConstraint("scans >= 0", "scans"),
        # one for both: each costs a tenth of writing a row
        Index("scan_count_load_id_day_idx", "load_id", "day", postgresql_using="brin"),
        _by_mention("scan_count"),
    )

    # Its keys into venue, load and mention are held by triggers, once a statement: data/sql/scan_keys.sql.
    venue_id: Mapped[int] = mapped_column(Integer)
    day: Mapped[dt.date] = mapped_column(Date)
    scans: Mapped[int] = mapped_column(Integer)
    load_id: Mapped[int | None] = mapped_column(Integer)
    mention_id: Mapped[int | None] = mapped_column(Integer, comment=BY_MENTION)


class ScanDay(Base):
    """A day for which a load knows the scans: it has rows of that day, or says that it covers it."""

    __tablename__ = "scan_day"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    load_id: Mapped[int] = mapped_column(ForeignKey("load.id"), primary_key=True)


class Reminder(Described, Base):
    """One contact with a venue."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("venue_id", "reminded_on", "reason", "given_by", postgresql_nulls_not_distinct=True),
        CheckConstraint(one_of("reason", REMINDER_REASONS), "reason"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= reminded_on", "withdrawn"),
        Index(None, "reminded_on"),  # from which day on the data reach, asked with every view
        _by_mention("reminder"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    reminded_on: Mapped[dt.date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str | None] = mapped_column(Text, comment="office or officer, as the source writes it")
    method: Mapped[str | None] = mapped_column(Text, comment="how: at the door, by telephone, in writing, ...")
    withdrawn_on: Mapped[dt.date | None] = mapped_column(Date)


class Suspension(Described, Base):
    """Business suspended until the venue has a QR."""

    __tablename__ = "suspension"
    __table_args__ = (
        UniqueConstraint("venue_id", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", "order"),
        CheckConstraint("lifted_on IS NULL OR lifted_on >= starts_on", "lifted"),
        Index(None, "starts_on"),  # from which day on the data reach, asked with every view
        _by_mention("suspension"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    requested_on: Mapped[dt.date | None] = mapped_column(Date)
    starts_on: Mapped[dt.date] = mapped_column(Date, comment="first day in force")
    ends_on: Mapped[dt.date | None] = mapped_column(Date, comment="last day in force")
    lifted_on: Mapped[dt.date | None] = mapped_column(Date, comment="first day no longer in force")
    reason: Mapped[str | None] = mapped_column(Text)


class Policy(Sourced, Base):
    """The figures of the status rule, in force from a day until the next row's day."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint("reminder_threshold >= 1", "reminder_threshold"),
        CheckConstraint("scanning_window_days >= 1", "scanning_window_days"),
    )

    valid_from: Mapped[dt.date] = mapped_column(Date, primary_key=True, comment="-infinity: from the beginning")
    reminder_threshold: Mapped[int] = mapped_column(Integer)
    scanning_window_days: Mapped[int] = mapped_column(Integer)


class ScanReach(Base):
    """Derived: from which to which day the scanning window holds a day of scans (usually one row a day).

    Calendar 0 is read for nearly all venues; ``VenueReading`` names those for which fewer days are known.
    """

    __tablename__ = "scan_reach"

    calendar_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, server_default=text("0"))
    scan_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    to_day: Mapped[dt.date] = mapped_column(Date, comment="last day; infinity: no later known day ends it yet")


class StatusPeriod(Base):
    """Derived: a stretch of days on which a venue has one status, has or has not a QR, and has or has not scans in the
    window; days without a row: closed or not yet opened."""

    __tablename__ = "status_period"
    __table_args__ = (
        CheckConstraint("to_day >= from_day", "order"),
        Index("status_period_from_day_idx", "from_day"),
    )

    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    from_day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    to_day: Mapped[dt.date] = mapped_column(Date, comment="last day; infinity: until something happens")
    ward_id: Mapped[int | None] = mapped_column(ForeignKey("ward.id"))
    status: Mapped[str] = mapped_column(VenueStatus)
    has_qr: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    has_scans: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), comment="within the window")


class Clock(Base):
    """One row: the day that ``venue.status`` holds, and a number that grows with every change a tile could show."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", "single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    status_day: Mapped[dt.date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(BigInteger)
