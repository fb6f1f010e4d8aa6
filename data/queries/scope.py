"""Of which venues a list or file is that the caller makes, in words: nobody sees more than is theirs to see."""

import datetime as dt

from data.database.connection import Connection
from data.texts.catalogue import t

DISTRICT = t("scope.district")


def scope_on(conn: Connection, day: dt.date) -> str:
    """The district, or the caller's wards by name, or the units and whose they are.

    An account may have wards of several outlines. Named are those of the outlines by which the caller's venues are
    told; where it has no venue yet, those in force on ``day``; and where none is, all of them.
    """
    row = conn.execute(
        """
        WITH own AS (
            SELECT w.name, w.vintage, ward_has_venues(w.id) AS is_used,
                   is_valid_on(w.valid_from, w.valid_to, %(day)s) AS is_in_force
            FROM ward AS w WHERE w.id = ANY (caller_wards())
        )
        SELECT is_unrestricted() AS is_whole, cardinality(caller_units()) > 0 AS has_units,
               COALESCE(current_setting('app.name', true), '') AS name,
               ARRAY(
                   SELECT own.name FROM own
                   WHERE CASE WHEN EXISTS (SELECT FROM own AS o WHERE o.is_used)
                                   THEN own.vintage IN (SELECT o.vintage FROM own AS o WHERE o.is_used)
                              WHEN EXISTS (SELECT FROM own AS o WHERE o.is_in_force) THEN own.is_in_force
                              ELSE true END
                   GROUP BY own.name ORDER BY own.name COLLATE "vi-x-icu"
               ) AS wards
        """,
        {"day": day},
    ).fetchone()
    if row is None or row["is_whole"]:
        return DISTRICT
    units = [t("scope.units", name=row["name"]).strip()] if row["has_units"] else []
    return ", ".join([*(t("scope.ward", name=name) for name in row["wards"]), *units])
