"""What a process remembers of its answers, within a bound; of many who ask for the same at once, one makes it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import psycopg

from data.errors import DatabaseUnavailable

Value = TypeVar("Value")


class _Making:
    """One thing that somebody makes, for those who wait for it."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._fault: BaseException | None = None

    def end(self, fault: BaseException | None) -> None:
        self._fault = fault
        self._ended.set()

    def wait(self) -> None:
        self._ended.wait()
        if isinstance(self._fault, (psycopg.OperationalError, DatabaseUnavailable)):
            raise DatabaseUnavailable from self._fault
        if self._fault is not None:
            raise NotMade from self._fault


class NotMade(RuntimeError):
    """What somebody else was making could not be made; the cause says why."""


class BeingMade(Exception):
    """Somebody else makes what was asked for. Whoever holds what others need gives it back, waits, and asks again."""

    def __init__(self, making: _Making) -> None:
        super().__init__()
        self._making = making

    def wait(self) -> None:
        """Until it has been made.

        Raises
        ------
        DatabaseUnavailable, NotMade
            It could not be, for the database went away or for another fault: to try anew for each who waits would take
            all their patiences one after the other.
        """
        self._making.wait()


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
        self._makings: dict[Hashable, _Making] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """As :meth:`get_or_tell`, and waits while somebody else makes it; raises what ``BeingMade.wait`` does."""
        while True:
            try:
                return self.get_or_tell(key, make)
            except BeingMade as others:
                others.wait()

    def get_or_tell(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value kept under ``key``, or the one that ``make`` returns.

        Raises
        ------
        BeingMade
            Somebody else makes it. What ``make`` itself raises goes to whoever had it made.
        """
        with self._lock:
            if key in self._values:
                return self._known(key)
            if others := self._makings.get(key):
                raise BeingMade(others)
            self._makings[key] = _Making()
        try:
            made = make()
            with self._lock:
                self._keep(key, made)
        except BaseException as fault:
            self._end(key, fault)
            raise
        else:
            self._end(key)
            return made

    def _end(self, key: Hashable, fault: BaseException | None = None) -> None:
        with self._lock:
            making = self._makings.pop(key)
        making.end(fault)

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
