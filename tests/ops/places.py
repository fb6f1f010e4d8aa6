"""Places to try starting in: folders that the server's user can reach, and an ordinary user for root's tests."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.project import ROOT

NOBODY = 65534


@contextmanager
def open_folder(name: str = "") -> Iterator[Path]:
    """A new folder that every user may enter (pytest's own are closed to others); gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="qr-test-", dir="/tmp"))
    base.chmod(0o755)
    folder = base / name
    folder.mkdir(exist_ok=True, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def open_checkout() -> Iterator[Path]:
    """The packages that need no library, where every user may read them: the checkout may lie in a closed home."""
    with open_folder("checkout") as folder:
        for package in ("data", "ops"):
            shutil.copytree(ROOT / package, folder / package)
        yield folder


def ordinary_user() -> dict[str, Any]:
    """Arguments of ``subprocess`` that take root's rights away; none are needed where we are not root."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
