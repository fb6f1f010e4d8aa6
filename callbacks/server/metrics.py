"""``GET /metrics`` for Prometheus: requests, callbacks, the database's connections, jobs, loads and backups; no names.

Each worker writes its counts into a folder that all of them share (``PROMETHEUS_MULTIPROC_DIR``, made by
``ops.gunicorn_conf``); whichever answers adds them up.
"""

import datetime as dt
import hmac
import os
from collections.abc import Iterator
from typing import Any

from dash import Dash
from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from callbacks.server import request_log
from callbacks.server.stated import anyone
from data.access.caller import COMMAND_LINE, acting_as
from data.backup.making import age_of_newest
from data.database.connection import app_connection, pool_states
from data.errors import NotAllowed, UserError
from data.project import TIMEZONE
from data.queries.remembered import Recent
from data.settings import get_settings

LOCAL = ("127.0.0.1", "::1")
CALLBACKS = "_dash-update-component"
SECONDS_BETWEEN_LOOKS = 1.0
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("qr_requests", "Requests answered.", ["endpoint", "method", "status"])
SECONDS = Histogram("qr_request_seconds", "Time to the answer.", ["endpoint"], buckets=_BUCKETS)
CALLBACK_SECONDS = Histogram("qr_callback_seconds", "Time of a callback of the page.", ["output"], buckets=_BUCKETS)
CONNECTIONS = Gauge(
    "qr_database_connections", "Connections of the pools.", ["pool", "state"], multiprocess_mode="livesum"
)

_QUESTION = """
SELECT (SELECT count(*) FROM job WHERE state = 'queued') AS queued,
       (SELECT count(*) FROM job WHERE state = 'running') AS running,
       (SELECT extract(epoch FROM clock_timestamp() - min(asked_at)) FROM job
        WHERE state IN ('queued', 'running')) AS oldest,
       (SELECT extract(epoch FROM clock_timestamp() - max(finished_at)) FROM load WHERE undone_at IS NULL) AS load
"""

blueprint = Blueprint("metrics", __name__)
METHODS = frozenset(("GET", "HEAD", "POST", "PATCH", "OPTIONS"))
REFUSED = (401, 403, 413)


def register(server: Flask) -> None:
    """Add the route, and count every request."""
    server.register_blueprint(blueprint)
    server.after_request(_count)


def know_callbacks(server: Flask, apps: list[Dash]) -> None:
    """Callbacks whose times are told apart; what else a client may write into a request is no label."""
    server.extensions["callback_outputs"] = {name for app in apps for name in app.callback_map}


@blueprint.get("/metrics")
@anyone  # its own check is below: who scrapes has no session
def metrics() -> Response:
    """What is counted, to this machine or to whoever shows ``METRICS_TOKEN``."""
    if not _may():
        raise NotAllowed
    _set_connections()
    registry: Any = CollectorRegistry() if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else REGISTRY
    text = b""
    if registry is not REGISTRY:
        MultiProcessCollector(registry)
    text += generate_latest(registry)
    now = CollectorRegistry()
    now.register(_OfTheMoment())
    return Response(
        text + generate_latest(now), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )


def _may() -> bool:
    token = get_settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token is not None and given and hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        return True
    # A proxy that TRUSTED_PROXIES does not know of makes everybody look local.
    behind_a_proxy = "X-Forwarded-For" in request.headers and not get_settings().trusted_proxies
    return request.remote_addr in LOCAL and not behind_a_proxy


def _count(response: Response) -> Response:
    endpoint = request_log.route()
    REQUESTS.labels(endpoint, request.method if request.method in METHODS else "other", response.status_code).inc()
    SECONDS.labels(endpoint).observe(request_log.seconds())
    # what was refused is not read: before signing in nobody may have us read megabytes
    if endpoint.endswith(CALLBACKS) and response.status_code not in REFUSED:
        CALLBACK_SECONDS.labels(_output()).observe(request_log.seconds())
    _pools.get()
    return response


def _output() -> str:
    asked = request.get_json(silent=True)
    name = asked.get("output") if isinstance(asked, dict) else None
    known: set[str] = current_app.extensions.get("callback_outputs", set())
    return name if isinstance(name, str) and name in known else "other"


def _set_connections(_before: None = None) -> None:
    for pool, states in pool_states().items():
        for state, number in states.items():
            CONNECTIONS.labels(pool, state).set(number)


_pools = Recent[None](_set_connections, UserError, holds=SECONDS_BETWEEN_LOOKS, old=float("inf"))


class _OfTheMoment(Collector):
    """What is asked for at each scrape, once for all workers."""

    def collect(self) -> Iterator[Metric]:
        """Jobs, loads and backups; without the database only that it is away."""
        row: dict[str, Any] = {}
        try:
            with acting_as(COMMAND_LINE), app_connection() as conn:
                row = conn.execute(_QUESTION).fetchone() or {}
        except UserError:
            pass
        yield GaugeMetricFamily("qr_database_up", "Whether the database answers.", value=1 if row else 0)
        for name, key, meaning in (
            ("qr_jobs_queued", "queued", "Jobs that wait."),
            ("qr_jobs_running", "running", "Jobs at work."),
            ("qr_job_oldest_seconds", "oldest", "How long ago the first open job was asked for."),
            ("qr_last_load_age_seconds", "load", "How long ago the last load ended."),
        ):
            if row:
                yield GaugeMetricFamily(name, meaning, value=float(row[key] or 0))
        age = age_of_newest(get_settings().backup_folder, dt.datetime.now(TIMEZONE))
        if age is not None:
            yield GaugeMetricFamily(
                "qr_last_backup_age_seconds", "Age of the newest backup.", value=age.total_seconds()
            )
