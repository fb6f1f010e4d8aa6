"""Of many who ask at once one makes it, the oldest goes first, and whoever waited for what failed is told at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.queries.remembered import BeingMade, NotMade, Recent, Remembered

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


class Asked:
    """What is asked for a :class:`Recent` answer, of which a test decides what comes of it and how late it is."""

    def __init__(self, **holds: float) -> None:
        self.now, self.times, self.fault = 100.0, 0, False
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.came, self._known = threading.Semaphore(0), set[int]()
        self.recent = Recent[int](self._ask, ZeroDivisionError, clock=self._clock, **holds)

    def _clock(self) -> float:
        """Who looks at it for the first time has come."""
        now = self.now
        if threading.get_ident() not in self._known:
            self._known.add(threading.get_ident())
            self.came.release()
        return now

    def _ask(self, before: int | None) -> int:
        self.times += 1
        self.begun.set()
        assert self.go_on.wait(WAITING_SECONDS)
        self.now += 0.01
        if self.fault:
            raise ZeroDivisionError
        return (before or 0) + 1

    def told(self) -> int | str:
        try:
            return self.recent.get()
        except ZeroDivisionError:
            return "fault"


def test_an_answer_holds_and_a_fault_as_long_as_it_is_said_to() -> None:
    asked = Asked(holds=10, fault_holds=2)
    assert [asked.told(), asked.told()] == [1, 1]
    asked.now, asked.fault = asked.now + 10, True
    assert [asked.told(), asked.told()] == ["fault", "fault"]
    asked.now, asked.fault = asked.now + 2, False
    assert [asked.told(), asked.told()] == [2, 2]  # what is asked knows the last answer
    asked.recent.tell(ZeroDivisionError())
    assert asked.told() == "fault"
    assert asked.times == 3


def test_nobody_waits_for_what_is_found_out_anew_while_the_last_is_not_too_old() -> None:
    asked = Asked(holds=1, old=10)
    assert asked.told() == 1
    asked.now += 5
    asked.begun.clear()
    asked.go_on.clear()
    with ThreadPoolExecutor(1) as another:
        finding = another.submit(asked.told)
        assert asked.begun.wait(WAITING_SECONDS)
        assert asked.told() == 1
        asked.go_on.set()
        assert finding.result(WAITING_SECONDS) == 2
    assert asked.times == 2


@pytest.mark.parametrize("fault", [False, True])
def test_whoever_waited_is_told_what_was_found_and_asks_nothing(fault: bool) -> None:
    asked = Asked(holds=0)
    asked.fault = fault
    asked.go_on.clear()
    with ThreadPoolExecutor(PEOPLE) as people:
        answers = people.map(lambda _: asked.told(), range(PEOPLE))
        for _ in range(PEOPLE):
            assert asked.came.acquire(timeout=WAITING_SECONDS)
        asked.go_on.set()
        assert list(answers) == ["fault" if fault else 1] * PEOPLE
    assert asked.times == 1
