"""Cases of allowed steps: visits with the plans of their days, suspensions by request or decision, referrals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cases()
    _plans()
    _visits()
    _basis_of_suspensions()
    _policy()


def _cases() -> None:
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("holiday_pkey")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("venue_code", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=True, comment="a name; NULL: the machine, by a rule"),
        sa.Column("opened_login", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True, comment="the working day by which the next step is due"),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the moment by which it is due, where hours count",
        ),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("about", sa.BigInteger(), nullable=True, comment="the case that this one follows from"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "process IN ('visit', 'suspension_request', 'suspension_decision', 'referral')",
            name=op.f("case_file_process_check"),
        ),
        sa.ForeignKeyConstraint(["about"], ["case_file.id"], name=op.f("case_file_about_fkey")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("case_file_venue_id_fkey"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("case_file_ward_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("case_file_pkey")),
    )
    op.create_index("case_file_about_idx", "case_file", ["about"], postgresql_where=sa.text("about IS NOT NULL"))
    op.create_index(
        "case_file_open_idx", "case_file", ["process", "state"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("case_file_venue_idx", "case_file", ["venue_id", "process"])
    op.create_table(
        "case_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="the server's receipt",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="in the data's calendar"),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=True, comment="NULL: the machine, by a rule"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("paper", postgresql.JSONB(), nullable=True, comment="number, day, signer, authority, scope"),
        sa.Column("client", sa.Uuid(), nullable=True, comment="made by who sent it: the same again is the same step"),
        sa.CheckConstraint("octet_length(facts::text) <= 8000", name=op.f("case_entry_facts_check")),
        sa.CheckConstraint("octet_length(paper::text) <= 8000", name=op.f("case_entry_paper_check")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("case_entry_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("case_entry_pkey")),
        sa.UniqueConstraint("client", name=op.f("case_entry_client_key")),
    )
    op.create_index(op.f("case_entry_case_id_idx"), "case_entry", ["case_id"])


def _plans() -> None:
    op.create_table(
        "visit_plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "area",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="filters, as in addresses",
        ),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("seed", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "solved",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="how the routes were found: distances, seconds, left out and why",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'assigned', 'closed')", name=op.f("visit_plan_state_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_plan_pkey")),
    )
    op.create_index(op.f("visit_plan_day_idx"), "visit_plan", ["day"])
    op.create_table(
        "plan_team",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False, comment="from 1: its colour, and its name on paper"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("travel", sa.Text(), nullable=False),
        sa.Column("start_lon", sa.Double(), nullable=False),
        sa.Column("start_lat", sa.Double(), nullable=False),
        sa.Column("shifts", postgresql.JSONB(), nullable=False, comment='[{"from": "08:00", "to": "11:30"}, …]'),
        sa.Column("ward_ids", postgresql.ARRAY(sa.Integer()), nullable=True, comment="NULL: any ward"),
        sa.Column(
            "members",
            postgresql.ARRAY(sa.Integer()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="accounts",
        ),
        sa.CheckConstraint("travel IN ('foot', 'motorbike')", name=op.f("plan_team_travel_check")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["visit_plan.id"], name=op.f("plan_team_plan_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_team_pkey")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("plan_team_plan_id_number_key")),
    )
    op.create_table(
        "plan_stop",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("shift", sa.SmallInteger(), nullable=True, comment="index into the team's shifts"),
        sa.Column("position", sa.SmallInteger(), nullable=True, comment="within the shift, from 1"),
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=True),
        sa.Column("closes", sa.Time(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "venues",
            postgresql.JSONB(),
            nullable=False,
            comment='[{"code", "kind", "reasons", "case"}]; "case" once the plan is assigned',
        ),
        sa.Column("prize", sa.Double(), nullable=False, comment="the priority of its venues"),
        sa.Column("arrives", sa.Time(), nullable=True),
        sa.Column("why_left_out", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["visit_plan.id"], name=op.f("plan_stop_plan_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["plan_team.id"], name=op.f("plan_stop_team_id_fkey"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_stop_pkey")),
    )
    op.create_index(op.f("plan_stop_plan_id_idx"), "plan_stop", ["plan_id"])
    op.create_index(op.f("plan_stop_team_id_idx"), "plan_stop", ["team_id"])


def _visits() -> None:
    op.create_table(
        "visit",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True, comment="planned for; NULL: due, in no plan"),
        sa.Column("stop_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "drawn", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="of the random share"
        ),
        sa.Column("reasons", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column(
            "sign", sa.Text(), nullable=True, comment="the sign of violation for which an inspection was planned"
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True, comment="of the person inspected"),
        sa.Column("signed", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True, comment="SHA-256 of a PNG in the store of files"),
        sa.Column("photo", sa.Text(), nullable=True, comment="SHA-256 of a JPEG in the store of files"),
        sa.Column("second", sa.Text(), nullable=True, comment="login of the second officer"),
        sa.Column(
            "follows", sa.BigInteger(), nullable=True, comment="the visit after which this one is due: one at most"
        ),
        sa.CheckConstraint("kind IN ('guidance', 'inspection')", name=op.f("visit_kind_check")),
        sa.CheckConstraint(
            "outcome IN ('compliant', 'made_on_spot', 'partly', 'not_compliant', 'closed', 'refused', 'not_found')",
            name=op.f("visit_outcome_check"),
        ),
        sa.CheckConstraint("photo ~ '^[0-9a-f]{64}$'", name=op.f("visit_photo_check")),
        sa.CheckConstraint("signature ~ '^[0-9a-f]{64}$'", name=op.f("visit_signature_check")),
        sa.CheckConstraint("signed IN ('signed', 'refused')", name=op.f("visit_signed_check")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("visit_case_id_fkey")),
        sa.ForeignKeyConstraint(["follows"], ["case_file.id"], name=op.f("visit_follows_fkey")),
        sa.ForeignKeyConstraint(["stop_id"], ["plan_stop.id"], name=op.f("visit_stop_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("visit_pkey")),
        sa.UniqueConstraint("follows", name=op.f("visit_follows_key")),
    )
    op.create_index(op.f("visit_day_idx"), "visit", ["day"])
    op.create_index("visit_stop_id_idx", "visit", ["stop_id"], postgresql_where=sa.text("stop_id IS NOT NULL"))


def _basis_of_suspensions() -> None:
    for event in (
        "insert",
        "update",
        "delete",
    ):  # made again without what an officer wrote beside it (audited_tables.sql)
        op.execute(f"DROP TRIGGER IF EXISTS audit_{event} ON suspension")
    op.add_column(
        "suspension",
        sa.Column(
            "basis",
            sa.Text(),
            server_default=sa.text("'request'"),
            nullable=False,
            comment="a request ends with a registration, a decision does not",
        ),
    )
    op.add_column(
        "suspension",
        sa.Column(
            "case_id", sa.BigInteger(), nullable=True, comment="the case it stands in; NULL: a file alone says so"
        ),
    )
    op.create_check_constraint(op.f("suspension_basis_check"), "suspension", "basis IN ('request', 'decision')")


def _policy() -> None:
    op.add_column(
        "policy",
        sa.Column(
            "inspections_a_year",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="at most, of a venue without a sign of violation",
        ),
    )
    op.add_column(
        "policy",
        sa.Column(
            "two_person",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="an inspection is recorded by two officers",
        ),
    )
    op.add_column(
        "policy",
        sa.Column(
            "priority",
            postgresql.JSONB(),
            nullable=True,
            comment="weights of the priority of visits; NULL: those of data/sql/priority.sql",
        ),
    )
    op.create_check_constraint(op.f("policy_inspections_a_year_check"), "policy", "inspections_a_year >= 1")
