"""What holds for every test that starts the product as a person does."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def interrupts_reach_what_is_started() -> Iterator[None]:
    """Tests that run in the background ignore interrupts, and would hand that down."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
