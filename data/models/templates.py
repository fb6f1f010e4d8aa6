"""The offices' own layouts of letters, in versions; and what loudspeakers read out, with when it was.

The functions of ``data/sql/templates.sql`` alone write these tables.
"""

import datetime as dt

from sqlalchemy import CheckConstraint, DateTime, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.models.base import Base, one_of
from data.vocabulary import TEMPLATE_KINDS


class DocumentTemplate(Base):
    """One version of an office's layout of a kind of letter; its file lies in the store."""

    __tablename__ = "document_template"
    __table_args__ = (CheckConstraint(one_of("kind", TEMPLATE_KINDS), "kind"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    uploaded_by: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))


class TemplateUse(Base):
    """Which version of a kind is used; NULL: the product's own layout."""

    __tablename__ = "template_use"
    __table_args__ = (CheckConstraint(one_of("kind", TEMPLATE_KINDS), "kind"),)

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int | None] = mapped_column(Integer)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
