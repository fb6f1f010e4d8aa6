"""Kept files and lists of rejected rows, given to those who may have them, by their SHA-256 alone."""

import re

from flask import Flask, Response, abort, request, send_file

from callbacks.access import rates
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import app_connection
from data.errors import NotAllowed
from data.queries import imports as queries
from etl.store import files

_SHA256 = re.compile(r"[0-9a-f]{64}")


def register(server: Flask) -> None:
    """Add the route ``/imports/files/<sha256>``."""
    server.add_url_rule("/imports/files/<sha256>", "import_file", _file)


def address_of(sha256: str) -> str:
    """Where a kept file is downloaded."""
    return f"/imports/files/{sha256}"


@needs("download")
def _file(sha256: str) -> Response:
    """The kept file; 404 where the database knows of no such file, whatever lies in the store."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed
    rates.count("document")
    if not _SHA256.fullmatch(sha256):
        abort(404)
    with app_connection() as conn:
        name = queries.name_of(conn, sha256)
    path = files.path_of(sha256, name) if name else None
    if path is None or name is None or not path.is_file():
        abort(404)
    note("file.download", "file", sha256, after={"file_name": name})  # without an entry there is no file
    shown = f"{name}.zip" if path.name.endswith(".shp.zip") else name
    answer: Response = send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=shown)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
