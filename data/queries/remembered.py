"""What a process remembers of its answers, within a bound; of many who ask for the same at once, one makes it."""

import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar, cast

import psycopg
from cachetools import LRUCache

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
        self._values: LRUCache[Hashable, Value] = LRUCache(most, getsizeof=weight)
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
                return self._values[key]
            if others := self._makings.get(key):
                raise BeingMade(others)
            self._makings[key] = _Making()
        try:
            made = make()
            with self._lock, suppress(ValueError):  # too heavy to be kept
                self._values[key] = made
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


class Recent(Generic[Value]):
    """One answer for all who ask within seconds; one finds it out at a time.

    Whoever comes meanwhile waits for what comes of it, or is told what was found before. To ask again for each of those
    who waited for a fault would take all their patiences one after the other, so they are told it, too.

    Parameters
    ----------
    ask
        Finds the answer out; is given the last one, None before there is any.
    faults
        What it may raise, which is then told as an answer is; anything else goes to who asked alone.
    holds, fault_holds
        Seconds for which an answer, or a fault, is told without asking again.
    old, fault_old
        Of how many seconds at most the one before may be, so that nobody waits while another finds out.
    """

    def __init__(
        self,
        ask: Callable[[Value | None], Value],
        faults: type[Exception],
        *,
        holds: float,
        fault_holds: float = 0,
        old: float = 0,
        fault_old: float = 0,
        clock: Callable[[], float] = lambda: time.monotonic(),
    ) -> None:
        self._ask, self._faults, self._clock = ask, faults, clock
        self.holds, self.fault_holds, self._old, self._fault_old = holds, fault_holds, old, fault_old
        self._turn = threading.Lock()
        self._value: Value | None = None
        self._fault: Exception | None = None
        self._at = float("-inf")

    def get(self) -> Value:
        """The answer, or the fault that there was instead of one."""
        came_at = self._clock()
        if self._age() < (self.fault_holds if self._fault else self.holds):
            return self._told()
        if not self._turn.acquire(blocking=self._age() > (self._fault_old if self._fault else self._old)):
            return self._told()
        try:
            if self._at <= came_at:  # else it was found out while we waited
                self._find_out()
            return self._told()
        finally:
            self._turn.release()

    def tell(self, fault: Exception) -> None:
        """What somebody has met, who did not come to ask."""
        self._fault, self._at = fault, self._clock()

    def _find_out(self) -> None:
        try:
            self._value, self._fault = self._ask(self._value), None
        except self._faults as fault:
            self._fault = fault
        self._at = self._clock()

    def _told(self) -> Value:
        if fault := self._fault:
            raise fault.with_traceback(None)  # it would grow with each who is told
        return cast(Value, self._value)

    def _age(self) -> float:
        return self._clock() - self._at
