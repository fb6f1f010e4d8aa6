"""The tables, as SQLAlchemy and GeoAlchemy2 models; migrations and names of columns stand on them."""

from data.models import (
    accounts,
    audit,
    cases,
    desk,
    events,
    field,
    linking,
    loads,
    locating,
    periods,
    publications,
    streets,
    totals,
    venues,
    visits,
    wards,
)

__all__ = [
    "accounts",
    "audit",
    "cases",
    "desk",
    "events",
    "field",
    "linking",
    "loads",
    "locating",
    "periods",
    "publications",
    "streets",
    "totals",
    "venues",
    "visits",
    "wards",
]
