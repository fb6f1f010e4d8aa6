"""The tables, as SQLAlchemy and GeoAlchemy2 models; migrations and names of columns stand on them."""

from data.models import accounts, audit, desk, events, field, linking, loads, locating, periods, totals, venues, wards

__all__ = [
    "accounts",
    "audit",
    "desk",
    "events",
    "field",
    "linking",
    "loads",
    "locating",
    "periods",
    "totals",
    "venues",
    "wards",
]
