"""Schema, functions, rights and what ships with the product: everything that a load needs."""

import csv
import json
import time
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from data import locks
from data.access.database_roles import LEAKPROOF, PUBLIC_READER, READER, ROUTING
from data.access.role_check import require_harmless, spatial_index_serves
from data.database.connection import owner_url
from data.database.constants import functions_sql
from data.errors import DatabaseUnavailable, TextError
from data.project import ROOT
from data.vocabulary import STATUSES

DATA = ROOT / "data"
MIGRATIONS = DATA / "database" / "migrations"
# The order matters: a function must exist before another one's body is checked against it.
SQL_FILES = (
    "folding",
    "caller",
    "accounts",
    "scan_keys",
    "registrations",
    "scan_totals",
    "scan_reach",
    "status_rule",
    "days",
    "thinning",
    "periods",
    "publication_policy",
    "implausible",
    "doubts",
    "before_image",
    "streets",
    "proposals",
    "field",
    "field_loads",
    "reminder_checks",
    "working_days",
    "teams",
    "case_steps",
    "cases",
    "case_rules",
    "publication_clock",
    "publication_evidence",
    "reach",
    "publication_bodies",
    "publication_drafts",
    "publication_rules",
    "publication_effects",
    "publication_seals",
    "publication_settle",
    "publication_slips",
    "report_weeks",
    "report_figures",
    "report_district",
    "reports",
    "annotations",
    "guidance",
    "posters",
    "mail",
    "shared_links",
    "templates",
    "broadcasts",
    "visit_withdrawals",
    "case_suspensions",
    "case_merges",
    "field_visits",
    "team_members",
    "scan_habits",
    "priority",
    "priority_setting",
    "audit",
    "audited_tables",
    "audit_reading",
    "access",
)
LOCK_SECONDS, PAUSE_SECONDS, PATIENCE_SECONDS = 0.5, 2.0, 900.0
HELD_BY_OTHERS = ("55P03", "40P01")
"""States of PostgreSQL: lock_not_available, deadlock_detected."""
AWAY = ("", "08", "57")
"""How the state of an error begins when the server cannot be reached, or ends the session."""
PERSONAL_TABLES = (
    "venue_contact",
    "before_image",
    "linking_secret",
    "audit_pending",
    "refused_sign_in",
    "publication_token",
)
ACCOUNT_TABLES = ("account", "account_ward", "account_unit", "account_identity", "session", "sign_in_attempt")
# All but the secrets; whose rows, the policies of data/sql/accounts.sql say.
ACCOUNT_RIGHTS = {
    "account": "SELECT (id, login, name, role, one_time_until, authenticator_since, is_demo, disabled_at, created_at,"
    " created_by), INSERT (login, name, role, created_by), UPDATE (name, role, disabled_at)",
    "account_ward": "SELECT, INSERT, DELETE",
    "account_unit": "SELECT, INSERT, DELETE",
    # Whom an address is bound to, only signing in may say: account_of_identity().
    "account_identity": "SELECT, INSERT (account_id, email), DELETE",
    "session": "SELECT (account_id, began_at, seen_at, ended_at, end_reason, address)",
}
DESK_RIGHTS = {
    "job": "INSERT (kind, payload, asked_by)",
    "received_file": "INSERT (file_name, bytes, received_by), UPDATE (received_bytes, sha256, state, options)",
    "column_mapping": "INSERT (layout_key, kind, columns, decided_by), UPDATE (kind, columns, decided_by, decided_at)",
    "visit_plan": "INSERT (title, day, area, seed, options, created_by, changed_by),"
    " UPDATE (title, state, version, options, solved, changed_at, changed_by), DELETE",
    "plan_team": "INSERT, UPDATE, DELETE",
    "plan_stop": "INSERT, UPDATE, DELETE",
}
"""What the page may write (``data.database.connection.desk_connection``): also the names that it shows of who asked,
sent or decided, but neither as whom the worker acts (``job.asked_as``, which a default sets) nor how it ended."""


class MissingRight(TextError):
    """The role of ``DATABASE_URL`` may not do what a migration needs."""

    def __init__(self, detail: str) -> None:
        super().__init__("error.missing_right", role=READER, detail=detail)


class TablesInUse(TextError):
    """Somebody held a table for so long that the migration gave up; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("error.tables_in_use")


def migrate(database_url: str | None = None) -> None:
    """Bring the database to this version in one transaction, behind a lock: safe twice, and from two places at once.

    While the product is in use: what waits for a table makes everybody wait who comes after it, so that it gives up
    after ``LOCK_SECONDS`` and tries the whole anew, for ``PATIENCE_SECONDS``.

    Parameters
    ----------
    database_url
        libpq URL of the owner; default: :func:`data.database.connection.owner_url`.

    Raises
    ------
    DatabaseUnavailable, MissingRight, WrongRole, TablesInUse
    """
    url = (database_url or owner_url()).replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, connect_args={"options": "-c timezone=Asia/Ho_Chi_Minh"})
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    try:
        while not _is_migrated(engine):
            if time.monotonic() > give_up_at:
                raise TablesInUse
            time.sleep(PAUSE_SECONDS)
    except OperationalError as error:
        if _state(error)[:2] in AWAY:
            raise DatabaseUnavailable from error
        raise
    except ProgrammingError as error:
        if _state(error) == "42501":
            raise MissingRight(str(error.orig).splitlines()[0]) from error
        raise
    finally:
        engine.dispose()


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _is_migrated(engine: Engine) -> bool:
    """All of it in one transaction but new statuses, which nothing uses before; False: a table was held by somebody
    else, and nothing has changed.
    """
    try:
        with engine.begin() as connection:
            _wait_for_others(connection)
            _add_statuses(connection)
        with engine.begin() as connection:
            _wait_for_others(connection)
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            _upgrade(connection)
            connection.exec_driver_sql(functions_sql())
            for name in SQL_FILES:
                connection.exec_driver_sql((DATA / "sql" / f"{name}.sql").read_text("utf-8").replace("%", "%%"))
            _seed(connection)
            _compute_periods(connection)
            _grant(connection)
            _grant_public(connection)
            _where_it_may(connection, ROUTING)
            if not spatial_index_serves(_psycopg(connection)):
                _where_it_may(connection, LEAKPROOF)
            require_harmless(_psycopg(connection), READER)
    except OperationalError as error:
        if _state(error) in HELD_BY_OTHERS:
            return False
        raise
    return True


def _wait_for_others(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:space, :number)"), locks.MIGRATION._asdict())


def _add_statuses(connection: Connection) -> None:
    """New codes of ``STATUSES``, each at its place: no transaction may use a value of an enum that it adds itself.

    A database without tables gets all of them with the first migration.
    """
    query = text("SELECT enumlabel FROM pg_enum WHERE enumtypid = to_regtype('venue_status') ORDER BY enumsortorder")
    known = connection.execute(query).scalars().all()
    for number, code in enumerate(STATUSES):
        if known and code not in known:
            place = f"AFTER '{STATUSES[number - 1]}'" if number else f"BEFORE '{known[0]}'"
            connection.exec_driver_sql(f"ALTER TYPE venue_status ADD VALUE '{code}' {place}")


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _seed(connection: Connection) -> None:
    """Categories, policy and holidays, and the shipped wards where no outline of their vintage is there yet."""
    with (DATA / "reference" / "categories.csv").open(encoding="utf-8", newline="") as file:
        categories = list(csv.DictReader(file))
    connection.execute(
        text(
            "INSERT INTO category (code, name_vi, name_en, is_point_of_sale, position)"
            " VALUES (:code, :name_vi, :name_en, CAST(:is_point_of_sale AS boolean), CAST(:position AS smallint))"
            " ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,"
            " is_point_of_sale = excluded.is_point_of_sale, position = excluded.position"
        ),
        categories,
    )
    # "more than 3 times", used as "3 or more"; a week's window: the order's own reporting rhythm.
    connection.execute(
        text(
            "INSERT INTO policy (valid_from, reminder_threshold, scanning_window_days) SELECT '-infinity', 3, 7"
            " WHERE NOT EXISTS (SELECT FROM policy)"
        )
    )
    connection.execute(
        text("INSERT INTO clock (id, status_day, version) VALUES (1, current_day(), 1) ON CONFLICT DO NOTHING")
    )
    with (DATA / "reference" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        connection.execute(
            text(
                "INSERT INTO holiday (day, name) VALUES (:day, :name)"
                " ON CONFLICT (day) DO UPDATE SET name = excluded.name"
            ),
            list(csv.DictReader(file)),
        )
    features = json.loads((DATA / "reference" / "wards.geojson").read_text("utf-8"))["features"]
    connection.execute(
        text(
            "INSERT INTO ward (vintage, code, name, valid_from, valid_to, boundary_source, area_km2, population, geom)"
            " VALUES (:vintage, :code, :name, :valid_from, :valid_to, :boundary_source, :area_km2, :population,"
            " ST_Multi(ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4326))) ON CONFLICT (vintage, code) DO NOTHING"
        ),
        [feature["properties"] | {"geometry": json.dumps(feature["geometry"])} for feature in features],
    )


def _compute_periods(connection: Connection) -> None:
    """Where a migration has thrown the periods away, for they now say more than before."""
    connection.exec_driver_sql(
        "SELECT refresh_status_periods(NULL)"
        " WHERE EXISTS (SELECT FROM venue_opening) AND NOT EXISTS (SELECT FROM status_period)"
    )


# What runs with the owner's rights is for nobody but whom its own file names: forgotten there, it is closed.
CLOSE_FUNCTIONS = """
DO $$
DECLARE
    open_function regprocedure;
BEGIN
    FOR open_function IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
          AND has_function_privilege('public', p.oid, 'EXECUTE')
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', open_function);
    END LOOP;
END
$$
"""


def _grant(connection: Connection) -> None:
    """The app's role sees every table but those with personal data, may turn the day, and may write what a clerk asks
    for or decides; the worker does the rest."""
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {READER}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}",
        f"REVOKE ALL ON {', '.join(PERSONAL_TABLES + ACCOUNT_TABLES)} FROM {READER}, PUBLIC",
        f"REVOKE INSERT, UPDATE ON {', '.join(DESK_RIGHTS)} FROM {READER}",
        *(f"GRANT {rights} ON {table} TO {READER}" for table, rights in (DESK_RIGHTS | ACCOUNT_RIGHTS).items()),
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {READER}",
        "REVOKE ALL ON FUNCTION advance_day() FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION advance_day() TO {READER}",
        CLOSE_FUNCTIONS.replace("%", "%%"),
    ):
        connection.exec_driver_sql(statement)


def _grant_public(connection: Connection) -> None:
    """What anybody may read, to the role of the public page; where this role may, that role is made."""
    known = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)")
    if not connection.execute(known, {"role": PUBLIC_READER}).scalar_one():
        _where_it_may(connection, f"CREATE ROLE {PUBLIC_READER} NOLOGIN")
        _where_it_may(connection, f"GRANT {PUBLIC_READER} TO CURRENT_USER, {READER}")
        if not connection.execute(known, {"role": PUBLIC_READER}).scalar_one():
            return  # the public page says which role it lacks
    for role in (PUBLIC_READER, READER):
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA published TO {role}")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA published TO {role}")
    # PostgreSQL gives the schema public to everybody; whoever is named may still use it
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {READER}")
    _where_it_may(connection, "REVOKE USAGE ON SCHEMA public FROM PUBLIC")


def _psycopg(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"{type(driver)} is no connection of psycopg")
    return driver


def _where_it_may(connection: Connection, statement: str) -> None:
    """Have the spatial index serve under a policy, and pgRouting, where this role may; ``docs/access.md`` and
    ``docs/deployment.md`` have the rest.
    """
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if _state(error) in HELD_BY_OTHERS:
            raise
        savepoint.rollback()
    else:
        savepoint.commit()
