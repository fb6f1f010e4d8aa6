"""tables: events, loads and what is derived"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from data.vocabulary import STATUSES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Those of today: what is added to a type cannot be used in the same transaction (data/database/migrate.py).
VENUE_STATUS = postgresql.ENUM(*STATUSES, name="venue_status", create_type=False)


def _prepare() -> None:
    for extension in ("postgis", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'qr_app') THEN"
        " CREATE ROLE qr_app NOLOGIN; GRANT qr_app TO CURRENT_USER; END IF; END $$"
    )
    VENUE_STATUS.create(op.get_bind())


def _category() -> None:
    op.create_table(
        "category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("is_point_of_sale", sa.Boolean(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("category_pkey")),
    )


def _clock() -> None:
    op.create_table(
        "clock",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("status_day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("clock_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("clock_pkey")),
    )


def _load() -> None:
    op.create_table(
        "load",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("sheets", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True, comment="the day up to which the file speaks"),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column(
            "rows_changed", sa.Integer(), nullable=False, comment="accepted rows that were new or altered something"
        ),
        sa.Column("supersedes_load_id", sa.Integer(), nullable=True),
        sa.Column(
            "remarks",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="counts of what was mended or doubtful, such as swapped_points",
        ),
        sa.CheckConstraint(
            "kind IN ('wards', 'venues', 'registrations', 'scans', 'reminders', 'suspensions')",
            name=op.f("load_kind_check"),
        ),
        sa.CheckConstraint("rows_read = rows_accepted + rows_rejected", name=op.f("load_rows_add_up_check")),
        sa.ForeignKeyConstraint(["supersedes_load_id"], ["load.id"], name=op.f("load_supersedes_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("load_pkey")),
    )
    op.create_index(op.f("load_kind_file_name_idx"), "load", ["kind", "file_name"], unique=False)


def _scan_reach() -> None:
    op.create_table(
        "scan_reach",
        sa.Column("scan_day", sa.Date(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False, comment="last day; infinity: no later known day ends it yet"),
        sa.PrimaryKeyConstraint("scan_day", "from_day", name=op.f("scan_reach_pkey")),
    )


def _policy() -> None:
    op.create_table(
        "policy",
        sa.Column("valid_from", sa.Date(), nullable=False, comment="-infinity: from the beginning"),
        sa.Column("reminder_threshold", sa.Integer(), nullable=False),
        sa.Column("scanning_window_days", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("reminder_threshold >= 1", name=op.f("policy_reminder_threshold_check")),
        sa.CheckConstraint("scanning_window_days >= 1", name=op.f("policy_scanning_window_days_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("policy_load_id_fkey")),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("policy_pkey")),
    )


def _scan_day() -> None:
    op.create_table(
        "scan_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("scan_day_load_id_fkey")),
        sa.PrimaryKeyConstraint("day", "load_id", name=op.f("scan_day_pkey")),
    )


def _ward() -> None:
    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="last day; NULL: still valid"),
        sa.Column("boundary_source", sa.Text(), nullable=False),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("boundary_source IN ('approximate', 'official')", name=op.f("ward_boundary_source_check")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ward_validity_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("ward_load_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ward_pkey")),
        sa.UniqueConstraint("vintage", "code", name=op.f("ward_vintage_code_key")),
    )
    op.create_index("ward_geom_idx", "ward", ["geom"], unique=False, postgresql_using="gist")


def _venue() -> None:
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("street", sa.Text(), nullable=True, comment="street named in the address, as written"),
        sa.Column(
            "search_text", sa.Text(), nullable=False, comment="fold(code || name || address): lower case, no diacritics"
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("ward_named", sa.Text(), nullable=True, comment="ward as the source writes it"),
        sa.Column(
            "geom",
            geoalchemy2.types.Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "location",
            sa.Text(),
            nullable=False,
            comment="how the point was given; unusable: e.g. outside the district",
        ),
        sa.Column(
            "outside_ward",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the point lies well outside the ward that the source names",
        ),
        sa.Column("min_zoom", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", VENUE_STATUS, nullable=True, comment="on current_day(); NULL: closed or not yet opened"),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(geom IS NULL) = (location IN ('none', 'unusable'))", name=op.f("venue_location_has_point_check")
        ),
        sa.CheckConstraint("code <> '' AND name <> ''", name=op.f("venue_named_check")),
        sa.CheckConstraint(
            "location IN ('given', 'swapped', 'projected', 'none', 'unusable')", name=op.f("venue_location_check")
        ),
        sa.ForeignKeyConstraint(["category"], ["category.code"], name=op.f("venue_category_fkey")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("venue_load_id_fkey")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("venue_ward_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("venue_pkey")),
        sa.UniqueConstraint("code", name=op.f("venue_code_key")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index("venue_geom_idx", "venue", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "venue_geom_z12_idx",
        "venue",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("min_zoom <= 12"),
    )
    op.create_index(
        "venue_geom_z14_idx",
        "venue",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("min_zoom <= 14"),
    )


def _registration() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False, comment="first day in force"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="first day no longer in force"),
        sa.Column("qr_code", sa.Text(), nullable=True, comment="number of the code in the QR account"),
        sa.Column("qr_content", sa.Text(), nullable=True, comment="text that the printed code holds"),
        sa.Column("app", sa.Text(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "app IS NULL OR app IN ('Bluezone', 'NCOVI', 'Vietnam Health Declaration', 'VNeID')",
            name=op.f("registration_app_check"),
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on > registered_on", name=op.f("registration_order_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("registration_load_id_fkey")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("registration_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("registration_pkey")),
        sa.UniqueConstraint(
            "venue_id",
            "registered_on",
            "qr_code",
            name=op.f("registration_venue_id_registered_on_qr_code_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def _reminder() -> None:
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=True, comment="office or officer, as the source writes it"),
        sa.Column("method", sa.Text(), nullable=True, comment="how: at the door, by telephone, in writing, ..."),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("reason IN ('no_qr', 'not_scanning')", name=op.f("reminder_reason_check")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= reminded_on", name=op.f("reminder_withdrawn_check")
        ),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("reminder_load_id_fkey")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("reminder_venue_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("reminder_pkey")),
        sa.UniqueConstraint(
            "venue_id",
            "reminded_on",
            "reason",
            "given_by",
            name=op.f("reminder_venue_id_reminded_on_reason_given_by_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def _scan_count() -> None:
    op.create_table(
        "scan_count",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("scans >= 0", name=op.f("scan_count_scans_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("scan_count_load_id_fkey")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("scan_count_venue_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("venue_id", "day", name=op.f("scan_count_pkey"), postgresql_include=["scans"]),
    )
    op.create_index("scan_count_day_idx", "scan_count", ["day"], unique=False, postgresql_using="brin")
    op.create_index("scan_count_load_id_idx", "scan_count", ["load_id"], unique=False, postgresql_using="brin")


def _status_period() -> None:
    op.create_table(
        "status_period",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False, comment="last day; infinity: until something happens"),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("status", VENUE_STATUS, nullable=False),
        sa.CheckConstraint("to_day >= from_day", name=op.f("status_period_order_check")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("status_period_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("status_period_ward_id_fkey")),
        sa.PrimaryKeyConstraint("venue_id", "from_day", name=op.f("status_period_pkey")),
    )
    op.create_index("status_period_from_day_idx", "status_period", ["from_day"], unique=False)


def _suspension() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="first day in force"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="last day in force"),
        sa.Column("lifted_on", sa.Date(), nullable=True, comment="first day no longer in force"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("suspension_order_check")),
        sa.CheckConstraint("lifted_on IS NULL OR lifted_on >= starts_on", name=op.f("suspension_lifted_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("suspension_load_id_fkey")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("suspension_venue_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("suspension_pkey")),
        sa.UniqueConstraint("venue_id", "starts_on", name=op.f("suspension_venue_id_starts_on_key")),
    )


def _venue_contact() -> None:
    op.create_table(
        "venue_contact",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("venue_contact_load_id_fkey")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("venue_contact_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("venue_contact_pkey")),
    )


def _venue_opening() -> None:
    op.create_table(
        "venue_opening",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column(
            "opened_on", sa.Date(), nullable=False, comment="first day open; -infinity: not known, open since ever"
        ),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="first day closed; NULL: still open"),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("source_sheet", sa.SmallInteger(), nullable=True),
        sa.Column("source_row", sa.Integer(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("venue_id"), "="),
            (sa.text("daterange(opened_on, closed_on)"), "&&"),
            using="gist",
            name="venue_opening_overlap",
        ),
        sa.CheckConstraint("closed_on IS NULL OR closed_on > opened_on", name=op.f("venue_opening_order_check")),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name=op.f("venue_opening_load_id_fkey")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("venue_opening_venue_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", "opened_on", name=op.f("venue_opening_pkey")),
    )


def upgrade() -> None:
    _prepare()
    _category()
    _clock()
    _load()
    _scan_reach()
    _policy()
    _scan_day()
    _ward()
    _venue()
    _registration()
    _reminder()
    _scan_count()
    _status_period()
    _suspension()
    _venue_contact()
    _venue_opening()
