"""What can be chosen: wards in force on a day, and categories."""

import datetime as dt
from dataclasses import dataclass

from data.database.connection import Connection


@dataclass(frozen=True)
class WardOption:
    """A ward by its code."""

    code: str
    name: str


@dataclass(frozen=True)
class CategoryOption:
    """A kind of venue by its code, with its names."""

    code: str
    vi: str
    en: str
    is_point_of_sale: bool

    def name(self, lang: str) -> str:
        """Its name in ``lang``."""
        return self.en if lang == "en" else self.vi


@dataclass(frozen=True)
class Options:
    """All that the lists of filters offer."""

    wards: tuple[WardOption, ...]
    categories: tuple[CategoryOption, ...]

    def ward_name(self, code: str) -> str | None:
        """Name of the ward, None when no ward in force bears the code."""
        return next((ward.name for ward in self.wards if ward.code == code), None)

    def category(self, code: str) -> CategoryOption | None:
        """The category, None when none bears the code."""
        return next((category for category in self.categories if category.code == code), None)


def options(conn: Connection, day: dt.date) -> Options:
    """Wards in force on ``day`` (by name), of those that the caller may see, and categories (in their order)."""
    wards = conn.execute(
        """
        SELECT code, name FROM ward
        WHERE ((SELECT is_unrestricted()) OR id = ANY ((SELECT caller_wards())::integer[]))
              AND (is_valid_on(valid_from, valid_to, %(day)s) OR ward_has_venues(id))
           OR id IN (SELECT ward_id FROM venue WHERE id = ANY ((SELECT caller_units())::integer[]))
        ORDER BY name COLLATE "vi-x-icu", code
        """,
        {"day": day},
    ).fetchall()
    categories = conn.execute(
        "SELECT code, name_vi AS vi, name_en AS en, is_point_of_sale FROM category ORDER BY position"
    ).fetchall()
    return Options(tuple(WardOption(**row) for row in wards), tuple(CategoryOption(**row) for row in categories))
