"""A process that lives beside the page: begun with it, begun anew when it dies, ended with it."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
WELL_AFTER_SECONDS = 60.0


class Companion:
    """Keeps ``command`` running from :meth:`start` to :meth:`stop`.

    Its standard input is a pipe that nobody writes to: it closes when this process is gone, even killed, and the
    command must end then, so that no orphan is left. A command that dies at once is begun again after longer and longer
    pauses.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._changing = threading.Lock()

    def start(self) -> None:
        """Begin, in a thread that watches the process."""
        threading.Thread(target=self._keep_running, name="companion", daemon=True).start()

    def stop(self) -> None:
        """End the process: it is asked, given time, then made to."""
        self._stopping.set()
        with self._changing:
            process = self._process
        if process is None:
            return
        for end in (process.terminate, process.kill):
            with suppress(ProcessLookupError):
                end()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
                return

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            begun = time.monotonic()
            with self._changing:
                if self._stopping.is_set():
                    return
                # The environment of now, and the clone as the working folder, wherever the page was begun.
                # In a session of its own: Ctrl-C at the terminal is for this process, which then ends the command.
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, cwd=ROOT, env=os.environ.copy(), start_new_session=True
                )
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            pause = FIRST_PAUSE_SECONDS if time.monotonic() - begun > WELL_AFTER_SECONDS else 2 * pause
            if self._stopping.wait(min(pause, LONGEST_PAUSE_SECONDS)):
                return
