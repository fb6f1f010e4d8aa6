"""Gunicorn's settings: threads for a page that mostly waits for PostGIS, and nobody but this machine.

There are no accounts yet, so the page is served to 127.0.0.1 only, whatever a variable or an option says.
"""

import os
import sys
import threading
from typing import Any

from data.cluster import product_cluster
from data.connection import warm_up
from data.days import keep_day_current
from data.settings import get_settings
from ops.companion import Companion
from ops.guard import Guard

ADDRESS = "127.0.0.1"

bind = f"{ADDRESS}:{get_settings().port}"
workers = get_settings().workers
worker_class = "gthread"
# Far more threads than connections to the database: whoever waits for one must not keep others from an answer.
threads = 64
ROOM_FOR_HEALTH = 8
HEALTH = "/healthz"
# Imported once and shared by the workers: half the start, and less memory. Nothing may be opened at import; pools are
# made by the process that first asks (data.connection), the day's thread starts in each worker.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 15
# Heartbeats of workers on a disk can stall with it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn unlinks its file
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "ha-dong-qr"


def on_starting(server: Any) -> None:
    """Refuse any other address: options on the command line and GUNICORN_CMD_ARGS win over this file."""
    others = [address for address in server.cfg.address if not isinstance(address, tuple) or address[0] != ADDRESS]
    if others:
        raise SystemExit(f"Trang chưa có tài khoản nên chỉ phục vụ trên {ADDRESS}; hãy bỏ địa chỉ {others}.")


# What the page asks for is done by one process beside it, begun and ended with it.
_companion = Companion([sys.executable, "-m", "etl", "work", "--attached"])
_guard = None if "DATABASE_URL" in os.environ else Guard(product_cluster())


def when_ready(_server: Any) -> None:
    """The page's other half: loads, checks and takes back what the page asks for. And who looks after the database."""
    _companion.start()
    if _guard is not None:
        _guard.start()


def _leaving_room(app: Any, most: int) -> Any:
    """``app`` for at most ``most`` requests at once besides /healthz; the rest are told to come again.

    A hung database holds its requests for as long as it hangs; without a bound they would hold every thread.
    """
    places = threading.BoundedSemaphore(most)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") == HEALTH:
            return app(environ, start_response)
        if not places.acquire(blocking=False):
            start_response(
                "503 Service Unavailable", [("Retry-After", "3"), ("Content-Type", "text/plain; charset=utf-8")]
            )
            return ["Máy chủ đang quá tải; hãy thử lại sau vài giây (busy, try again).".encode()]
        try:
            return app(environ, start_response)
        finally:
            places.release()

    return answer


def post_worker_init(worker: Any) -> None:
    """Keep room for /healthz, the day current, and connections at hand."""
    keep_day_current()
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    worker.wsgi = _leaving_room(worker.wsgi, threads - ROOM_FOR_HEALTH)


def on_exit(_server: Any) -> None:
    """The worker ends with the page. The database outlives it, on purpose: say so, and how it is stopped."""
    if _guard is not None:
        _guard.stop()
    _companion.stop()
    own = "DATABASE_URL" not in os.environ
    still = "; cơ sở dữ liệu vẫn chạy, `make stop` để dừng nó" if own else ""
    print(f"Đã dừng trang{still}.", file=sys.stderr, flush=True)
