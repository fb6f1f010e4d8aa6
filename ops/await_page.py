"""``python -m ops.await_page PORT``: runs beside gunicorn until the page answers, then says where it is.

It ends with gunicorn, whose child it is.
"""

import http.client
import os
import sys
import time

from ops.console import HEARTBEAT_SECONDS, say
from ops.machine import ADDRESS

LOOK_SECONDS = 0.2


def main(port: int) -> int:
    """Wait for any answer of the page; 0 in any case, for gunicorn reports a child that ends otherwise."""
    server = os.getppid()
    begun = spoken = time.monotonic()
    try:
        while os.getppid() == server:
            if _answers(port):
                say(f"Bản đồ: http://{ADDRESS}:{port} (Ctrl-C để dừng; Ctrl-C to stop)")
                break
            if time.monotonic() - spoken >= HEARTBEAT_SECONDS:
                spoken = time.monotonic()
                say(f"  … mở trang: {spoken - begun:.0f} giây")
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        pass  # gunicorn has the last word
    return 0


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=HEARTBEAT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
