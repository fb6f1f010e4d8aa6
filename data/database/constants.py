"""Numbers that Python and SQL share: they stand in Python, and SQL reads each from a function of its name."""

from data import locks
from data.reference import thinning

CONSTANTS = {
    "lock_space": locks.SPACE,
    "loader_lock": locks.LOADER.number,
    "worker_lock": locks.WORKER.number,
    "audit_lock": locks.AUDIT.number,
    "case_lock_space": locks.CASE_SPACE,
    "sign_in_lock_space": locks.SIGN_IN_SPACE,
    "all_drawn_up_to": thinning.ALL_DRAWN_UP_TO,
    "first_full_zoom": thinning.FIRST_FULL_ZOOM,
    "cells_per_tile": thinning.CELLS_PER_TILE,
}


def functions_sql() -> str:
    """SQL that makes the functions, which PostgreSQL replaces by their numbers while it plans."""
    return "\n".join(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" AS $$ SELECT {number} $$;"
        for name, number in CONSTANTS.items()
    )
