"""Photographs that come with a form, which no script has shrunk: made anew and kept, as those of the phone."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.field.photos import NoPhotograph, keep_picture, made_anew
from data.errors import TextError

MOST_BYTES = 12 * 1024 * 1024
READ_BYTES = 64 * 1024 * 1024
"""Of a whole form: one with a larger photograph is read to its end, so that its words can be shown again."""
PICTURES = ("JPEG", "PNG")


class UnusablePicture(TextError):
    """What came with a form is no photograph, or too large; nothing is kept."""


def form() -> dict[str, str]:
    """The words of the request's form.

    Raises
    ------
    UnusablePicture
        It is too large to be read at all.
    """
    request.max_content_length = READ_BYTES
    try:
        return request.form.to_dict()
    except RequestEntityTooLarge as error:
        raise _too_large() from error


def kept(name: str) -> str | None:
    """The number (SHA-256) under which the form's photograph of that name now lies in the store; None: there is none.

    Raises
    ------
    UnusablePicture
    etl.store.files.StoreFailed
    """
    picture = request.files.get(name)
    content = picture.stream.read(MOST_BYTES + 1) if picture else b""
    if not content:
        return None
    if len(content) > MOST_BYTES:
        raise _too_large()
    try:
        return keep_picture(made_anew(content, PICTURES), "image/jpeg")
    except NoPhotograph as error:
        raise UnusablePicture("slip.photo.unusable") from error


def _too_large() -> UnusablePicture:
    return UnusablePicture("slip.photo.large", most=MOST_BYTES // (1024 * 1024))
