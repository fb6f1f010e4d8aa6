"""The routes of ``/phieu/``: where a token is typed, the file that it opens, and what is sent by it.

No session and no script is needed: the token in the address is the secret. So the pages tell no other site where one
came from, are kept nowhere, and no cookie counts. What is sent twice is one step, by the number of its form.
"""

import uuid
from http import HTTPStatus

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request, url_for

from callbacks.access import browser, rates
from callbacks.access.sign_in import nobody
from callbacks.field.form_pictures import UnusablePicture
from callbacks.server.language import in_other_language, in_template, language_asked, language_pairs, other_language
from callbacks.server.stated import anyone
from callbacks.slip import sending, wording
from data.access.caller import acting_as
from data.database.connection import desk_connection
from data.desk import slips
from data.desk.cases import StepRefused
from data.desk.slips import STEPS, SlipRefused, Step
from data.errors import UserError
from data.texts.catalogue import day, t
from etl.store.files import StoreFailed

PATH = "/phieu/"
STATUS = {"unknown": HTTPStatus.NOT_FOUND, "often": HTTPStatus.TOO_MANY_REQUESTS}
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}

routes = Blueprint("slip", __name__, url_prefix="/phieu", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.after_request
def _keep_to_itself(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


@routes.get("/")
@anyone
def ask() -> Response:
    """Where the token of a slip is typed."""
    return _asking(None, HTTPStatus.OK)


@routes.post("/")
@anyone
def find() -> Response:
    """On to the file of the token that was typed."""
    token = slips.code(request.form.get("token", ""))
    if not token:
        return _asking(t("slip.ask.empty", language_asked()), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _to_file(token)


@routes.get("/<token>")
@anyone
def show(token: str) -> Response:
    """The file that the token opens."""
    return _file(token, HTTPStatus.OK)


@routes.get("/<token>/<step>")
@anyone
def show_again(token: str, step: str) -> Response:  # noqa: ARG001 - of the address
    """The file: the address is that of a form which was refused and is loaded again."""
    return _to_file(token)


@routes.post("/<token>/<step>")
@anyone
def send(token: str, step: str) -> Response:
    """Take what the venue says, and show its file with what happens next."""
    rates.count("upload")
    known = next((each for each in STEPS if each == step), None)
    if known is None:
        abort(404)
    try:
        _say(token, known)
    except SlipRefused as error:
        return _refused(error)
    except (StepRefused, sending.Unsendable, UnusablePicture, StoreFailed) as error:
        return _file(token, HTTPStatus.UNPROCESSABLE_ENTITY, known, error)
    return _to_file(token, sent=known)


def _say(token: str, step: Step) -> None:
    """First whether the token opens anything, for no photograph of a stranger's is looked at; then what is said."""
    _opened(token)
    sent = sending.read(step)
    with acting_as(nobody()), desk_connection() as conn:
        slips.say(conn, token, browser.address(), step, sent.facts, sent.client)


def _opened(token: str) -> slips.File:
    with acting_as(nobody()), desk_connection() as conn:
        return slips.open_file(conn, token, browser.address())


def _to_file(token: str, sent: str | None = None) -> Response:
    written = slips.grouped(slips.code(token)) or "-"
    where = url_for("slip.show", token=written, sent=sent, lang=language_pairs(language_asked()).get("lang"))
    return make_response(redirect(where, 303))


def _file(token: str, status: int, step: str = "", error: UserError | None = None) -> Response:
    """The file; ``error`` beside the form of ``step``, which holds what was typed."""
    try:
        file = _opened(token)
    except SlipRefused as refused:
        return _refused(refused)
    lang = language_asked()
    written = slips.grouped(slips.code(token))
    sent = request.args.get("sent", "")
    page = render_template(
        "slip_file.html",
        **_shared(lang, f"{PATH}{written}"),
        file=file,
        state=wording.state(file, lang),
        place=wording.place(file, lang),
        why=wording.why(file, lang),
        next=wording.what_follows(file, lang),
        offices=wording.offices(file, lang),
        day=day,
        token=written,
        sent=sent if sent in STEPS and error is None else "",
        wrong=step,
        error=error.sentence(lang) if error else None,
        words=sending.words() if error else "",
        number=lambda: str(uuid.uuid4()),
    )
    return make_response(page, status)


def _refused(error: SlipRefused) -> Response:
    status = STATUS.get(error.why, HTTPStatus.GONE)
    response = _asking(error.sentence(language_asked()), status, is_over=status == HTTPStatus.GONE)
    if error.seconds:
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _asking(error: str | None, status: int, *, is_over: bool = False) -> Response:
    """Where a token is typed; ``is_over``: the one that was given was right, and is no longer."""
    lang = language_asked()
    page = render_template("slip_ask.html", **_shared(lang, PATH), error=error, is_over=is_over)
    return make_response(page, status)


def _shared(lang: str, here: str) -> dict[str, object]:
    other = other_language(lang)
    return {
        **in_template(lang),
        "other": {"lang": other, "address": in_other_language(here, lang), "name": t("language.other", lang)},
    }
