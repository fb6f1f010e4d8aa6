"""What a person sees while a file is loaded: each step as it begins, and a sign of life while one takes long."""

import sys
import threading
import time
from types import TracebackType
from typing import Self, TextIO

from data.texts.catalogue import t
from etl.loading.load import STEPS

SECONDS_OF_SILENCE = 5.0


class Terminal:
    """A :data:`etl.loading.load.Progress` that prints; within its ``with`` block it is never silent for long."""

    def __init__(self, out: TextIO | None = None, silence: float = SECONDS_OF_SILENCE, steps: int = len(STEPS)) -> None:
        self._steps = steps
        self._out = out or sys.stdout
        self._silence = silence
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._step = 0
        self._began = self._spoke = time.monotonic()
        self._thread = threading.Thread(target=self._tell, name="sign-of-life", daemon=True)

    def __call__(self, step: int, text: str) -> None:
        """Print the step that begins (or, with the same step, a note within it)."""
        with self._lock:
            if step != self._step:
                self._step, self._began = step, time.monotonic()
            self._print(text)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._done.wait(self._silence / 5):
            with self._lock:
                now = time.monotonic()
                if self._step and now - self._spoke >= self._silence:
                    self._print(t("report.still", seconds=f"{now - self._began:.0f}"))

    def _print(self, text: str) -> None:
        self._spoke = time.monotonic()
        print(f"  {t('report.step', step=self._step, steps=self._steps, text=text)}", file=self._out, flush=True)
