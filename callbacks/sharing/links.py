"""``/xem/<secret>``: the one view that a link shows, to whoever has it: figures alone, never a venue by its name.

They are those of the maker's venues as the maker may see them now; small numbers are not told, as in what is public.
Pages tell no other site where one came from, are kept nowhere, and no cookie counts.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, make_response, render_template

from callbacks.server.language import in_other_language, in_template, language_asked, other_language
from callbacks.server.stated import anyone
from callbacks.view.filters import describe
from data.access.caller import acting_as
from data.database.connection import app_connection, desk_connection
from data.desk.mail import secret_hash
from data.queries import mail as query
from data.queries.figures import Cube, cube, totals, ward_figures
from data.queries.filters import Filters
from data.queries.mail import Opened
from data.queries.options import Options, options
from data.queries.scope import scope_on
from data.status.days import data_span
from data.texts.catalogue import day, moment, number, t
from data.vocabulary import BY_URGENCY

LEAST = 5
"""Of numbers in tables: smaller ones could mean somebody."""
HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
_SECRET = 64

routes = Blueprint("shared_view", __name__, url_prefix="/xem", template_folder="templates")


def register(server: Flask) -> None:
    """Serve the route."""
    server.register_blueprint(routes)


@routes.after_request
def _keep_to_itself(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


@routes.get("/<token>")
@anyone
def show(token: str) -> Response:
    """The view of the link, or that it opens nothing."""
    lang = language_asked()
    with acting_as(None), desk_connection() as conn:
        opened = query.opened(conn, secret_hash(token[:_SECRET]))
    if opened is None:
        return _page("shared_gone.html", lang, token, HTTPStatus.GONE)
    return _page("shared_view.html", lang, token, HTTPStatus.OK, **_view(opened, lang))


def _view(opened: Opened, lang: str) -> dict[str, Any]:
    with acting_as(opened.maker), app_connection() as conn:
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        span = data_span(conn)
        asked = Filters.from_query_string(opened.query, span.current_day)
        found = cube(conn, asked)
        names = options(conn, span.current_day)
        scope = scope_on(conn, span.current_day)
    sums = totals(found.select(asked))
    return {
        "scope": scope,
        "filters": describe(asked, names, lang),
        "as_of": day(span.current_day),
        "until": moment(opened.expires_at),
        "is_demo": span.is_demo,
        "venues": number(sums.venues, lang),
        "statuses": [(code, t(f"status.{code}", lang), _told(sums.by_status[code], lang)) for code in BY_URGENCY],
        "account": [
            (t("report.with_qr", lang), number(sums.with_qr, lang)),
            (t("report.with_scans", lang), number(sums.with_scans, lang)),
        ],
        "wards": _wards(found, asked, names, lang),
    }


def _wards(found: Cube, asked: Filters, names: Options, lang: str) -> list[tuple[str, ...]]:
    rows = [
        (names.ward_name(code) or t("ward.none", lang), figures)
        for code, figures in ward_figures(found, asked).items()
        if not asked.wards or code in asked.wards
    ]
    return [
        (name, *(_told(figures[key], lang) for key in ("total", "compliant", "violating")))
        for name, figures in sorted(rows, key=lambda row: row[0])
    ]


def _told(value: int, lang: str) -> str:
    return number(value, lang) if value >= LEAST or value == 0 else t("link.small", lang, least=LEAST)


def _page(template: str, lang: str, token: str, status: HTTPStatus, **said: Any) -> Response:
    other = in_other_language(f"/xem/{token}", lang)
    page = render_template(template, **in_template(lang), other_address=other, other_lang=other_language(lang), **said)
    return make_response(page, status)
