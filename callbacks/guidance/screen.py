"""The routes of ``/guidance/``: the centre writes its guidance, sees it as paper, makes it public, takes it back."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request

from callbacks.access import rates
from callbacks.guidance.comparing import Difference, differences, part_name
from callbacks.guidance.pages import PLACES
from callbacks.server import office
from callbacks.server.language import in_template, language_asked, language_pairs, with_language
from callbacks.server.numbers import whole
from callbacks.server.stated import needs
from data.database.connection import Connection, app_connection, desk_connection
from data.desk import guidance as desk
from data.errors import UserError
from data.queries import guidance as query
from data.reference.guidance import LONGEST, SHEETS, Sheet, sheet_of_parts, shipped
from data.status.days import today
from data.texts.catalogue import LANGUAGES, moment, t
from documents.guidance import PAPERS, GuidanceUnfit, check_fits, guidance_pdf, source
from documents.made import MEDIA_TYPES

PATH = "/guidance/"

routes = Blueprint("guidance", __name__, url_prefix="/guidance", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the routes."""
    server.register_blueprint(routes)


@routes.get("/")
@needs("guide")
def show() -> Response:
    """All sheets in both languages, and how far each is."""
    lang = language_asked()
    with app_connection() as conn:
        lines = [[_line(conn, sheet, of, lang) for of in LANGUAGES] for sheet in SHEETS]
    return _page("guidance.html", PATH, sheets=list(zip(SHEETS, lines, strict=True)))


def _line(conn: Connection, sheet: str, of: str, lang: str) -> dict[str, Any]:
    shown, written = query.public_sheet(conn, sheet, of), query.draft(conn, sheet, of)
    return {
        "of": of,
        "title": shown.words.title,
        "edit": with_language(f"{PATH}{sheet}/{of}/", lang),
        "page": PLACES.page(sheet, of),
        "public": _public_said(shown, lang),
        "draft": _changed_said(written, lang) if written.words != shown.words else "",
    }


def _public_said(shown: query.PublicSheet, lang: str) -> str:
    if shown.published_at is None:
        return t("guidance.shipped", lang)
    return t("guidance.state.public", lang, number=shown.number, at=moment(shown.published_at))


def _changed_said(written: query.Draft, lang: str) -> str:
    at = moment(written.changed_at) if written.changed_at else ""
    return t("guidance.state.draft", lang, by=written.changed_by, at=at)


@routes.get("/<sheet>/<of>/")
@needs("guide")
def edit(sheet: str, of: str) -> Response:
    """One sheet in one language: its form, what waits to be public, its versions."""
    _known(sheet, of)
    lang, told = language_asked(), request.args.get("told", "")
    said = {"saved": "guidance.saved", "reverted": "guidance.reverted"}.get(told)
    if said:
        return _editor(sheet, of, done=t(said, lang))
    number = request.args.get("told", type=whole)
    with app_connection() as conn:  # only what is so is said
        is_public = number and number == query.public_sheet(conn, sheet, of).number
    return _editor(sheet, of, done=t("guidance.published", lang, number=number) if is_public else "")


@routes.post("/<sheet>/<of>/")
@needs("guide")
def save(sheet: str, of: str) -> Response:
    """Keep what the form says as what is being written; nothing of it is public."""
    _known(sheet, of)
    rates.count("document")
    typed = sheet_of_parts(request.form)
    try:
        check_fits(sheet, typed, of, today())
        return _kept(sheet, of, typed, "saved")
    except (GuidanceUnfit, desk.GuidanceRefused) as error:
        return _refused(sheet, of, error, typed)


@routes.post("/<sheet>/<of>/revert")
@needs("guide")
def revert(sheet: str, of: str) -> Response:
    """Take an old version, or 0: what was shipped, as what is being written."""
    _known(sheet, of)
    number = request.form.get("number", type=whole)
    with app_connection() as conn:
        found = {each.number: each.words for each in query.versions(conn, sheet, of)} | {0: shipped(sheet, of)}
    if number not in found:
        abort(HTTPStatus.NOT_FOUND)
    try:
        return _kept(sheet, of, found[number], "reverted")
    except desk.GuidanceRefused as error:
        return _refused(sheet, of, error)


@routes.post("/<sheet>/<of>/publish")
@needs("guide")
def publish(sheet: str, of: str) -> Response:
    """Make public what was saved."""
    _known(sheet, of)
    try:
        with desk_connection() as conn:
            number = desk.made_public(conn, sheet, of, _serial())
    except desk.GuidanceRefused as error:
        return _refused(sheet, of, error)
    return _back(sheet, of, str(number))


@routes.get("/<sheet>/<of>/<paper>.pdf")
@needs("guide")
def preview(sheet: str, of: str, paper: str) -> Response:
    """What was saved, as paper."""
    _known(sheet, of)
    if paper not in PAPERS:
        abort(HTTPStatus.NOT_FOUND)
    rates.count("document")
    with app_connection() as conn:
        written, shown = query.draft(conn, sheet, of), query.public_sheet(conn, sheet, of)
    below = source(shown if shown.words == written.words else None, of)
    response = make_response(guidance_pdf(sheet, written.words, of, paper, below, today()))
    response.headers["Content-Type"] = MEDIA_TYPES["pdf"]
    response.headers["Content-Disposition"] = f'inline; filename="xem-truoc-{sheet}-{paper}-{of}.pdf"'
    return response


def _known(sheet: str, of: str) -> None:
    if sheet not in SHEETS or of not in LANGUAGES:
        abort(HTTPStatus.NOT_FOUND)


def _serial() -> int:
    return request.form.get("serial", -1, type=whole)


def _kept(sheet: str, of: str, words: Sheet, told: str) -> Response:
    with desk_connection() as conn:
        desk.saved(conn, sheet, of, _serial(), words)
    return _back(sheet, of, told)


def _back(sheet: str, of: str, told: str) -> Response:
    address = with_language(f"{PATH}{sheet}/{of}/?told={told}", language_asked())
    return make_response(redirect(address, HTTPStatus.SEE_OTHER))


def _refused(sheet: str, of: str, error: UserError, typed: Sheet | None = None) -> Response:
    """The form as it was typed, with what is in its way; beside it what somebody else has saved since."""
    is_theirs = isinstance(error, desk.GuidanceRefused) and error.why == "changed"
    status = HTTPStatus.CONFLICT if is_theirs else HTTPStatus.UNPROCESSABLE_ENTITY
    return _editor(sheet, of, refused=error.sentence(language_asked()), typed=typed, is_theirs=is_theirs, status=status)


def _editor(
    sheet: str,
    of: str,
    *,
    done: str = "",
    refused: str = "",
    typed: Sheet | None = None,
    is_theirs: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    lang = language_asked()
    with app_connection() as conn:
        written, shown = query.draft(conn, sheet, of), query.public_sheet(conn, sheet, of)
        versions = query.versions(conn, sheet, of)
    parts = (typed or written.words).parts()
    page = _page(
        "guidance_editor.html",
        f"{PATH}{sheet}/{of}/",
        sheet=sheet,
        of=of,
        done=done,
        refused=refused,
        serial=written.serial,
        fields=[_field(part, parts[part], lang) for part in parts],
        public=_public_said(shown, lang),
        public_page=PLACES.page(sheet, of),
        draft=_changed_said(written, lang) if written.serial else "",
        waiting=differences(shown.words, written.words, lang),
        theirs=differences(typed, written.words, lang) if typed and is_theirs else [],
        theirs_by=written.changed_by,
        versions=_versions(versions, shipped(sheet, of), lang),
        papers=[(paper.upper(), f"{PATH}{sheet}/{of}/{paper}.pdf") for paper in PAPERS],
    )
    page.status_code = status
    return page


def _field(part: str, said: str, lang: str) -> dict[str, Any]:
    name = part.rpartition(".")[2]
    return {
        "name": part,
        "label": part_name(part, lang),
        "most": LONGEST[name],
        "value": said,
        "is_long": name in ("text", "ask"),
    }


def _versions(found: list[query.Version], as_shipped: Sheet, lang: str) -> list[dict[str, Any]]:
    """The newest first, with how each differs from the one before; the last is what was shipped."""
    older = [*(each.words for each in found), as_shipped][1:]
    lines: list[dict[str, Any]] = [
        {
            "number": each.number,
            "said": t("guidance.state.public", lang, number=each.number, at=moment(each.published_at)),
            "by": each.published_by,
            "differs": differences(before, each.words, lang),
        }
        for each, before in zip(found, older, strict=True)
    ]
    nothing: list[Difference] = []
    return [*lines, {"number": 0, "said": t("guidance.shipped", lang), "by": "", "differs": nothing}]


def _page(template: str, here: str, **said: Any) -> Response:
    lang = language_asked()
    frame = {"path": here, "bar": office.bar_html(office.PAPERS, here, lang), "lang_pairs": language_pairs(lang)}
    response = make_response(render_template(template, **in_template(lang), **frame, **said))
    response.headers["Cache-Control"] = "no-store"
    return response
