"""Gunicorn's settings: threads for a page that mostly waits for PostGIS, on the one address that the settings name."""

import logging
import os
import sys
import threading
from typing import Any

from gunicorn.glogging import Logger
from prometheus_client import multiprocess

from data import logs
from data.cluster.installation import database_is_named
from data.database.connection import warm_up
from data.settings import get_settings
from data.status.days import keep_day_current
from ops import beside

LOCAL = ("127.0.0.1", "::1")

beside.make_metrics_folder()
logs.configure("page", terse=True)

bind = get_settings().bind
workers = get_settings().workers
worker_class = "ops.page_worker.PageWorker"
# Far more threads than connections to the database: whoever waits for one must not keep others from an answer.
AT_WORK, WAITING, ROOM_FOR_HEALTH = 56, 96, 8
threads = AT_WORK + WAITING + ROOM_FOR_HEALTH
WAIT_SECONDS = 5.0
HEALTH = ("/healthz", "/readyz", "/metrics")
# Imported once and shared by the workers: half the start, and less memory. Nothing may be opened at import; pools are
# made by the process that first asks (data.database.connection), the day's thread starts in each worker.
preload_app = True
timeout = 60
graceful_timeout = 10
# Longer than a person pauses and than the proxy keeps a connection: a request must not meet one that is being closed.
keepalive = 75
# Heartbeats of workers on a disk can stall with it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn unlinks its file
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "ha-dong-qr"
# Signals are enough; gunicorn's socket for commands lies in a home folder, which a service does not have.
control_socket_disable = True


class _OurLines(Logger):
    """Gunicorn's lines in the form of all others (``data.logs``): its own quote addresses with their query."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)


logger_class = _OurLines


def on_starting(server: Any) -> None:
    """Refuse any other address: options on the command line and GUNICORN_CMD_ARGS win over this file.

    What is open to others has to have the gate of ``callbacks.access``, before which nobody is let in.
    """
    wanted = get_settings().bind_address
    others = [address for address in server.cfg.address if not isinstance(address, tuple) or address[0] != wanted]
    if others:
        raise SystemExit(f"Trang chỉ phục vụ trên {wanted} (BIND_ADDRESS); hãy bỏ địa chỉ {others}.")
    if wanted not in LOCAL and "access" not in server.app.wsgi().extensions:
        raise SystemExit(f"Trang không có phần đăng nhập nên không mở trên {wanted}; hãy bỏ BIND_ADDRESS.")


def when_ready(_server: Any) -> None:
    """The page can be asked: what lives beside it begins."""
    beside.start()


def child_exit(_server: Any, worker: Any) -> None:
    """What a worker has open ends with it; what it has counted stays."""
    multiprocess.mark_process_dead(worker.pid)


def worker_exit(_server: Any, _worker: Any) -> None:
    """A worker that has ended is gone at once, with the code that it ends with.

    Python would first take apart, object by object, what it shares with the master: a second of a processor for each
    worker at each restart. Its connections and files close with the process.
    """
    ending = sys.exception()
    logging.shutdown()
    os._exit(ending.code if isinstance(ending, SystemExit) and isinstance(ending.code, int) else 1)


def _leaving_room(app: Any, most: int, waiting: int) -> Any:
    """``app`` for at most ``most`` requests at once besides /healthz; ``waiting`` more wait a little for a place, which
    a moment's crowd does not notice, and the rest are told to come again.

    A hung database holds its requests for as long as it hangs; without a bound they would hold every thread.
    """
    places, seats = threading.BoundedSemaphore(most), threading.BoundedSemaphore(waiting)

    def has_place() -> bool:
        if places.acquire(blocking=False):
            return True
        if not seats.acquire(blocking=False):
            return False
        try:
            return places.acquire(timeout=WAIT_SECONDS)
        finally:
            seats.release()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") in HEALTH:
            return app(environ, start_response)
        if not has_place():
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
    worker.wsgi = _leaving_room(worker.wsgi, AT_WORK, WAITING)


def on_exit(_server: Any) -> None:
    """The worker ends with the page. The database outlives it, on purpose: say so, and how it is stopped."""
    beside.stop()
    still = "" if database_is_named() else "; cơ sở dữ liệu vẫn chạy, `make stop` để dừng nó"
    print(f"Đã dừng trang{still}.", file=sys.stderr, flush=True)
