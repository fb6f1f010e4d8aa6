"""The routes that set the weights and that set those before again."""

from http import HTTPStatus

from flask import Blueprint, Flask, Response, make_response, redirect, request

from callbacks.server.language import language_asked, language_pairs
from callbacks.server.stated import needs
from callbacks.weights.reading import read
from data.database.connection import desk_connection
from data.desk.weights import WeightsRefused, go_back, in_force, set_weights

routes = Blueprint("weights", __name__, url_prefix="/priority")
SINCE = "since"
"""The form's field that says of which setting it was made: somebody else may have set another meanwhile."""


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.post("/set")
@needs("weigh")
def keep() -> Response:
    """Set what the form says, from the current day on."""
    asked = read(request.form)
    if asked is None:
        raise WeightsRefused("malformed")
    with desk_connection() as conn:
        at = in_force(conn).at
        if request.form.get(SINCE, "") != (at.isoformat() if at else ""):
            raise WeightsRefused("changed")
        set_weights(conn, asked.weights, asked.inspections_a_year, two_person=asked.two_person)
    return _back_to_screen("set")


@routes.post("/back")
@needs("weigh")
def back() -> Response:
    """Set again what was in force before the last setting."""
    with desk_connection() as conn:
        done = go_back(conn)
    return _back_to_screen("back" if done else "nothing")


def _back_to_screen(done: str) -> Response:
    query = "&".join(f"{name}={value}" for name, value in ({"done": done} | language_pairs(language_asked())).items())
    return make_response(redirect(f"/priority/?{query}", HTTPStatus.SEE_OTHER))
