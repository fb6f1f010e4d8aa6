"""Numbers that Python and SQL share: they stand in Python, and SQL reads each from a function of its name."""

import csv

from data import locks
from data.project import ROOT
from data.reference import thinning

_CATEGORIES = ROOT / "data" / "reference" / "categories.csv"

CONSTANTS = {
    "lock_space": locks.SPACE,
    "loader_lock": locks.LOADER.number,
    "worker_lock": locks.WORKER.number,
    "audit_lock": locks.AUDIT.number,
    "case_lock_space": locks.CASE_SPACE,
    "paper_lock_space": locks.PAPER_SPACE,
    "guidance_lock_space": locks.GUIDANCE_SPACE,
    "sign_in_lock_space": locks.SIGN_IN_SPACE,
    "all_drawn_up_to": thinning.ALL_DRAWN_UP_TO,
    "first_full_zoom": thinning.FIRST_FULL_ZOOM,
    "cells_per_tile": thinning.CELLS_PER_TILE,
}


def functions_sql() -> str:
    """SQL that makes the functions, which PostgreSQL replaces by their numbers while it plans."""
    numbers = "\n".join(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" AS $$ SELECT {number} $$;"
        for name, number in CONSTANTS.items()
    )
    return f"{numbers}\n{_category_risk()}"


def _category_risk() -> str:
    """The risk of a category from 0 to 1, as the column of categories.csv says; 0.3 of one that is not there."""
    with _CATEGORIES.open(encoding="utf-8", newline="") as file:
        risks = {row["code"]: float(row["risk"]) for row in csv.DictReader(file)}
    cases = " ".join(f"WHEN '{code}' THEN {risk}" for code, risk in risks.items())
    return (
        "CREATE OR REPLACE FUNCTION category_risk(p_category text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" AS $$ SELECT CASE p_category {cases} ELSE 0.3 END $$;"
    )
