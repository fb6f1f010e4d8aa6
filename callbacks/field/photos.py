"""Photographs and signatures taken at the door: made anew here, so that what is kept is a picture and nothing else.

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
_NAMES = {"image/jpeg": "anh.jpg", "image/png": "chu-ky.png"}
"""A photograph is a JPEG, a signature a PNG; in the store each under its ending."""
SIGNATURE_SIDE = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")

routes = Blueprint("field_photos", __name__, url_prefix="/field/photos")
routes.register_error_handler(files.StoreFailed, lambda error: answer({"error": "disk", "sentence": str(error)}, 507))


class NoPhotograph(ValueError):
    """What was sent cannot be read as a picture of its kind and of a sensible size."""


@routes.post("")
@needs("remind")
def keep() -> Response:
    """Keep the picture in the body (JPEG: a photograph, PNG: a signature); answers with its ``sha256``.

    409: it is of another account (``?login=``).
    """
    rates.count("photo")
    login = caller().login
    if request.args.get("login", login) != login:
        return answer({"error": "other_account", "login": login}, 409)
    if request.mimetype not in _NAMES:
        abort(415)
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)
    sent = request.stream.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        abort(413)
    try:
        picture = made_anew(sent) if request.mimetype == "image/jpeg" else drawn_anew(sent)
    except NoPhotograph:
        return answer({"error": "photo", "sentence": t("field.photo.unusable")}, 422)
    return answer({"sha256": keep_picture(picture, request.mimetype)}, 201)


@routes.get("/<sha256>")
@needs("remind", "review", "confirm", "publish", "approve")
def show(sha256: str) -> Response:
    """The photograph of a record, or of a step of publication, that the caller may see; the audit notes it."""
    if not _SHA256.fullmatch(sha256):
        abort(404)
    with app_connection() as conn:
        venue = queries.venue_of_photo(conn, sha256)
    kept = {kind: path for kind, name in _NAMES.items() if (path := files.path_of(sha256, name)).is_file()}
    if venue is None or not kept:
        abort(404)
    kind, path = kept.popitem()
    note("photo.read", "venue", venue)  # there may be people on it
    response: Response = send_file(path, mimetype=kind)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def keep_picture(picture: bytes, kind: str) -> str:
    """Keep a picture that was made here, of the media type ``kind``, in the store; returns its SHA-256.

    Raises
    ------
    etl.store.files.StoreFailed
    """
    with tempfile.TemporaryDirectory(prefix="anh-") as folder:
        path = Path(folder) / _NAMES[kind]
        path.write_bytes(picture)
        return files.keep(path)


def made_anew(sent: bytes, kinds: tuple[str, ...] = ("JPEG",)) -> bytes:
    """The picture in ``sent``, of one of ``kinds`` as Pillow names them, as a JPEG of at most LONGEST_SIDE, upright,
    without anything beside the picture.

    Raises
    ------
    NoPhotograph
    """
    upright = _read(sent, *kinds).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def drawn_anew(sent: bytes) -> bytes:
    """The signature in ``sent`` as a PNG in grey on white, at most SIGNATURE_SIDE; raises :class:`NoPhotograph`."""
    drawn = _read(sent, "PNG").convert("RGBA")
    drawn.thumbnail((SIGNATURE_SIDE, SIGNATURE_SIDE))
    bare = Image.new("RGBA", drawn.size, "white")
    bare.alpha_composite(drawn)
    out = io.BytesIO()
    bare.convert("L").save(out, "PNG", optimize=True)
    return out.getvalue()


def _read(sent: bytes, *kinds: str) -> Image.Image:
    """The picture in ``sent``, upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(sent), formats=kinds) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NoPhotograph
                return ImageOps.exif_transpose(opened).copy()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise NoPhotograph from error
