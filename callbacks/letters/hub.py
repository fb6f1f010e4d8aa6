"""``/papers/``: what can be printed, sent or read out, each with what it is for; a line for each screen."""

from typing import NamedTuple

from flask import Blueprint, Flask, Response, make_response, render_template

from callbacks.server import office
from callbacks.server.caller import may
from callbacks.server.language import in_template, language_asked, language_pairs
from callbacks.server.stated import needs
from data.access.roles import Right
from data.texts.catalogue import t


class Paper(NamedTuple):
    """A screen: keys of its title and of what it is for, and the rights any one of which opens it."""

    path: str
    title: str
    said: str
    rights: tuple[Right, ...]


PAPERS = (
    Paper("/posters/", "posters.title", "papers.posters", ("view",)),
    Paper("/codes/", "codes.title", "papers.codes", ("remind", "guide", "export")),
    Paper("/letters/", "letters.title", "papers.letters", ("templates",)),
    Paper("/huong-dan", "guidance.link", "papers.guidance_pages", ("view",)),
    Paper("/guidance/", "guidance.title", "papers.guidance", ("guide",)),
    Paper("/broadcasts/", "broadcast.title", "papers.broadcasts", ("report", "guide")),
    Paper("/sharing/", "sharing.title", "papers.sharing", ("view",)),
)
"""In the order in which they are shown."""

routes = Blueprint("papers", __name__, url_prefix="/papers", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the page."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("view")
def show() -> Response:
    """The screens that the caller may open."""
    lang = language_asked()
    lines = [(one.path, t(one.title, lang), t(one.said, lang)) for one in PAPERS if any(map(may, one.rights))]
    frame = {"path": office.PAPERS, "bar": office.bar_html(office.PAPERS, office.PAPERS, lang)}
    page = render_template("papers.html", **in_template(lang), **frame, lang_pairs=language_pairs(lang), lines=lines)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
