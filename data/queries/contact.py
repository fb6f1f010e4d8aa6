"""Whom to speak to at a venue: personal data, read one venue at a time, each reading an entry of the audit."""

from dataclasses import dataclass

from data.database.connection import Connection
from data.errors import UnknownVenue


@dataclass(frozen=True)
class Contact:
    """Owner and telephone as the register states them; None: it does not."""

    owner_name: str | None
    phone: str | None


def contact(conn: Connection, code: str) -> Contact:
    """The contact of the venue; the caller has the right ``contacts`` and sees the venue, else it holds nothing.

    ``conn`` writes (``desk_connection``): the reading is recorded in its transaction.

    Raises
    ------
    UnknownVenue
        No venue that the caller may see bears the code.
    """
    venue = conn.execute("SELECT id FROM venue WHERE code = %s", (code,)).fetchone()
    if venue is None:
        raise UnknownVenue(code)
    row = conn.execute("SELECT owner_name, phone FROM contact_of(%s)", (venue["id"],)).fetchone()
    return Contact(**row) if row else Contact(None, None)
