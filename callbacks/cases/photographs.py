"""Photographs that come with the form of a step: made anew without what a phone writes into them, and kept."""

from collections.abc import Mapping

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.cases.forms import NotFilledIn, StepForm
from callbacks.field.photos import NoPhotograph, keep_picture, made_anew

MOST_BYTES = 12 * 1024 * 1024
READ_BYTES = 64 * 1024 * 1024
"""Of a whole form: one with a larger photograph is read to its end, so that its words can be shown again."""
PICTURES = ("JPEG", "PNG")


def with_kept(form: StepForm) -> Mapping[str, str]:
    """What the request's form says, with the number of the photograph that is now in the store.

    Raises
    ------
    NotFilledIn
        What was sent is no photograph, or too large; nothing is kept.
    etl.store.files.StoreFailed
    """
    try:
        sent = request.form.to_dict()
        files = request.files
    except RequestEntityTooLarge as error:
        raise NotFilledIn("slip.photo.large", most=MOST_BYTES // (1024 * 1024)) from error
    asked = [field.name for field in form.fields if field.kind == "photo"]
    for name in asked:
        picture = files.get(name)
        content = picture.stream.read(MOST_BYTES + 1) if picture else b""
        if len(content) > MOST_BYTES:
            raise NotFilledIn("slip.photo.large", most=MOST_BYTES // (1024 * 1024))
        if content:
            try:
                sent[name] = keep_picture(made_anew(content, PICTURES), "image/jpeg")
            except NoPhotograph as error:
                raise NotFilledIn("slip.photo.unusable") from error
    return sent
