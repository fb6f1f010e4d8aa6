"""Backups: one file that holds the database as it was at one moment and the kept files that it names.

``python -m data.backup make|restore|key`` (``make backup``, ``make restore``); ``docs/deployment.md`` says how they are
used. A backup is only believed after it has been read back: each table's checksum is compared (``facts``).
"""
