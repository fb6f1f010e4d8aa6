"""A developer's private PostgreSQL under .local/, on the standard library alone; the page imports nothing of it."""
