"""``POST /venues/<code>/contact``: owner and telephone, asked for by a press of a button, for those who need them.

Not part of the drawer's own content: whoever opens a venue has not asked for a telephone, and each reading is recorded.
"""

from flask import Blueprint, Flask, Response, jsonify

from callbacks.server.language import language_of_caller
from callbacks.server.stated import needs
from data.database.connection import desk_connection
from data.queries.contact import contact
from data.texts.catalogue import t

routes = Blueprint("contact", __name__)


def register(server: Flask) -> None:
    """Serve the route."""
    server.register_blueprint(routes)


@routes.post("/venues/<code>/contact")
@needs("contacts")
def read(code: str) -> Response:
    """``{"text": …, "phone": …}``: what the drawer shows, and the number to call, "" where none is known."""
    lang = language_of_caller()
    with desk_connection() as conn:
        found = contact(conn, code)
    if not found.owner_name and not found.phone:
        text = t("contact.none", lang)
    else:
        text = t("contact.text", lang, owner=found.owner_name or "–")
    response: Response = jsonify(text=text, phone=found.phone or "")
    response.headers["Cache-Control"] = "no-store"
    return response
