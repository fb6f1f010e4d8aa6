"""The tables, as SQLAlchemy and GeoAlchemy2 models; migrations and names of columns stand on them."""

from data.models import accounts, audit, desk, field, linking, locating, totals, venues

__all__ = ["accounts", "audit", "desk", "field", "linking", "locating", "totals", "venues"]
