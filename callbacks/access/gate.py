"""The gate: before every request it finds out who asks, and refuses what they may not do, or what states nothing."""

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from dash import Dash
from flask import Flask, Response, abort, current_app, g, jsonify, redirect, request, url_for

from callbacks import ids
from callbacks.access import browser, rates
from callbacks.server.caller import require_own_origin
from callbacks.server.language import language_asked, language_pairs, with_language
from callbacks.server.stated import ATTRIBUTE, IS_UNKNOWN, TOO_MANY, Stated, stated_of
from data.access.caller import acting_as
from data.access.roles import Right
from data.accounts import sessions
from data.database.connection import gate_connection
from data.errors import DatabaseUnavailable, NotAllowed, NotMigrated, TooManyRequests
from data.settings import get_settings

MOST_BYTES = 4 * 1024 * 1024
"""Of a body that is read whole; files come in pieces, which bound themselves."""
STREAMED = frozenset(("upload_piece", "slip.send", "cases.take"))
READING = frozenset(("GET", "HEAD", "OPTIONS"))
ANYONE = Stated("anyone")
BY_ADDRESS = frozenset(("slip",))
"""Blueprints whose secret is the address: no cookie counts there, so that no other site's page can use one. As their
pages send no referrer, browsers do not say either from where a form of theirs is sent."""
UNCOUNTED = frozenset(("tiles.tile", "statuses_css", "sign_in.sign_out"))
UNCOUNTED_BLUEPRINTS = frozenset(("field", "health", "metrics", "public"))
"""What may be asked as often as anybody likes, beside what Dash serves to anyone: a map that opens asks for forty tiles
at once, a phone for each file of its screen, and whoever has asked too often may still sign out."""
BEATS = frozenset(("reports.present", "posters.orders"))
"""Routes that a page asks by the clock."""
BY_THE_CLOCK = (".n_intervals", f"{ids.MOMENT}.data")
"""What changes without anybody: intervals, and what they find new."""

# What Dash serves for every screen. Its scripts and our assets hold nothing of the district; the rest is the screen.
_DASH_FOR_ANYONE = ("_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "_favicon.ico")
_DASH_FOR_THE_SCREEN = ("", "_dash-layout", "_dash-dependencies", "_dash-update-component", "_reload-hash")
_UNKNOWN = "<path:path>"


def register(server: Flask, screens: Mapping[str, frozenset[Right]]) -> None:
    """Put the gate before every request.

    Parameters
    ----------
    screens
        For the prefix of each Dash app ("/", "/imports/") the rights any one of which opens it.
    """
    server.extensions["access"] = _of_dash(server, screens)
    server.before_request(_let_in)
    server.teardown_request(_forget)


def require_stated(server: Flask, apps: list[Dash]) -> None:
    """Refuse to start with a route or a callback that does not say who may.

    Raises
    ------
    RuntimeError
    """
    missing = [rule.rule for rule in server.url_map.iter_rules() if what_needs(server, rule.endpoint) is None]
    for app in apps:
        for name, callback in app.callback_map.items():
            function = callback.get("callback")
            if function is not None and not hasattr(function, ATTRIBUTE):
                missing.append(f"{app.config.url_base_pathname} {name}")
    if missing:
        raise RuntimeError(f"who may is not stated for: {', '.join(missing)}")


def what_needs(server: Flask, endpoint: str) -> Stated | None:
    """What the route states; None: nothing, so that nobody may."""
    of_dash: dict[str, Stated] = server.extensions["access"]
    return of_dash.get(endpoint) or stated_of(server.view_functions[endpoint])


def _of_dash(server: Flask, screens: Mapping[str, frozenset[Right]]) -> dict[str, Stated]:
    found = {"static": ANYONE}
    for prefix, rights in screens.items():
        found |= {prefix + rest: ANYONE for rest in (*_DASH_FOR_ANYONE, _UNKNOWN)}
        found |= {prefix + rest: Stated("signed_in", rights) for rest in _DASH_FOR_THE_SCREEN}
    found |= {name: ANYONE for name in server.view_functions if name.endswith("_dash_assets.static")}
    return found


def _let_in() -> Response | None:
    if request.endpoint is None:
        return None  # no such route: the answer tells nothing
    stated = what_needs(current_app, request.endpoint)
    if stated is None:
        abort(403)
    if request.endpoint not in STREAMED:
        request.max_content_length = MOST_BYTES
    if request.method not in READING and request.blueprint not in BY_ADDRESS:
        _require_own_origin()
    if stated.level != "anyone":
        return _let_in_known(stated)
    _count(stated)
    return None


def _require_own_origin() -> None:
    try:
        require_own_origin()
    except NotAllowed:
        rates.count("refused")
        raise


def _let_in_known(stated: Stated) -> Response | None:
    try:
        signed = _signed_in()
    except (DatabaseUnavailable, NotMigrated):
        setattr(g, IS_UNKNOWN, True)
        if request.endpoint in current_app.extensions["access"]:
            return None  # Dash's page holds nothing by itself, shows the outage, and goes on when it is over
        raise
    if signed is None:
        return _refuse_unknown()
    g.signed_in = signed
    g.acting = acting_as(signed.caller)
    g.acting.__enter__()
    _count(stated)
    if stated.level == "signed_in":
        if signed.step:
            return _to_step(signed.step)
        if not stated.is_met():
            if _is_front_page():
                return redirect(signed.role.start, 303)  # type: ignore[return-value]
            raise NotAllowed
    return None


def _refuse_unknown() -> Response:
    """Counted by address; a person is led to where one signs in all the same, whatever else asks from there."""
    answer = ask_to_sign_in()
    try:
        rates.count("refused")
    except TooManyRequests:
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise
    return answer


def _count(stated: Stated) -> None:
    """Now that it is known who asks, and before anything is refused; what a callback is refused for, it says itself, as
    it says every fault.
    """
    is_dashs = request.endpoint in current_app.extensions["access"]
    if (is_dashs and stated == ANYONE) or request.endpoint in UNCOUNTED or request.blueprint in UNCOUNTED_BLUEPRINTS:
        return
    try:
        rates.count("any")
    except TooManyRequests as error:
        if not request.path.endswith("_dash-update-component"):
            raise
        setattr(g, TOO_MANY, error)


def _forget(_error: BaseException | None) -> None:
    if (acting := g.pop("acting", None)) is not None:
        acting.__exit__(None, None, None)


def _signed_in() -> sessions.SignedIn | None:
    token = browser.token()
    if not token:
        return None
    idle = dt.timedelta(minutes=get_settings().idle_minutes)
    with gate_connection() as conn:
        return sessions.of_token(conn, token, idle, browser.address(), g.get("request_id", ""), is_used=_is_used())


def _is_used() -> bool:
    """Whether a person has done something: a page's own beat must not keep a session that nobody uses."""
    if not request.path.endswith("_dash-update-component"):
        return request.endpoint not in BEATS
    body = request.get_json(silent=True)
    changed = body.get("changedPropIds") if isinstance(body, dict) else None
    return not changed or not all(str(name).endswith(BY_THE_CLOCK) for name in changed)


def _is_front_page() -> bool:
    return request.method == "GET" and request.path == "/" and _wants_page()


def _wants_page() -> bool:
    return request.method == "GET" and "text/html" in request.accept_mimetypes.values()


def ask_to_sign_in() -> Response:
    """For a page: the page of signing in, which leads back; for a script: 401."""
    if request.method == "POST" and "text/html" in request.accept_mimetypes.values():
        return redirect(with_language("/sign-in?ended=1", language_asked()), 303)  # type: ignore[return-value]
    if _wants_page():
        here = request.full_path.rstrip("?")
        return redirect(with_language(f"/sign-in?next={quote(here, safe='/')}", language_asked()), 303)  # type: ignore[return-value]
    response: Response = jsonify(error="sign_in", address="/sign-in")
    response.status_code = 401
    response.headers["Cache-Control"] = "no-store"
    return response


def _to_step(step: sessions.Step) -> Response:
    if _wants_page():
        return redirect(url_for(f"own.{step}", **language_pairs(language_asked())), 303)  # type: ignore[return-value]
    response: Response = jsonify(error=step, address=url_for(f"own.{step}"))
    response.status_code = 401
    return response
