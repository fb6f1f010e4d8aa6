"""Callbacks and routes are called here by somebody of the culture office; the gate itself is tested apart."""

from collections.abc import Iterator

import pytest

from data.access.caller import Caller, acting_as
from data.access.roles import ROLES


@pytest.fixture(autouse=True)
def _culture_office() -> Iterator[None]:
    with acting_as(Caller(None, "vanhoa.thu", "chị Lan", "culture_office", ROLES["culture_office"].rights, None)):
        yield
