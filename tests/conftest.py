"""What every test may ask for; the fixtures themselves are in ``tests/fixtures``.

==================  ========  ==================================================================================
fixture             lives     gives
==================  ========  ==================================================================================
``database``        module    URL (owner) of an empty database built by the real migrations; the environment and
                              the settings point to it
``fresh_database``  test      the same, for one test
``demo_files``      session   folder of the files that ``python -m etl demo`` wrote (800 venues, 30 days)
``demo_database``   module    URL (owner) of a database with those files loaded; changes stay within the process
``own_demo_database``  module  the same, of the module's own, which may change it
``own_demo_store``  module    folder of an empty store of files for that database, in place of the demonstration's
``conn``            test      owner's connection (rows as dicts) to the database that the same test asks for
                              (``database`` by default); rolled back at the end
``app_conn``        test      reading role's connection to the same database, for a caller who sees the whole district
``as_district``     test      that caller asks in this process; set where most tests need it (``conftest.py`` there)
``server``          session   address of the real gunicorn serving the demo database
``desktop_page``    test      Chromium, 1440 × 900; fails on any outside request and any error in the console
``phone_page``      test      the same, 390 × 844 with touch
``browser_page``    test      runs the test twice, once with each
==================  ========  ==================================================================================

A test module asks for ``database`` or for ``demo_database``, not for both. A test that provokes errors in the console
says so: ``@pytest.mark.console_errors(r"503")``.
"""

import pytest

from tests.fixtures import run

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.server", "tests.fixtures.browser"]


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run prepares it; workers of xdist find it begun and inherit its environment."""
    config.addinivalue_line(
        "markers", "console_errors(pattern): errors in the browser's console that the test provokes"
    )
    run.begin(in_memory=True)


def pytest_unconfigure() -> None:
    """After the last worker: stop the run's cluster and remove its files."""
    run.end()
