"""A load is taken back as a whole, and later loads are applied again; it knows no job and no page."""
