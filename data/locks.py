"""Every advisory lock of the product, with its numbers: two that shared them would wait for each other.

The standard library alone, for the private cluster starts before any library is installed. SQL reads the numbers from
the functions of ``data.database.constants``. Processes of two versions share them, so that a number never changes.
"""

from typing import NamedTuple


class Lock(NamedTuple):
    """The two numbers of an advisory lock, as PostgreSQL's functions take them."""

    space: int
    number: int


SPACE = 2962
MIGRATION = Lock(SPACE, 0)
LOADER = Lock(SPACE, 1)
"""Held by all that writes events or periods, until the transaction ends."""
WORKER = Lock(SPACE, 2)
"""Held by the worker while it is at work."""
FIRST_ACCOUNTS = Lock(SPACE, 3)
CLUSTER_DATABASE = Lock(SPACE, 4)
BACKUP = Lock(SPACE, 9)
AUDIT = Lock(SPACE, 12)
"""Held from an entry of the audit until the transaction ends: the next one follows on it."""

CASE_SPACE = 2965
"""The number is that of a venue: steps of cases are taken one after another there."""
SIGN_IN_SPACE = 2963
"""The number is a hash of who signs in from where."""
UNDO_SPACE = 2964
"""The number is that of a load that somebody asks to take back."""
PAPER_SPACE = 2966
"""The number is a hash of a decision's number: one paper after another is looked for among those that there are."""
GUIDANCE_SPACE = 2967
"""The number is a hash of a sheet of guidance and its language: its writers wait for each other."""
