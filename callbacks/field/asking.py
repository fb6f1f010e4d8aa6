"""Who sends a record, and the plain answers that the phone's script reads."""

from typing import Any

from flask import Response, jsonify

from data.caller import Caller, current_caller
from data.errors import NotAllowed
from data.roles import Right
from data.texts import t


class SignInNeeded(Exception):
    """The session has ended or there was none: the phone keeps everything and asks to sign in."""


def asking(right: Right) -> Caller:
    """Who asks, when they may do ``right``.

    Raises
    ------
    SignInNeeded, NotAllowed
    """
    caller = current_caller()
    if caller is None:
        raise SignInNeeded
    if right not in caller.rights:
        raise NotAllowed
    return caller


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """``body`` as JSON that no cache keeps."""
    response: Response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def sign_in_needed(_error: SignInNeeded) -> Response:
    """401 that a script can read."""
    return answer({"error": "sign_in", "sentence": t("field.sign_in")}, 401)
