"""Of many who ask at once one makes it; a fault is nobody else's, and nothing is left behind."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.turns import Turns

PEOPLE = 16


def test_what_many_ask_for_is_made_once() -> None:
    turns, kept, made = Turns(), {}, []
    together = threading.Barrier(PEOPLE)

    def ask(number: int) -> str:
        key = number % 2
        together.wait()
        with turns.turn(key):
            if key not in kept:
                time.sleep(0.02)
                made.append(key)
                kept[key] = f"made {key}"
            return kept[key]

    with ThreadPoolExecutor(PEOPLE) as people:
        assert list(people.map(ask, range(PEOPLE))) == [f"made {number % 2}" for number in range(PEOPLE)]
    assert sorted(made) == [0, 1]
    assert not turns._waiting


def test_keys_do_not_wait_for_one_another_and_a_fault_ends_a_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn("a"), turns.turn("b"):
        raise ZeroDivisionError
    with turns.turn("a"):
        pass
    assert not turns._waiting
