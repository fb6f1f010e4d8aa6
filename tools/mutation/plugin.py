"""What pytest is told while faults are tried: which tests to run in which order, and which test ran which line."""

from typing import Any

import coverage
import pytest


class Chosen:
    """Runs the tests named, in that order, and no others."""

    def __init__(self, names: list[str]) -> None:
        self._place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is not named."""
        items[:] = sorted(
            (item for item in items if item.nodeid in self._place), key=lambda item: self._place[item.nodeid]
        )


class Watched:
    """Notes each test's name beside the lines that it runs, how long it takes and which tests fail as it is."""

    def __init__(self, watch: coverage.Coverage) -> None:
        self._watch = watch
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """The lines from here on belong to this test."""
        self._watch.switch_context(item.nodeid)
        yield

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test's set-up the time is not its own: others share it."""
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration
        if report.failed:
            self.failed.add(report.nodeid)
