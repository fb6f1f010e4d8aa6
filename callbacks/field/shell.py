"""The phone screen's own files: its page, manifest and service worker, and under an address of its version all else.

None of them holds a word about any venue, so that the phone may keep them signed in or not. Scripts are served below
``/field/`` and not from ``/assets/``: a service worker answers, without a network, only for what lies in its scope, and
the map's own worker is asked for by its address. A new version is a new address; old files are never mixed with new.
"""

import json
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, abort, render_template_string, request, send_from_directory

from callbacks.server.language import language_asked, with_language
from callbacks.server.stated import anyone
from callbacks.view.legend import statuses_css
from data.project import ROOT
from data.reference.streets import street_lines
from data.texts.catalogue import LANGUAGES, language, t, texts
from layers.field_style import BASEMAP, BASEMAP_BELOW, style
from layers.statuses import STATUS_STYLES

ASSETS = ROOT / "assets"
SHELL = (
    *("colours.css", "field.css", "fonts/fonts.css", "map/labels.mjs"),
    *("vendor/maplibre/maplibre-gl.css", "vendor/jsqr/jsqr.js"),
)
SHELL_FOLDERS = ("field/*.mjs", "field/*.svg", "field/*.png", "vendor/maplibre/*.mjs", "fonts/*.woff2")
WORKER = "worker.mjs"
STATUSES = "statuses.css"
MAP = "map.json"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-512.png", "512x512", "maskable"),
)
# Of what the screen shows now and then; the rest of the product's texts stay where they are.
PREFIXES = (
    *("field.", "status.", "case.refused.", "case.state.", "case.outcome.", "priority.part.", "priority.known."),
    *("map.approximate", "map.basemap_credit", "map.credits", "map.no_basemap", "map.zoom_in", "map.zoom_out"),
)

_PAGE = (Path(__file__).parent / "templates" / "field.html").read_text("utf-8")
_STYLES = ("fonts/fonts.css", "colours.css", STATUSES, "vendor/maplibre/maplibre-gl.css", "field.css")

routes = Blueprint("field", __name__, url_prefix="/field")


@routes.get("/")
@anyone
def page() -> Response:
    """The screen; what it shows comes from the phone's own store, or through ``callbacks.field.api``."""
    lang = language_asked()
    # In a block of data, "</" would end the element that holds it.
    said = json.dumps(_texts(lang), ensure_ascii=False).replace("<", "\\u003c")
    html = render_template_string(
        _PAGE,
        lang=lang,
        query=with_language("", lang),
        title=f"{t('field.title', lang)} – {t('app.name', lang)}",
        starting=t("field.starting", lang),
        files=_files(),
        styles=_STYLES,
        said=said,
    )
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    # Only here: everywhere else the page has no use for either.
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(), payment=()"
    return response


@routes.get("/manifest.webmanifest")
@anyone
def manifest() -> Response:
    """What makes the screen installable."""
    lang = language(request.args.get("lang"))
    body = {
        "id": "/field/",
        "name": f"{t('field.title', lang)} – {t('app.name', lang)}",
        "short_name": t("field.short", lang),
        "lang": lang,
        "start_url": with_language("/field/", lang),
        "scope": "/field/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#1b2430",
        "theme_color": "#1b2430",
        "icons": [
            {"src": f"{_files()}field/{name}", "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
    }
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("/sw.js")
@anyone
def service_worker() -> Response:
    """The service worker, with the list of what it keeps."""
    # named, for without one it would be the language that this browser remembers by now
    kept = [*(f"/field/?lang={lang}" for lang in LANGUAGES), *(f"{_files()}{name}" for name in _shell())]
    kept += [with_language("/field/manifest.webmanifest", lang) for lang in LANGUAGES]
    script = (ASSETS / "field" / WORKER).read_text("utf-8")
    said = f"const VERSION = {json.dumps(version())};\nconst KEPT = {json.dumps(kept)};\n"
    response = Response(said + script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@routes.get("/files/<wanted>/<path:path>")
@anyone
def file(wanted: str, path: str) -> Response:
    """A file of the screen at this version; what is not of it is not here."""
    if wanted != version() or path not in _shell():
        abort(404)
    if path in _MADE:
        make, made_kind = _MADE[path]
        response = Response(make(), mimetype=made_kind)
    else:
        kind = "text/javascript" if path.endswith((".mjs", ".js")) else None
        response = send_from_directory(ASSETS, path, mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def version() -> str:
    """A word that changes with any file or text of the screen."""
    digest = blake2b(digest_size=8)
    for name in _shell():
        digest.update(name.encode() + (_MADE[name][0]().encode() if name in _MADE else (ASSETS / name).read_bytes()))
    digest.update(json.dumps([_texts(lang) for lang in LANGUAGES]).encode() + _PAGE.encode())
    digest.update((ASSETS / "field" / WORKER).read_bytes())
    return digest.hexdigest()


@cache
def _shell() -> tuple[str, ...]:
    found = [str(path.relative_to(ASSETS)) for pattern in SHELL_FOLDERS for path in sorted(ASSETS.glob(pattern))]
    return (*SHELL, *_MADE, *(name for name in found if name != f"field/{WORKER}"))


@cache
def _map() -> str:
    """How the map looks, with the streets in it, and the statuses in the order of its legend."""
    told = {
        "style": style(street_lines()),
        "basemap": {"layer": BASEMAP, "below": BASEMAP_BELOW},
        "statuses": [look.code for look in STATUS_STYLES],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


_MADE: dict[str, tuple[Callable[[], str], str]] = {
    STATUSES: (statuses_css, "text/css"),
    MAP: (_map, "application/json"),
}
"""Files of the screen that lie nowhere: what makes each, and its media type."""


def _files() -> str:
    return f"/field/files/{version()}/"


def _texts(lang: str) -> dict[str, str]:
    return {key: text for key, text in texts()[lang].items() if key.startswith(PREFIXES)}
