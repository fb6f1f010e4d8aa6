"""What lives beside the page in gunicorn's master; here and not in its settings, which are read anew at each reload."""

import atexit
import os
import shutil
import sys
import tempfile

from data.cluster.installation import database_is_named
from data.cluster.server import product_cluster
from ops.companion import Companion
from ops.guard import Guard

# What the page asks for is done by one process beside it, begun and ended with it.
_companion = Companion([sys.executable, "-m", "etl", "work", "--attached"])
_guard = None if database_is_named() else Guard(product_cluster())
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def start() -> None:
    """The page's other half, which loads, checks and takes back what the page asks for; and who watches the cluster."""
    _companion.start()
    if _guard is not None:
        _guard.start()


def stop() -> None:
    """End both."""
    if _guard is not None:
        _guard.stop()
    _companion.stop()


def make_metrics_folder() -> None:
    """Where the workers count together (``callbacks.server.metrics``); it has to be there before the app is
    imported."""
    if os.environ.get(METRICS_FOLDER):
        return
    memory = "/dev/shm"  # noqa: S108 - a private folder within; a count is no reason to wait for a disk
    folder = tempfile.mkdtemp(prefix="qr-metrics-", dir=memory if os.access(memory, os.W_OK) else None)
    os.environ[METRICS_FOLDER] = folder
    master = os.getpid()
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True) if os.getpid() == master else None)
