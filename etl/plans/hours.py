"""The hours of a plan as it stands: when each half-day's team is where, how far it goes, what comes too late."""

from data.database.connection import Connection
from data.desk import plans
from etl.plans import day as days
from planning.timetable import Route


def timetables(conn: Connection, plan: int) -> dict[tuple[int, int], Route]:
    """Each half-day that has stops, by id of its team and number of the shift; nothing is written.

    Raises
    ------
    NoSuchPlan
    """
    day = days.read(conn, plans.look(conn, plan))
    return {key: day.route(*key, stops) for key, stops in day.order.items() if stops}
