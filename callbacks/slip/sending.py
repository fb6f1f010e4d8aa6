"""What is sent by slip, read: words, a photograph made anew, what its QR says, and the number of the form."""

import uuid
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.field.photos import NoPhotograph, keep_picture, made_anew
from data.desk.slips import Step
from data.errors import TextError

MOST_BYTES = 12 * 1024 * 1024
"""Of a photograph: without a script nobody has shrunk it."""
READ_BYTES = 64 * 1024 * 1024
"""Of a whole form: one with a larger photograph is read to its end, so that its words can be shown again."""
LONGEST_QR = 600
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
    request.max_content_length = READ_BYTES
    try:
        form, files = request.form, request.files
    except RequestEntityTooLarge as error:
        raise _too_large() from error
    try:
        client = uuid.UUID(form.get("client", ""))
    except ValueError as error:
        raise Unsendable("case.refused.malformed") from error
    facts = {"words": form.get("words", "").replace("\r\n", "\n").replace("\0", "").strip()}
    picture = files.get("photo") if step != "answer" else None
    sent = picture.stream.read(MOST_BYTES + 1) if picture else b""
    if len(sent) > MOST_BYTES:
        raise _too_large()
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


def _too_large() -> Unsendable:
    return Unsendable("slip.photo.large", most=MOST_BYTES // (1024 * 1024))
