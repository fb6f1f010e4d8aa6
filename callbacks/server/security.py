"""Headers that keep the page to itself: no outside script, no framing, no guessing of types."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from dash import Dash
from flask import Response

from data.settings import get_settings


def register(app: Dash) -> None:
    """Send the headers with every answer."""
    policy = content_security_policy(app.csp_hashes(), get_settings().basemap_url)

    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), payment=()")
        return response

    app.server.after_request(add_headers)


def content_security_policy(script_hashes: Sequence[str], basemap_url: str | None) -> str:
    """Everything from here; the map's workers start from a blob, Plotly and Dash write style attributes.

    ``basemap_url`` is the one outside host that may be asked, when the configuration names it.
    """
    basemap = ""
    if basemap_url:
        parts = urlsplit(basemap_url)
        basemap = f" {parts.scheme}://{parts.netloc}"
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *script_hashes]),
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob:{basemap}",
        "font-src": "'self' data:",
        "connect-src": f"'self' blob:{basemap}",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
