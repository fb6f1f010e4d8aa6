"""What offices hand in: weekly reports of wards and the district's, frozen when sent; notes on days"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    comment = "what differs from report_policy() of data/sql/report_weeks.sql"
    op.add_column("policy", sa.Column("reports", postgresql.JSONB(), nullable=True, comment=comment))
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # into the audit, before its triggers go
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    _reports()
    _versions()
    _presence_and_annotations()


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("ward_vintage", sa.Text(), nullable=True),
        sa.Column("ward_code", sa.Text(), nullable=True),
        sa.Column("ward_name", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False, comment="of a ward's: a Monday"),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column(
            "serial",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="grows with each change of the text",
        ),
        sa.Column(
            "texts",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="difficulties, proposals, note",
        ),
        sa.Column(
            "why",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="of a correction that is being written",
        ),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("kind IN ('ward', 'district')", name=op.f("report_kind_check")),
        sa.CheckConstraint("state IN ('draft', 'sent')", name=op.f("report_state_check")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("report_order_check")),
        sa.CheckConstraint(
            "(kind = 'ward') = (ward_code IS NOT NULL) AND (kind = 'ward') = (ward_vintage IS NOT NULL)",
            name=op.f("report_ward_check"),
        ),
        sa.CheckConstraint(
            "kind <> 'ward' OR EXTRACT(isodow FROM first_day) = 1 AND last_day = first_day + 6",
            name=op.f("report_week_check"),
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("report_ward_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("report_pkey")),
    )
    op.create_index(
        "report_ward_key",
        "report",
        ["ward_vintage", "ward_code", "first_day"],
        unique=True,
        postgresql_where=sa.text("kind = 'ward'"),
    )
    op.create_index(
        "report_district_key",
        "report",
        ["first_day", "last_day"],
        unique=True,
        postgresql_where=sa.text("kind = 'district'"),
    )


def _versions() -> None:
    op.create_table(
        "report_version",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False, comment="from which day on events are counted"),
        sa.Column("to_day", sa.Date(), nullable=False, comment="whose statuses are told"),
        sa.Column("figures", postgresql.JSONB(), nullable=False, comment="of report_figures()"),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column(
            "why",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="why the version before was not right",
        ),
        sa.Column("sha256", sa.Text(), nullable=False, comment="report_hash() of figures, texts and number"),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_login", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False, comment="in the data's calendar"),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("report_version_report_id_fkey")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("report_version_pkey")),
    )
    op.create_table(
        "report_paper",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.CheckConstraint("format IN ('pdf', 'docx')", name=op.f("report_paper_format_check")),
        sa.ForeignKeyConstraint(
            ["report_id", "number"],
            ["report_version.report_id", "report_version.number"],
            name=op.f("report_paper_report_id_number_fkey"),
        ),
        sa.PrimaryKeyConstraint("report_id", "number", "format", name=op.f("report_paper_pkey")),
    )


def _presence_and_annotations() -> None:
    op.create_table(
        "report_presence",
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("report_presence_report_id_fkey")),
        sa.PrimaryKeyConstraint("report_id", "login", name=op.f("report_presence_pkey")),
    )
    op.create_table(
        "annotation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("annotation_order_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("annotation_pkey")),
    )
