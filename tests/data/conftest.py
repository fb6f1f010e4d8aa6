"""Who asks in these tests where one says nothing else: a caller who sees the whole district and may do everything."""

import pytest


@pytest.fixture(autouse=True)
def _somebody_asks(as_district: None) -> None:
    """The app's role sees nothing on nobody's behalf."""
