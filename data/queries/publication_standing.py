"""How published lists stand, and the log of what was sealed: what says whether a list's file is still good."""

from dataclasses import dataclass
from typing import Literal

from data.database.connection import Connection

State = Literal["published", "withdrawn", "expired"]


@dataclass(frozen=True)
class Sealed:
    """A list by its last sealed version; ``state`` is the list's now, ``sha256`` that of its manifest (hex)."""

    list_id: int
    version: int
    state: State
    sha256: str


def sealed_lists(conn: Connection) -> list[Sealed]:
    """Every list that was ever sealed and that the caller may see, by its number."""
    rows = conn.execute(
        """
        SELECT DISTINCT ON (s.list_id) s.list_id, s.version, c.state, s.sha256
        FROM publication_seal AS s JOIN case_file AS c ON c.id = s.list_id
        ORDER BY s.list_id, s.version DESC
        """
    )
    return [Sealed(row["list_id"], row["version"], row["state"], row["sha256"]) for row in rows]


def sealed_leaves(conn: Connection) -> list[bytes]:
    """The hashes of all leaves in the order of the log."""
    return [row["hash"] for row in conn.execute("SELECT s.hash FROM publication_seal AS s ORDER BY s.leaf")]
