"""What a process remembers of its answers, within a bound; of many who ask for the same at once, one makes it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from data.errors import DatabaseUnavailable

Value = TypeVar("Value")


@dataclass
class _Turn:
    """Those who wait for one thing: how many, and how its making failed last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0
    failed_at: float = float("-inf")
    fault: Exception | None = None


class Remembered(Generic[Value]):
    """Values by key; the one unused for longest goes first.

    After a load everybody's page asks anew: without turns each of them would have the same figures counted.

    Parameters
    ----------
    most
        What all values together may weigh; a heavier one is not kept.
    weight
        Of one value, in the same unit; above 0, or nothing would bound their number.
    """

    def __init__(self, most: int, weight: Callable[[Value], int]) -> None:
        self._most = most
        self._weight = weight
        self._held = 0
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._turns: dict[Hashable, _Turn] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under ``key``, or the one that ``make`` returns.

        Raises
        ------
        DatabaseUnavailable
            ``make`` failed for somebody else while this caller waited for it: to try anew for each who waits would take
            all their patiences one after the other. What ``make`` itself raises goes to whoever had it made.
        """
        came_at = time.monotonic()
        with self._lock:
            if key in self._values:
                return self._known(key)
            turn = self._turns.setdefault(key, _Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                return self._in_turn(key, make, turn, came_at)
        finally:
            with self._lock:
                turn.waiting -= 1
                if not turn.waiting:
                    self._turns.pop(key, None)

    def _in_turn(self, key: Hashable, make: Callable[[], Value], turn: _Turn, came_at: float) -> Value:
        with self._lock:
            if key in self._values:
                return self._known(key)
        if turn.failed_at > came_at:
            raise DatabaseUnavailable from turn.fault
        try:
            made = make()
        except Exception as fault:
            turn.failed_at, turn.fault = time.monotonic(), fault
            raise
        with self._lock:
            self._keep(key, made)
        return made

    def _known(self, key: Hashable) -> Value:
        self._values.move_to_end(key)
        return self._values[key]

    def _keep(self, key: Hashable, made: Value) -> None:
        weight = self._weight(made)
        if weight > self._most:
            return
        self._values[key] = made
        self._held += weight
        while self._held > self._most:
            self._held -= self._weight(self._values.popitem(last=False)[1])
