"""Routes of the map: tiles, labels of wards, and what lies at a clicked place. Plain sentences on every fault.

A tile that has not changed is answered from its ``ETag`` before PostGIS is asked for it, one that was made before from
a cache bounded by its bytes. Both are keyed by :func:`data.queries.tiles.stamp`, which every load changes, and by what
the caller may see: one caller's tile is never another's answer.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, current_app, request

from callbacks.server.stated import needs
from data.access.caller import current_scope
from data.database.connection import tile_connection
from data.errors import DatabaseUnavailable, TooManyRequests, UnknownFilter, UnknownTile, UserError, http_status
from data.queries import tiles
from data.queries.filters import Filters
from data.queries.nearby import SAME_PLACE_METRES, nearby
from data.queries.remembered import Recent, Remembered
from data.queries.tiles import Tile, TileState
from data.queries.venue_lines import venue_lines
from data.status.days import require_known

MVT = "application/vnd.mapbox-vector-tile"
GEOJSON = "application/geo+json"
STATE_HOLDS_SECONDS = 1.0
MOST_FANNED_OUT = 12  # more around one place would cover each other; they are listed instead
CACHE_BYTES = 64 * 1024 * 1024
KEY_BYTES = 200  # an empty tile is kept, too
WORTH_COMPRESSING = 1024
LAYERS = ("venues", "wards")
WARDS = "/tiles/wards.geojson"
_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=3),
    "gzip": lambda content: gzip.compress(content, 4, mtime=0),
}

# A new version of the query must not be taken for the tile that a browser kept from the old one.
_EDITION = blake2b(Path(str(tiles.__file__)).read_bytes(), digest_size=4).hexdigest()

blueprint = Blueprint("tiles", __name__)


class TileClock(Recent[TileState]):
    """The state of the tiles, the same for all callers, asked of the database at most once a second."""

    def __init__(self) -> None:
        super().__init__(_state, DatabaseUnavailable, holds=STATE_HOLDS_SECONDS)


def _state(before: TileState | None) -> TileState:
    with tile_connection() as conn:
        return tiles.state(conn, before)


@dataclass(frozen=True)
class Body:
    """Content as it goes over the line, and its Content-Encoding ("": none)."""

    content: bytes
    encoding: str


class TileCache(Remembered[Body]):
    """Bodies of recent answers, compressed, within a bound of bytes."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        super().__init__(most_bytes, lambda body: KEY_BYTES + len(body.content))


@dataclass(frozen=True)
class TileMemory:
    """What one server process remembers: nothing of a user, only of the data, by what may be seen of them."""

    clock: TileClock
    cache: TileCache


def register(server: Flask) -> None:
    """Add the routes to the server."""
    server.extensions[blueprint.name] = TileMemory(TileClock(), TileCache())
    server.register_blueprint(blueprint)


def _memory() -> TileMemory:
    memory: TileMemory = current_app.extensions[blueprint.name]
    return memory


@blueprint.errorhandler(UserError)
def _refused(error: UserError) -> Response:
    status = http_status(error)
    answer = Response(str(error), status, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers["Retry-After"] = "3"
    elif isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


@blueprint.get("/tiles/<layer>/<z>/<x>/<y>.mvt")
@needs("view")
def tile(layer: str, z: str, x: str, y: str) -> Response:
    """A tile of ``?day=`` (default: the current day) and, for venues, of the page's filters."""
    address = _address(layer, z, x, y)
    state = _memory().clock.get()
    filters = _filters(state)
    key = f"{layer}/{z}/{x}/{y}?{filters.to_query_string() if layer == 'venues' else filters.day}"

    def make() -> bytes:
        with tile_connection() as conn:
            if layer == "wards":
                return tiles.ward_tile(conn, address, filters.day)
            if filters == Filters(filters.day):
                return tiles.venue_tile(conn, address, filters.day, state)
            return tiles.filtered_venue_tile(conn, address, filters)

    return _answer(f"{_EDITION}-{state.stamp}-{key}", MVT, make)


@blueprint.get(WARDS)
@needs("view")
def ward_labels() -> Response:
    """Where the names of the wards stand: a point inside each, so that a name is drawn once and not in every tile."""
    state = _memory().clock.get()
    day = _filters(state).day

    def make() -> bytes:
        with tile_connection() as conn:
            rows = tiles.ward_labels(conn, day)
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
                "properties": {
                    "code": row["code"],
                    "name": row["name"],
                    "box": [row["west"], row["south"], row["east"], row["north"]],
                    "area_km2": row["area_km2"],
                    "approximate": row["approximate"],
                    "own": row["own"],
                },
            }
            for row in rows
        ]
        collection = {
            "type": "FeatureCollection",
            "day": day.isoformat(),
            "version": state.version,
            "thinned": state.is_thinned,
            "features": features,
        }
        return json.dumps(collection, ensure_ascii=False).encode()

    return _answer(f"{_EDITION}-{state.stamp}-labels-{day}", GEOJSON, make)


@blueprint.get("/tiles/nearby.json")
@needs("view")
def nearby_venues() -> dict[str, object]:
    """Ids of the venues within ``metres`` of ``lon``, ``lat`` that the page's filters let through, nearest first.

    So few that they can be fanned out on the map come with name and status as well (``fan``).
    """
    filters = _filters(_memory().clock.get())
    lon, lat = _number("lon", 180), _number("lat", 90)
    metres = _number("metres", 1e6) if "metres" in request.args else SAME_PLACE_METRES
    with tile_connection() as conn:
        found = nearby(conn, filters, lon, lat, metres)
        lines = venue_lines(conn, filters, found.venues) if 2 <= found.total <= MOST_FANNED_OUT else []
    fan = [{"code": line.code, "name": line.name, "status": line.status} for line in lines]
    return {"venues": list(found.venues), "total": found.total, "fan": fan}


@blueprint.get("/tiles/<path:rest>")
@needs("view")
def unknown(rest: str) -> Response:
    """Every other address below /tiles is a sentence and not the page."""
    del rest
    raise UnknownTile


def _address(layer: str, z: str, x: str, y: str) -> Tile:
    # isdecimal() lets digits of other scripts through, and int() would read them.
    if layer not in LAYERS or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (z, x, y)):
        raise UnknownTile
    address = Tile(int(z), int(x), int(y))
    if not address.exists:
        raise UnknownTile
    return address


def _filters(state: TileState) -> Filters:
    """Filters of the request without the venue that is open; their day is one of which something can be said."""
    filters = Filters.from_query_string(request.query_string.decode("utf-8", "replace"), state.day).without("venue")
    if filters.day != state.day:
        require_known(filters.day, state.first_day, state.day)
    return filters


def _number(name: str, most: float) -> float:
    value = request.args.get(name, "")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not -most <= number <= most:
        raise UnknownFilter("error.filter.number", name=name, value=value[:64])
    return number


def _answer(key: str, mimetype: str, make: Callable[[], bytes]) -> Response:
    key = f"{current_scope()} {key}"
    etag = blake2b(key.encode(), digest_size=12).hexdigest()
    if request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
    else:
        best = request.accept_encodings.best_match(list(_COMPRESS), default="")
        body = _memory().cache.get(f"{key} {best}", lambda: _compressed(make(), best))
        answer = Response(body.content, mimetype=mimetype)
        if body.encoding:
            answer.content_encoding = body.encoding
    answer.set_etag(etag, weak=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Accept-Encoding")
    return answer


def _compressed(content: bytes, encoding: str) -> Body:
    """Levels at which a tile of 500 kB costs less time than it saves on a line of 100 Mbit/s."""
    if len(content) < WORTH_COMPRESSING or encoding not in _COMPRESS:
        return Body(content, "")
    return Body(_COMPRESS[encoding](content), encoding)
