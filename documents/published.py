"""The signed file of a list as it is published now."""

from data.database.connection import Connection
from data.queries import public
from proof.canonical import read
from proof.manifest import published_file


def signed_file(conn: Connection, number: int) -> bytes | None:
    """The published file of a list, without the texts of those who have left since; None: no version of it stands."""
    sealed = public.seal(conn, number)
    if sealed is None:
        return None
    said = {each.slug: each.said for each in public.entries(conn, list_id=number)}
    order = [each["slug"] for each in read(sealed[0].encode())["entries"]]
    return published_file(*sealed, [said[slug] for slug in order if slug in said])
