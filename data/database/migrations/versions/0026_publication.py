"""Publication: lists and their entries as cases, what was sealed of them, and the schema of what anybody may read"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PROCESSES = ("visit", "suspension_request", "suspension_decision", "referral", "publication_list", "publication")


def upgrade() -> None:
    allowed = ", ".join(f"'{process}'" for process in PROCESSES)
    op.drop_constraint("case_file_process_check", "case_file")
    op.create_check_constraint(op.f("case_file_process_check"), "case_file", f"process IN ({allowed})")
    comment = "what differs from publication_defaults() of data/sql/publication_rules.sql"
    op.add_column("policy", sa.Column("publication", postgresql.JSONB(), nullable=True, comment=comment))
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # into the audit, before its triggers go
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    op.execute("CREATE SCHEMA published")
    _lists()
    _entries()
    _clocks()
    _seals()
    _papers()
    _published_lists()
    _published_state()


def _lists() -> None:
    op.create_table(
        "publication",
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "day", sa.Date(), nullable=False, comment="whose result of the rule is frozen; of bodies: the period's last"
        ),
        sa.Column("from_day", sa.Date(), nullable=True, comment="of bodies: the period's first day"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("policy", postgresql.JSONB(), nullable=False, comment="as it was when the list was drafted"),
        sa.Column("drafted_login", sa.Text(), nullable=False),
        sa.Column(
            "left_out",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="how many were not drafted, by why",
        ),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True, comment="in the data's calendar"),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="the first day on which it no longer stands"),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="grows with what has to be sealed",
        ),
        sa.Column("sealed_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "seal_as", sa.Text(), server_default=sa.text("'list'"), nullable=False, comment="what the next seal is"
        ),
        sa.CheckConstraint("kind IN ('venues', 'bodies')", name=op.f("publication_kind_check")),
        sa.CheckConstraint("seal_as IN ('list', 'correction', 'withdrawal')", name=op.f("publication_seal_as_check")),
        sa.CheckConstraint("sealed_version <= version", name=op.f("publication_version_check")),
        sa.ForeignKeyConstraint(["list_id"], ["case_file.id"], name=op.f("publication_list_id_fkey")),
        sa.PrimaryKeyConstraint("list_id", name=op.f("publication_pkey")),
    )


def _entries() -> None:
    op.create_table(
        "publication_entry",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False, comment="its address, for ever"),
        sa.Column("body_kind", sa.Text(), nullable=True),
        sa.Column("body_code", sa.Text(), nullable=True, comment="a ward's code, or the login of a managing body"),
        sa.Column("grade", sa.Text(), nullable=True, comment="of its weakest fact; NULL: of bodies"),
        sa.Column("facts", postgresql.JSONB(), nullable=False, comment="what decided: publication_evidence()"),
        sa.Column(
            "missing",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="why it is held back: keys of texts",
        ),
        sa.Column(
            "shown", postgresql.JSONB(), nullable=False, comment="name, address, ward, ward_code, category, what, …"
        ),
        sa.Column("anonymous", sa.Boolean(), nullable=True, comment="without its name; NULL: nobody has decided"),
        sa.Column(
            "anonymous_proposed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="its name seems to be a person's",
        ),
        sa.Column("delivered_on", sa.Date(), nullable=True, comment="of its notice: the clock starts there"),
        sa.Column("answer", sa.Text(), nullable=True, comment="the venue's own words, to stand beside the entry"),
        sa.Column("answer_printed", sa.Boolean(), nullable=True, comment="NULL: nobody has looked at it"),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.CheckConstraint("body_kind IN ('ward', 'unit')", name=op.f("publication_entry_body_kind_check")),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name=op.f("publication_entry_grade_check")),
        sa.CheckConstraint("(body_kind IS NULL) = (body_code IS NULL)", name=op.f("publication_entry_body_check")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("publication_entry_case_id_fkey")),
        sa.ForeignKeyConstraint(["list_id"], ["publication.list_id"], name=op.f("publication_entry_list_id_fkey")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("publication_entry_pkey")),
        sa.UniqueConstraint("list_id", "position", name=op.f("publication_entry_list_id_position_key")),
        sa.UniqueConstraint("slug", name=op.f("publication_entry_slug_key")),
    )


def _clocks() -> None:
    op.create_table(
        "publication_pause",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False, comment="data, objection or claim"),
        sa.CheckConstraint("to_day >= from_day", name=op.f("publication_pause_order_check")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["publication_entry.case_id"], name=op.f("publication_pause_case_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("publication_pause_pkey")),
    )
    op.create_index(op.f("publication_pause_case_id_idx"), "publication_pause", ["case_id"], unique=False)
    op.create_table(
        "publication_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the token"),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["publication_entry.case_id"], name=op.f("publication_token_case_id_fkey")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("publication_token_pkey")),
    )
    op.create_index(op.f("publication_token_case_id_idx"), "publication_token", ["case_id"], unique=False)


def _seals() -> None:
    op.create_table(
        "publication_seal",
        sa.Column("leaf", sa.Integer(), nullable=False, comment="from 0, without a gap"),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False, comment="canonical JSON, as it was signed"),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False, comment="Ed25519, base64"),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False, comment="of the tree with this leaf, hex"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="of the leaf: RFC 6962, section 2.1"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('list', 'correction', 'withdrawal')", name=op.f("publication_seal_kind_check")),
        sa.ForeignKeyConstraint(["list_id"], ["publication.list_id"], name=op.f("publication_seal_list_id_fkey")),
        sa.PrimaryKeyConstraint("leaf", name=op.f("publication_seal_pkey")),
        sa.UniqueConstraint("list_id", "version", name=op.f("publication_seal_list_id_version_key")),
    )


def _papers() -> None:
    op.create_table(
        "document_number",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="what the document is about"),
        sa.Column("recipient", sa.Text(), server_default=sa.text("''"), nullable=False, comment="to whom it goes"),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column(
            "entered_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("document_number_case_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("document_number_pkey")),
    )
    op.create_index(
        "document_number_key",
        "document_number",
        [sa.literal_column("lower(issuer)"), "year", sa.literal_column("lower(number)")],
        unique=True,
    )
    op.create_table(
        "reminder_check",
        sa.Column("venue_code", sa.Text(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False, comment="'': the source names nobody"),
        sa.Column("is_true", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_login", sa.Text(), nullable=False),
        sa.Column(
            "decided_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("venue_code", "reminded_on", "reason", "given_by", name=op.f("reminder_check_pkey")),
    )


def _published_lists() -> None:
    op.create_table(
        "list",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False, comment="what was not done, in the order's own words"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True, comment="as a whole"),
        sa.CheckConstraint("kind IN ('venues', 'bodies')", name=op.f("list_kind_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("list_pkey")),
        schema="published",
    )
    op.create_table(
        "entry",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ward_code", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False, comment="fold(name || address || ward)"),
        sa.Column("said", postgresql.JSONB(), nullable=False, comment="the entry whose hash the manifest holds"),
        sa.Column("answer", sa.Text(), nullable=True, comment="the venue's own words; they were not verified"),
        sa.CheckConstraint("state IN ('standing', 'pending', 'contested')", name=op.f("entry_state_check")),
        sa.PrimaryKeyConstraint("slug", name=op.f("entry_pkey")),
        schema="published",
    )
    op.create_index("published_entry_list_id_idx", "entry", ["list_id", "position"], unique=False, schema="published")


def _published_state() -> None:
    op.create_table(
        "address",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("address_pkey")),
        schema="published",
    )
    op.create_table(
        "seal",
        sa.Column("leaf", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("leaf", name=op.f("seal_pkey")),
        schema="published",
    )
    op.create_index(op.f("seal_sha256_idx"), "seal", ["sha256"], unique=False, schema="published")
    op.create_table(
        "state",
        sa.Column("id", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("extract_day", sa.Date(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False, comment="when the rule was last asked"),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False, comment="grows with every change of an entry"),
        sa.Column("objections", sa.Integer(), nullable=False, comment="decided"),
        sa.Column("upheld", sa.Integer(), nullable=False),
        sa.Column(
            "mean_days", sa.Integer(), nullable=True, comment="from objection to decision, working days, rounded"
        ),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=True, comment="how all lists stand, signed: proof/manifest.py"),
        sa.CheckConstraint("id = 1", name=op.f("state_single_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("state_pkey")),
        schema="published",
    )
