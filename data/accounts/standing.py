"""An account as it stands now, for what is done in its name while nobody is signed in: its files and its mail."""

from data.access.caller import Caller
from data.access.roles import ROLES
from data.database.connection import Connection


def caller_of(conn: Connection, account: int) -> Caller | None:
    """The caller that the account would be if it signed in now; None: there is none, or it is disabled.

    ``conn`` is the owner's: no policy holds for it.
    """
    row = conn.execute(
        """
        SELECT a.id, a.login, a.name, a.role,
               ARRAY(SELECT w.ward_id FROM account_ward AS w WHERE w.account_id = a.id ORDER BY 1) AS wards,
               ARRAY(SELECT DISTINCT COALESCE(v.merged_into, v.id) FROM account_unit AS u
                     JOIN venue AS v ON v.code = u.venue_code WHERE u.account_id = a.id ORDER BY 1) AS units
        FROM account AS a WHERE a.id = %s AND a.disabled_at IS NULL
        """,
        (account,),
    ).fetchone()
    if row is None or row["role"] not in ROLES:
        return None
    role = ROLES[row["role"]]
    return Caller(
        row["id"],
        row["login"],
        row["name"] or row["login"],
        row["role"],
        role.rights,
        wards=None if role.scope == "district" else tuple(row["wards"]) if role.scope == "wards" else (),
        units=tuple(row["units"]) if role.scope == "units" else (),
    )
