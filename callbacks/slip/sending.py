"""What is sent by slip, read: words, a photograph made anew, what its QR says, and the number of the form."""

import uuid
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.field.photos import NoPhotograph, keep_picture, made_anew
from data.desk.slips import Step
from data.errors import TextError

MOST_BYTES = 12 * 1024 * 1024
"""Of a form with a photograph: without a script nobody has shrunk it."""
DRAINED_BYTES = 64 * 1024 * 1024
"""Of a body that is too large: read and thrown away, for a browser shows no answer while it still sends."""
LONGEST_QR = 600
_PIECE = 64 * 1024
PICTURES = ("JPEG", "PNG")


class Unsendable(TextError):
    """What was sent cannot be taken: its sentence says why."""


@dataclass(frozen=True)
class Sent:
    """A form as it was sent; ``facts`` as ``data.desk.slips.say`` takes them."""

    facts: dict[str, str]
    client: uuid.UUID


def read(step: Step) -> Sent:
    """The form of the request; its photograph lies in the store when this returns.

    Raises
    ------
    Unsendable
        Nothing is kept.
    etl.store.files.StoreFailed
    """
    request.max_content_length = MOST_BYTES
    try:
        form, files = request.form, request.files
    except RequestEntityTooLarge as error:
        _drain()
        raise Unsendable("slip.photo.large", most=MOST_BYTES // (1024 * 1024)) from error
    try:
        client = uuid.UUID(form.get("client", ""))
    except ValueError as error:
        raise Unsendable("case.refused.malformed") from error
    facts = {"words": form.get("words", "").replace("\r\n", "\n").replace("\0", "").strip()}
    picture = files.get("photo") if step != "answer" else None
    sent = picture.stream.read() if picture else b""
    if sent:
        try:
            facts["photo"] = keep_picture(made_anew(sent, PICTURES), "image/jpeg")
        except NoPhotograph as error:
            raise Unsendable("slip.photo.unusable") from error
        if step == "claim":
            facts["qr"] = form.get("qr", "").replace("\0", "").strip()[:LONGEST_QR]
    return Sent({name: value for name, value in facts.items() if value}, client)


def words() -> str:
    """What was typed, to be shown again; "": the form could not be read."""
    try:
        return request.form.get("words", "")
    except RequestEntityTooLarge:
        return ""


def _drain() -> None:
    """Read what is left of the body."""
    left = min(request.content_length or 0, DRAINED_BYTES)
    stream = request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(left, _PIECE))):
        left -= len(piece)
