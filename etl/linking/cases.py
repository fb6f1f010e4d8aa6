"""What follows for cases from what was loaded, taken back or merged."""

from data.database.connection import Connection
from data.desk import cases, publications
from data.status import periods


def follow(conn: Connection) -> None:
    """Once everything derived is in step (``data.status.periods.after_load``): what cases say of suspensions is written
    again, for whose the registrations of merged venues are is known only now; then the steps are taken that follow, and
    whoever complies is off the published lists.
    """
    written = cases.put_again(conn)
    if written:
        periods.after_load(conn, sorted(written), days_changed=False)
    cases.settle(conn)
    publications.settle(conn)
