"""The terminal is never silent for long, and says nothing once all is done."""

import io
import time

from etl.worker.progress import Terminal
from tests.fixtures.waiting import until


def test_a_long_step_gives_signs_of_life() -> None:
    out = io.StringIO()
    with Terminal(out, silence=0.02) as progress:
        progress(3, "Kiểm tra")
        until(lambda: "Bước 3/6 … vẫn đang làm, đã " in out.getvalue(), "a sign of life")
        progress(4, "Ghi")
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "…" not in line] == ["  Bước 3/6 Kiểm tra", "  Bước 4/6 Ghi"]
    time.sleep(0.1)
    assert out.getvalue().splitlines() == lines


def test_nothing_is_said_before_the_first_step() -> None:
    out = io.StringIO()
    with Terminal(out, silence=0.02):
        time.sleep(0.1)
    assert out.getvalue() == ""
