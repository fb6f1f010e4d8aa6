"""``/xem/<secret>``: the one view that a link shows, to whoever has it: figures alone, never a venue by its name.

They are those of the maker's venues as the maker may see them now; small numbers are not told, as in what is public.
Pages tell no other site where one came from, are kept nowhere, and no cookie counts.
"""

from collections import Counter
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, make_response, render_template

from callbacks.access import rates
from callbacks.access.sign_in import nobody
from callbacks.server.language import in_other_language, in_template, language_asked, other_language
from callbacks.server.stated import anyone
from callbacks.sharing.small import hidden
from callbacks.view.filters import describe
from data.access.caller import acting_as
from data.database.connection import app_connection, desk_connection
from data.desk.mail import secret_hash
from data.queries import mail as query
from data.queries.figures import Cube, cube, totals
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
    rates.count("document")
    lang = language_asked()
    with acting_as(nobody()), desk_connection() as conn:
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
    wards, statuses = _tables(found, asked, names, lang)
    return {
        "scope": scope,
        "filters": describe(asked, names, lang),
        "as_of": day(span.current_day),
        "until": moment(opened.expires_at),
        "is_demo": span.is_demo,
        "statuses": statuses,
        "account": [
            (t("figures.with_qr", lang), _told(sums.with_qr, lang)),
            (t("figures.with_scans", lang), _told(sums.with_scans, lang)),
        ],
        "columns": [t("report.venues", lang), *(t(f"status.{code}", lang) for code in BY_URGENCY)],
        "wards": wards,
    }


def _tables(
    found: Cube, asked: Filters, names: Options, lang: str
) -> tuple[list[tuple[str, list[str]]], list[tuple[str, str, str]]]:
    """Each ward by status, and their sums: what is hidden of one is not told by the other."""
    counted: dict[str, Counter[str]] = {}
    for cell in found.select(asked):
        counted.setdefault(cell.ward, Counter())[cell.status] += cell.venues
    order = [ward.code for ward in names.wards]
    codes = sorted(counted, key=lambda code: order.index(code) if code in order else len(order))
    rows = [[counted[code][status] for status in BY_URGENCY] for code in codes]
    rows.append([sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(BY_URGENCY))
    table = [[*row, sum(row)] for row in rows]
    not_told = hidden(table, LEAST)
    told = [
        [
            t("link.hidden", lang) if (row, column) in not_told and value >= LEAST else _told(value, lang)
            for column, value in enumerate(line)
        ]
        for row, line in enumerate(table)
    ]
    wards = [
        (names.ward_name(code) or t("ward.none", lang), [line[-1], *line[:-1]])
        for code, line in zip(codes, told, strict=False)
    ]
    sums = told[-1]
    statuses = [(code, t(f"status.{code}", lang), sums[place]) for place, code in enumerate(BY_URGENCY)]
    return wards, [("", t("report.venues", lang), sums[-1]), *statuses]


def _told(value: int, lang: str) -> str:
    return number(value, lang) if value >= LEAST or value == 0 else t("link.small", lang, least=LEAST)


def _page(template: str, lang: str, token: str, status: HTTPStatus, **said: Any) -> Response:
    other = in_other_language(f"/xem/{token}", lang)
    page = render_template(template, **in_template(lang), other_address=other, other_lang=other_language(lang), **said)
    return make_response(page, status)
