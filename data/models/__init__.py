"""The tables, as SQLAlchemy and GeoAlchemy2 models; migrations and names of columns stand on them."""
