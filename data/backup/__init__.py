"""Backups: one file that holds the database as it was at one moment and the kept files that it names.

``python -m data.backup make|restore|key`` (``make backup``, ``make restore``); ``docs/deployment.md`` says how they are
used. A backup is only believed after it has been read back (``verifying``): each table's checksum is compared
(``facts``). ``pg_dump`` alone does not hold the kept files; pgBackRest copies a whole server, which may serve others as
well.
"""
