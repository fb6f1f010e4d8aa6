"""Visits of venues, and the plans of days on which teams make them."""

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import OUTCOMES, VISIT_KINDS

NEEDS_FOLLOW_UP = ("partly", "not_compliant", "refused", "closed")
"""Outcomes after which somebody has to come again, once: ``needs_follow_up()`` of ``data/sql/case_rules.sql``."""
PLAN_STATES = ("draft", "assigned", "closed")
TRAVEL = ("foot", "motorbike")


class VisitPlan(Base):
    """The visits of one day in one area, made by a planner; ``version`` grows with every change."""

    __tablename__ = "visit_plan"
    __table_args__ = (CheckConstraint(one_of("state", PLAN_STATES), "state"), Index(None, "day"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    day: Mapped[dt.date] = mapped_column(Date)
    area: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), comment="filters, as in addresses")
    state: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    seed: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    solved: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default=text("'{}'"), comment="how the routes were found: distances, seconds, left out and why"
    )
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    created_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
    changed_by: Mapped[str] = mapped_column(Text)


class PlanTeam(Base):
    """A team of a plan: who, from where, in which half-days, on foot or by motorbike, in which wards."""

    __tablename__ = "plan_team"
    __table_args__ = (UniqueConstraint("plan_id", "number"), CheckConstraint(one_of("travel", TRAVEL), "travel"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("visit_plan.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger, comment="from 1: its colour, and its name on paper")
    name: Mapped[str] = mapped_column(Text)
    travel: Mapped[str] = mapped_column(Text)
    start_lon: Mapped[float] = mapped_column(Double)
    start_lat: Mapped[float] = mapped_column(Double)
    shifts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment='[{"from": "08:00", "to": "11:30"}, …]')
    ward_ids: Mapped[list[int] | None] = mapped_column(ARRAY(Integer), comment="NULL: any ward")
    members: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"), comment="accounts")
    turnover: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB,
        server_default=text("'[]'"),
        comment='[{"at", "by", "why", "gone", "come"}]: who left and who came while the plan was assigned, by name',
    )


class PlanStop(Base):
    """A place of a plan where a team stops: one venue, or many at one place. ``team_id`` NULL: nobody goes there."""

    __tablename__ = "plan_stop"
    __table_args__ = (Index(None, "plan_id"), Index(None, "team_id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("visit_plan.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("plan_team.id", ondelete="SET NULL"))
    shift: Mapped[int | None] = mapped_column(SmallInteger, comment="index into the team's shifts")
    position: Mapped[int | None] = mapped_column(SmallInteger, comment="within the shift, from 1")
    locked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    minutes: Mapped[int] = mapped_column(SmallInteger)
    opens: Mapped[dt.time | None] = mapped_column(Time)
    closes: Mapped[dt.time | None] = mapped_column(Time)
    lon: Mapped[float | None] = mapped_column(Double)
    lat: Mapped[float | None] = mapped_column(Double)
    title: Mapped[str] = mapped_column(Text)
    venues: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment='[{"code", "kind", "reasons", "case"}]; "case" once the plan is assigned'
    )
    prize: Mapped[float] = mapped_column(Double, comment="the priority of its venues")
    arrives: Mapped[dt.time | None] = mapped_column(Time)
    why_left_out: Mapped[str | None] = mapped_column(Text)


class Visit(Base):
    """One visit: a case of the process ``visit`` with what was planned and found."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint(one_of("kind", VISIT_KINDS), "kind"),
        CheckConstraint(one_of("outcome", OUTCOMES), "outcome"),
        CheckConstraint("signed IN ('signed', 'refused')", "signed"),
        CheckConstraint("signature ~ '^[0-9a-f]{64}$'", "signature"),
        CheckConstraint("photo ~ '^[0-9a-f]{64}$'", "photo"),
        Index(None, "day"),
        Index("visit_stop_id_idx", "stop_id", postgresql_where=text("stop_id IS NOT NULL")),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    day: Mapped[dt.date | None] = mapped_column(Date, comment="planned for; NULL: due, in no plan")
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("plan_stop.id", ondelete="SET NULL"))
    drawn: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), comment="of the random share")
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    sign: Mapped[str | None] = mapped_column(Text, comment="the sign of violation for which an inspection was planned")
    outcome: Mapped[str | None] = mapped_column(Text)
    outcome_on: Mapped[dt.date | None] = mapped_column(Date)
    words: Mapped[str | None] = mapped_column(Text, comment="of the person inspected")
    signed: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None] = mapped_column(Text, comment="SHA-256 of a PNG in the store of files")
    photo: Mapped[str | None] = mapped_column(Text, comment="SHA-256 of a JPEG in the store of files")
    second: Mapped[str | None] = mapped_column(Text, comment="login of the second officer")
    follows: Mapped[int | None] = mapped_column(
        ForeignKey("case_file.id"), unique=True, comment="the visit after which this one is due: one at most"
    )
