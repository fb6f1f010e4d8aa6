"""Brings the private cluster back when its server was killed; one that was stopped on purpose stays stopped.

In a deployment the system does this for its PostgreSQL (systemd, the container's restart policy); the private cluster
has nobody else.
"""

import sys
import threading

from data.cluster.installation import ClusterError
from data.cluster.server import Cluster

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_AFTER_A_FAULT = 30.0


class Guard:
    """Looks after ``cluster`` from :meth:`start` to :meth:`stop`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self._watch, name="guard", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _watch(self) -> None:
        pause = SECONDS_BETWEEN_LOOKS
        while not self._stopping.wait(pause):
            pause = SECONDS_BETWEEN_LOOKS
            try:
                if self._cluster.was_killed() and self._cluster.start_if_killed(_say):
                    _say("Máy chủ cơ sở dữ liệu đã bị dừng đột ngột; nay đã chạy lại.")
            except ClusterError as error:
                _say(str(error))
                pause = SECONDS_AFTER_A_FAULT


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
