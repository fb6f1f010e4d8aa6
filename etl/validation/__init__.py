"""Rows of a sheet become one typed table, or rejects that say why; it knows no database table of events."""
