"""What the centre writes in its guidance, and makes public."""

import psycopg
from psycopg.types.json import Jsonb

from data.database.connection import Connection
from data.desk.refusals import refusals
from data.errors import TextError
from data.reference.guidance import Sheet


class GuidanceRefused(TextError):
    """What was asked of guidance cannot be; ``why`` is the end of its text's key (``guidance.refused.<why>``)."""

    def __init__(self, why: str, **values: object) -> None:
        self.why = why
        super().__init__(f"guidance.refused.{why}", **values)


def saved(conn: Connection, sheet: str, lang: str, serial: int, words: Sheet) -> int:
    """Keep ``words`` as what is being written, and return the new serial; ``serial`` 0: nobody has written before.

    Raises
    ------
    GuidanceRefused
        ``changed``: the serial is another by now, and nothing of ``words`` is kept; ``malformed``: it is too long.
    NotAllowed
    """
    return _asked(conn, "SELECT guidance_save(%s, %s, %s, %s) AS n", (sheet, lang, serial, Jsonb(words.as_json())))


def made_public(conn: Connection, sheet: str, lang: str, serial: int) -> int:
    """Make public what was written, and return the number of the version.

    Raises
    ------
    GuidanceRefused
        ``changed``, or ``same``: that is public already.
    NotAllowed
    """
    return _asked(conn, "SELECT guidance_publish(%s, %s, %s) AS n", (sheet, lang, serial))


def _asked(conn: Connection, sql: str, values: tuple[object, ...]) -> int:
    try:
        with refusals(conn, "guidance.refused.", lambda why, told: GuidanceRefused(why, **told)):
            row = conn.execute(sql, values).fetchone()
    except psycopg.DataError as error:
        raise GuidanceRefused("malformed") from error
    if row is None:
        raise AssertionError("a function gives one row")
    return int(row["n"])
