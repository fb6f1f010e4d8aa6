"""/sign-in/oidc: signing in by the office's OpenID Connect provider, where the settings name one.

Who may: whom an administrator has given an account to. An account is never made here, and the provider decides nothing
but who somebody is.
"""

import logging
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from flask import Blueprint, Flask, Response, abort, make_response, redirect, request, url_for

from callbacks.access import browser, provider, rates
from callbacks.access.sign_in import HOME, let_in, next_address, nobody, within
from callbacks.server.language import language_asked, language_pairs
from callbacks.server.stated import anyone
from data.accounts import sessions
from data.audit.notes import note_refused_sign_in
from data.settings import get_settings
from data.texts.catalogue import language

log = logging.getLogger(__name__)

PATH = "/sign-in/oidc"
COOKIE, COOKIE_SECONDS = "oidc", 600
LONGEST_NEXT = 2_000
"""Signs of an address as the cookie writes it: browsers drop a cookie of more than 4,096."""

routes = Blueprint("oidc", __name__, url_prefix=PATH)


def register(server: Flask) -> None:
    """Serve both addresses; without a provider there is nothing at them."""
    server.register_blueprint(routes)


@routes.before_request
def _only_with_a_provider() -> None:
    if not get_settings().has_oidc:
        abort(404)


@routes.get("")
@anyone
def begin() -> Response:
    """On to the provider; the browser keeps what it has to show when it comes back."""
    rates.count("sign_in")
    where = next_address()
    kept = {
        "next": where if len(quote_plus(where)) <= LONGEST_NEXT else HOME,
        "lang": language_asked(),
    }
    try:
        # A first authenticator is set up by whoever has just proved who they are (``data.accounts.sessions.is_fresh``).
        anew = urlsplit(kept["next"]).path == url_for("own.authenticator")
        address, way = provider.set_out(_come_back_to(), anew=anew)
    except provider.ProviderAway as error:
        log.warning("the OpenID Connect provider does not answer", exc_info=error)
        return _not_in("away", kept)
    response = make_response(redirect(address, 303))
    response.set_cookie(
        COOKIE,
        urlencode(kept | {"state": way.state, "nonce": way.nonce, "verifier": way.verifier}),
        max_age=COOKIE_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # the provider's page leads back here
        path=PATH,
    )
    return response


@routes.get("/done")
@anyone
def done() -> Response:
    """Back from the provider: in, when it says who it is and an account is theirs."""
    rates.count("sign_in")
    kept = dict(parse_qsl(request.cookies.get(COOKIE, "")))
    try:
        identity, id_token = provider.come_back(_come_back_to(), _way(kept), request.args.to_dict())
        token = sessions.sign_in_by_identity(identity, nobody())
    except provider.NotProved as error:
        log.warning("an OpenID Connect sign-in is not proved", exc_info=error)
        return _not_in("refused", kept)
    except provider.ProviderAway as error:
        log.warning("the OpenID Connect provider does not answer", exc_info=error)
        return _not_in("away", kept)
    except sessions.UnknownIdentity as error:
        note_refused_sign_in("sign_in.refused", error.login, nobody())
        return _not_in("unknown", kept)
    response = let_in(token, within(kept.get("next", HOME)))
    browser.give_id_token(response, id_token)
    return _without_cookie(response)


@routes.get("/left")
@anyone
def left() -> Response:
    """Back from the provider, whose own session is over as well (``callbacks.access.sign_in``)."""
    pairs = language_pairs(language(request.args.get("state")))
    return make_response(redirect(url_for("sign_in.page", left=1, **pairs), 303))


def _way(kept: dict[str, str]) -> provider.Way:
    """The way that the browser set out on; raises NotProved when it has none, as after too long."""
    try:
        return provider.Way(kept["state"], kept["nonce"], kept["verifier"])
    except KeyError as error:
        raise provider.NotProved from error


def _come_back_to() -> str:
    return url_for("oidc.done", _external=True)


def _not_in(problem: str, kept: dict[str, str]) -> Response:
    """To the page of signing in, which says what went wrong: a password still opens it."""
    pairs = language_pairs(language(kept.get("lang")))
    page = url_for("sign_in.page", oidc=problem, next=within(kept.get("next", HOME)), **pairs)
    return _without_cookie(make_response(redirect(page, 303)))


def _without_cookie(response: Response) -> Response:
    response.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Lax", path=PATH)
    return response
