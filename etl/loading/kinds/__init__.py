"""The kinds of file, one module each; a new kind is one module and one line here."""

from etl.loading.events import Table
from etl.loading.kinds import registrations, reminders, scans, streets, suspensions, totals, venues, wards
from etl.loading.work import Kind

# In the order in which they build on one another: a reminder needs its venue, a venue its ward.
KINDS: dict[str, Kind] = {
    "wards": wards,
    "streets": streets,
    "venues": venues,
    "registrations": registrations,
    "scans": scans,
    "totals": totals,
    "reminders": reminders,
    "suspensions": suspensions,
}

# Where the events of a kind are written, for rows that find their venue only later (``etl.loading.pending``).
TABLES: dict[str, Table] = {
    "registrations": registrations.TABLE,
    "scans": scans.TABLE,
    "totals": totals.TABLE,
    "reminders": reminders.TABLE,
    "suspensions": suspensions.TABLE,
}
