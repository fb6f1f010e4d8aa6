"""Of many who ask at once one makes it, the oldest goes first, and whoever waited for what failed is told at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.queries.remembered import BeingMade, NotMade, Remembered

PEOPLE = 16
WAITING_SECONDS = 30


def ask_at_once(remembered: Remembered[str], make: "list[str]", fault: Exception | None = None) -> list[object]:
    """What each of many is given, or what is raised to them; half of them ask for one thing, half for another."""
    together = threading.Barrier(PEOPLE)
    others = {f"thing {number}": threading.Semaphore(0) for number in range(2)}

    def ask(number: int) -> object:
        key = f"thing {number % 2}"

        def made() -> str:
            make.append(key)
            for _ in range(PEOPLE // 2 - 1):  # all others wait for it
                assert others[key].acquire(timeout=WAITING_SECONDS)
            if fault:
                raise fault
            return f"made {key}"

        together.wait()
        try:
            try:
                return remembered.get_or_tell(key, made)
            except BeingMade as making:
                others[key].release()
                making.wait()
                return remembered.get(key, made)
        except Exception as raised:
            return type(raised)

    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(ask, range(PEOPLE)))


def test_what_many_ask_for_is_made_once() -> None:
    remembered, made = Remembered[str](100, len), list[str]()
    assert ask_at_once(remembered, made) == [f"made thing {number % 2}" for number in range(PEOPLE)]
    assert sorted(made) == ["thing 0", "thing 1"]
    assert remembered._makings == {}


def test_whoever_waited_for_what_failed_is_told_at_once_and_the_next_tries_anew() -> None:
    remembered, made = Remembered[str](100, len), list[str]()
    told = ask_at_once(remembered, made, ZeroDivisionError())
    assert sorted(made) == ["thing 0", "thing 1"]
    assert told.count(ZeroDivisionError) == 2
    assert told.count(NotMade) == PEOPLE - 2
    assert remembered._makings == {}
    assert remembered.get("thing 0", lambda: "now") == "now"


def test_the_one_unused_for_longest_goes_first_and_what_is_too_heavy_is_not_kept() -> None:
    remembered = Remembered[str](10, len)
    for key in ("a", "b"):
        remembered.get(key, lambda: "12345")
    remembered.get("a", lambda: pytest.fail("it is known"))
    remembered.get("c", lambda: "1")
    assert remembered.get("a", lambda: "again") == "12345"
    assert remembered.get("b", lambda: "again") == "again"
    assert remembered.get("heavy", lambda: "x" * 11) == "x" * 11
    assert remembered.get("heavy", lambda: "not kept") == "not kept"
