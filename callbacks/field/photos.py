"""Photographs taken at the door: made anew here, so that what is kept is a picture and nothing else.

The phone has shrunk them and left out where they were taken; nobody has to trust it. The same bytes give the same
picture, so sending one twice keeps it once.
"""

import io
import re
import tempfile
import warnings
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file
from PIL import Image, ImageOps, UnidentifiedImageError

from callbacks.access import rates
from callbacks.field.api import answer
from callbacks.server.caller import caller
from callbacks.server.stated import needs
from data.audit.notes import note
from data.database.connection import app_connection
from data.queries import field as queries
from data.texts.catalogue import t
from etl.store import files

MOST_BYTES = 1_500_000
MOST_PIXELS = 4096 * 4096
LONGEST_SIDE = 1600
QUALITY = 82
_NAME = "anh.jpg"
_SHA256 = re.compile(r"[0-9a-f]{64}")

routes = Blueprint("field_photos", __name__, url_prefix="/field/photos")
routes.register_error_handler(files.StoreFailed, lambda error: answer({"error": "disk", "sentence": str(error)}, 507))


class NoPhotograph(ValueError):
    """What was sent cannot be read as a JPEG of a sensible size."""


@routes.post("")
@needs("remind")
def keep() -> Response:
    """Keep the JPEG in the body; answers with its ``sha256``. 409: it is of another account (``?login=``)."""
    rates.count("photo")
    login = caller().login
    if request.args.get("login", login) != login:
        return answer({"error": "other_account", "login": login}, 409)
    if request.mimetype != "image/jpeg":
        abort(415)
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)
    sent = request.stream.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        abort(413)
    try:
        picture = made_anew(sent)
    except NoPhotograph:
        return answer({"error": "photo", "sentence": t("field.photo.unusable")}, 422)
    with tempfile.TemporaryDirectory(prefix="anh-") as folder:
        path = Path(folder) / _NAME
        path.write_bytes(picture)
        return answer({"sha256": files.keep(path)}, 201)


@routes.get("/<sha256>")
@needs("remind", "review")
def show(sha256: str) -> Response:
    """The photograph of a record that the caller may see; that it was looked at stands in the audit."""
    if not _SHA256.fullmatch(sha256):
        abort(404)
    with app_connection() as conn:
        venue = queries.venue_of_photo(conn, sha256)
    path = files.path_of(sha256, _NAME)
    if venue is None or not path.is_file():
        abort(404)
    note("photo.read", "venue", venue)  # there may be people on it
    response: Response = send_file(path, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def made_anew(sent: bytes) -> bytes:
    """The picture in ``sent`` as a JPEG of at most LONGEST_SIDE, upright, without anything beside the picture.

    Raises
    ------
    NoPhotograph
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=("JPEG",)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NoPhotograph
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise NoPhotograph from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
