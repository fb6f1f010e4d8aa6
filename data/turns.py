"""Turns: of many who ask for the same thing at once, one makes it and the others wait for it."""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Turns:
    """Locks by key, each there only while somebody holds it or waits for it.

    After a load everybody's page asks anew: without turns each of them would have the same figures counted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, tuple[threading.Lock, int]] = {}

    @contextmanager
    def turn(self, key: Hashable) -> Iterator[None]:
        """The block of one key runs once at a time; blocks of other keys run beside it."""
        with self._lock:
            held, number = self._waiting.get(key, (threading.Lock(), 0))
            self._waiting[key] = held, number + 1
        try:
            with held:
                yield
        finally:
            with self._lock:
                held, number = self._waiting.pop(key)
                if number > 1:
                    self._waiting[key] = held, number - 1
