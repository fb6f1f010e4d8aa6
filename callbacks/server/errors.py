"""What a person sees when something goes wrong: a sentence, never a stack trace."""

import logging
from pathlib import Path
from typing import Any

from dash import ctx, html, set_props
from dash.development.base_component import Component
from dash.exceptions import DependencyException
from flask import Flask, Response, abort, g, jsonify, make_response, render_template_string, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from callbacks import ids
from callbacks.server.caller import may
from callbacks.server.language import language_asked, language_of_caller, with_language
from callbacks.server.request_log import route
from data.access.caller import current_caller
from data.audit.notes import note
from data.errors import DatabaseUnavailable, NotAllowed, NotMigrated, TooManyRequests, UserError, http_status
from data.queries.freshness import Freshness
from data.texts.catalogue import t
from data.texts.sentences import told

log = logging.getLogger(__name__)

DASH_CATCH_ALL = "/<path:path>"
PULSE_MS = 30_000
MOVE_PULSE_MS = 1_000
PULSE_WHILE_DOWN_MS = 3_000

_PAGE = (Path(__file__).parent / "templates" / "notice.html").read_text("utf-8")


def outage(error: UserError, lang: str) -> Component:
    """The notice while the database does not answer: what is wrong, and that the page tries again by itself."""
    return html.Div(
        [
            html.Strong(t("outage.title", lang)),
            html.P(error.sentence(lang)),
            html.P(t("outage.retry", lang), className="quiet"),
        ],
        className="outage",
        role="alert",
    )


def unreachable(lang: str) -> Component:
    """The notice for when the server itself does not answer; hidden, for then nobody could send it."""
    return html.Div(
        [html.Strong(t("unreachable.title", lang)), html.P(t("outage.retry", lang), className="quiet")],
        id=ids.UNREACHABLE,
        className="outage",
        role="alert",
        hidden=True,
    )


def notices(problems: tuple[str, ...], fresh: Freshness, lang: str) -> list[Component]:
    """What is wrong with the address and how old the data are; to who loads files also which one could not be loaded
    and what the last load had to leave out.
    """
    found = [notice(problem, "wrong") for problem in problems]
    if problems:
        found[-1].children.append(html.Span(t("notice.rest", lang), className="quiet"))
    if may("load"):
        found += refused(fresh, lang)
    if fresh.last_load is None:
        found.append(notice(t("notice.no_data", lang), "aside"))
    elif fresh.is_stale and fresh.as_of is not None:
        found.append(notice(t("notice.stale", lang, days=(fresh.day - fresh.as_of).days, day=fresh.as_of), "stale"))
    if fresh.last_load is not None and fresh.last_load.rows_rejected and may("load"):
        load = fresh.last_load
        text = t("notice.rejected", lang, file=load.file_name, rows=load.rows_rejected, moment=load.finished_at)
        found.append(notice(text, "stale"))
    return found


def refused(fresh: Freshness, lang: str) -> list[Component]:
    """The newest file that could not be loaded, and how many more there are: one line, whatever went wrong that day."""
    if not fresh.refusals:
        return []
    newest, *others = fresh.refusals
    values = {"file": newest.file_name, "moment": newest.refused_at, "why": told(newest.said, lang)}
    line = notice(t("notice.refused", lang, **values), "wrong")
    if others:
        line.children.append(html.Span(t("notice.refused_more", lang, count=len(others)), className="quiet"))
    return [line]


def notice(text: str, kind: str = "wrong") -> Component:
    """One line of notice: ``wrong``, ``stale`` or ``aside``."""
    return html.P([html.Span(text)], className=f"notice {kind}")


def report(error: Exception) -> None:
    """Error of a callback: an outage is shown as such, anything else is logged and said without its insides."""
    lang = language_of_caller()
    note_refusal(error)
    if isinstance(error, DatabaseUnavailable | NotMigrated):
        set_props(ids.OUTAGE, {"children": outage(error, lang)})
        set_props(ids.PULSE, {"interval": PULSE_WHILE_DOWN_MS})
    elif isinstance(error, UserError):
        set_props(ids.NOTICES, {"children": [notice(error.sentence(lang), "wrong")]})
    else:
        log.error("callback for %s failed", ctx.outputs_list, exc_info=error)
        text = f"{t('notice.failed', lang)} {t('ops.request_number', lang)} {g.get('request_id', '')}"
        set_props(ids.NOTICES, {"children": [notice(text.strip(), "wrong")]})


def register(server: Flask) -> None:
    """Answer every fault of a route with a readable page and the status of ``data.errors``."""
    server.json = _Json(server)
    server.before_request(_refuse_unknown_paths)
    server.register_error_handler(UserError, _user_error)
    server.register_error_handler(HTTPException, _http_error)
    server.register_error_handler(DependencyException, _no_such_file)
    server.register_error_handler(Exception, _unexpected)


class _Json(DefaultJSONProvider):
    """JSON nested too deeply to be read is the fault of who sent it, as any that is none."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def _refuse_unknown_paths() -> None:
    """Dash would show the page under any address; there is one page, under "/"."""
    if request.endpoint == DASH_CATCH_ALL:
        abort(404)


def note_refusal(error: Exception) -> None:
    """Put into the audit what somebody who signed in was refused; the answer does not wait on whether it could be."""
    if not isinstance(error, NotAllowed) or current_caller() is None:
        return
    try:
        note("refused", "address", request.path)
    except UserError:
        log.exception("a refusal is not in the audit")


def _user_error(error: UserError) -> Response:
    note_refusal(error)
    if isinstance(error, TooManyRequests):
        return _too_many(error)
    return _page(error.sentence(language_asked()), http_status(error))


def _too_many(error: TooManyRequests) -> Response:
    """A page for people, JSON for scripts, and for both when to ask again."""
    if "text/html" in request.accept_mimetypes.values():
        response = _page(error.sentence(language_asked()), http_status(error))
    else:
        response = jsonify(error="too_many", sentence=error.sentence(language_of_caller()))
        response.status_code = http_status(error)
        response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _http_error(error: HTTPException) -> Response | HTTPException:
    lang = language_asked()
    if error.code is None or error.code < 400:
        return error
    keys = {404: "error.not_found", 413: "error.too_large"}
    return _page(t(keys.get(error.code, "error.request"), lang), error.code)


def _no_such_file(_error: DependencyException) -> Response:
    """Of an unknown file of a component library Dash raises what would be answered 500."""
    return _page(t("error.not_found", language_asked()), 404)


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed", request.method, route(), exc_info=error)  # an address may hold a secret
    return _page(t("error.unexpected", language_asked()), 500)


def _page(sentence: str, status: int) -> Response:
    lang = language_asked()
    page = render_template_string(
        _PAGE,
        lang=lang,
        title=t("error.title", lang),
        sentence=sentence,
        back=t("error.back", lang),
        query=with_language("", lang),
        number=g.get("request_id", "") if status >= 500 else "",
        number_label=t("ops.request_number", lang),
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
