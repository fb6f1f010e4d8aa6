"""How often one account, or one address of which nobody is known, may ask: far more than people do, far less than a
script that has gone wrong.

Counted by the minute, by each worker for itself: with two workers somebody may have twice as much before both refuse.
Signing in by password has bounds of its own, which all workers share: ``begin_sign_in()`` in ``data/sql/accounts.sql``.
"""

import threading
import time
from collections import Counter
from typing import Literal

from callbacks.access import browser
from data.caller import current_caller
from data.errors import TooManyRequests
from data.network import network
from data.settings import get_settings

Kind = Literal["any", "sign_in", "search", "document", "upload", "photo"]
A_MINUTE: dict[Kind, int] = {
    "any": 1_800,  # a map that is moved all the time asks some hundred times, besides its tiles
    "sign_in": 240,  # by a provider, there and back: 120 people of an office behind one address at eight o'clock
    "search": 300,
    "document": 60,  # lists, documents, posters: each holds a processor for a second or more
    "upload": 60,
    "photo": 600,  # a phone sends what a day has gathered in one go
}
MINUTE = 60


def count(kind: Kind) -> None:
    """Count the request that is being answered, of ``kind``, for whoever asks.

    Raises
    ------
    TooManyRequests
        They have asked more often within the minute than ``A_MINUTE`` lets them.
    """
    if not get_settings().rate_limits:
        return
    who = current_caller()
    key = f"account {who.account_id}" if who else f"address {network(browser.address())}"
    now = time.time()
    if _counted.one_more(kind, key, int(now // MINUTE)) > A_MINUTE[kind]:
        raise TooManyRequests(MINUTE - int(now % MINUTE))


class _Minute:
    """How often each has asked in the minute that runs; the next one begins with nothing.

    The libraries for this (Flask-Limiter, limits) start a thread every hundredth of a second to forget what is over,
    which costs a hundred times what counting does.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._minute = 0
        self._times: Counter[tuple[Kind, str]] = Counter()

    def one_more(self, kind: Kind, key: str, minute: int) -> int:
        with self._turn:
            if minute != self._minute:
                self._minute, self._times = minute, Counter()
            self._times[kind, key] += 1
            return self._times[kind, key]


_counted = _Minute()
