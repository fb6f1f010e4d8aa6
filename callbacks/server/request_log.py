"""Every request has a number: in each line that is logged of it, in ``X-Request-ID``, and on the page of an error."""

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from data.logs import FACTS, request_id
from data.settings import get_settings

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNLOGGED = frozenset(("/healthz", "/readyz", "/metrics"))


def register(server: Flask) -> None:
    """Number the requests; before anything else is registered, so that all that follows finds the number."""
    server.before_request(_begin)
    server.after_request(_end)
    server.teardown_request(_forget)


def _begin() -> None:
    """The proxy's number where there is a proxy, else one of ours: nobody else may choose what stands in the log."""
    given = request.headers.get(HEADER, "") if get_settings().trusted_proxies else ""
    g.request_id = given if _ACCEPTED.fullmatch(given) else secrets.token_hex(8)
    g.request_began = time.perf_counter()
    request_id.set(g.request_id)


def route() -> str:
    """The route that answers, without the values in the address."""
    return request.url_rule.rule if request.url_rule else "none"


def seconds() -> float:
    """Since the request began."""
    return time.perf_counter() - float(g.get("request_began", time.perf_counter()))


def _end(response: Response) -> Response:
    if number := g.get("request_id"):
        response.headers[HEADER] = number
    if get_settings().log_format == "json" and request.path not in _UNLOGGED:
        facts = {
            "method": request.method,
            "route": route(),
            "status": response.status_code,
            "milliseconds": round(1000 * seconds(), 1),
        }
        log.info("request", extra={FACTS: facts})
    return response


def _forget(_error: BaseException | None) -> None:
    request_id.set("")
