"""The phone screen of officers (``/field/``): a page of its own, what it asks for and sends, and the office's list.

No Dash here: the screen must start, show the ward and record without any network, and Dash's page does nothing without
its server. It is plain ES modules (``assets/field/``) kept by a service worker.
"""

from flask import Flask

from callbacks.field import api, photos, proposals, shell


def register(server: Flask) -> None:
    """Add the routes under ``/field/``."""
    for part in (shell, api, photos, proposals):
        server.register_blueprint(part.routes)
