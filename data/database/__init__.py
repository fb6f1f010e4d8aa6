"""Connections, migrations, staging and locks: how the database is reached; it knows no question asked of it."""
