"""What is sent by slip, read: words, a photograph made anew, what its QR says, and the number of the form."""

import uuid
from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.field import form_pictures
from data.desk.slips import Step
from data.errors import TextError

LONGEST_QR = 600


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
    Unsendable, callbacks.field.form_pictures.UnusablePicture
        Nothing is kept.
    etl.store.files.StoreFailed
    """
    form = form_pictures.form()
    try:
        client = uuid.UUID(form.get("client", ""))
    except ValueError as error:
        raise Unsendable("case.refused.malformed") from error
    facts = {"words": form.get("words", "").replace("\r\n", "\n").replace("\0", "").strip()}
    if step != "answer" and (photo := form_pictures.kept("photo")):
        facts["photo"] = photo
        if step == "claim":
            facts["qr"] = form.get("qr", "").replace("\0", "").strip()[:LONGEST_QR]
    return Sent({name: value for name, value in facts.items() if value}, client)


def words() -> str:
    """What was typed, to be shown again; "": the form could not be read."""
    try:
        return request.form.get("words", "")
    except RequestEntityTooLarge:
        return ""
