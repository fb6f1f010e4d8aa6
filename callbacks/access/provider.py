"""The office's OpenID Connect provider: the way there, and what it says of who comes back.

The authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636). Nothing is asked of the
provider until somebody wants to sign in by it.

Authlib does the protocol; its Flask client (1.9.10) is left aside, for it would give up rules that hold here. It keeps
the way in Flask's session, which we have not: ours is one cookie of one address, for ten minutes. It takes the
algorithms that the provider's document names, so that a secret which both know could sign. It keeps that document for
good, and does not remember that the provider is away: each who comes meanwhile would wait anew.
"""

import datetime as dt
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from data.accounts.sessions import Identity
from data.queries.remembered import Recent
from data.settings import get_settings

PATIENCE_SECONDS = 5
KEPT_SECONDS = 600
AWAY_SECONDS = 10
"""How long a provider that has not answered is not waited for again: each who waits holds a place of the worker."""
LEEWAY_SECONDS = 60
SCOPE = "openid email"
# Those of a key pair alone: with a shared secret whoever knows ours could sign for the provider.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class ProviderAway(Exception):
    """The provider does not answer, or not as one."""


class NotProved(Exception):
    """What the provider, or whoever came back, has said does not prove who they are."""


@dataclass(frozen=True)
class Way:
    """What the browser keeps while its person is at the provider: who comes back without it has not set out here."""

    state: str
    nonce: str
    verifier: str


def set_out(come_back_to: str, *, anew: bool) -> tuple[str, Way]:
    """The provider's address to go to, and what the browser keeps meanwhile.

    ``anew``: it is to ask even whom it knows from a session of its own. The browser could leave that out: what counts
    is when the provider says that it asked (``Identity.proved_at``).

    Raises
    ------
    ProviderAway
    """
    way = Way(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    address, _ = _client(come_back_to).create_authorization_url(
        _metadata()["authorization_endpoint"],
        state=way.state,
        nonce=way.nonce,
        code_verifier=way.verifier,
        **({"prompt": "login", "max_age": 0} if anew else {}),
    )
    return address, way


def come_back(come_back_to: str, way: Way, given: dict[str, str]) -> tuple[Identity, str]:
    """Who has come back, by the query that the provider gave them, and the ID token; the state is compared here.

    Raises
    ------
    ProviderAway, NotProved
    """
    if not secrets.compare_digest(given.get("state", "").encode(), way.state.encode()) or not given.get("code"):
        raise NotProved
    metadata = _metadata()
    try:
        client = _client(come_back_to)
        token = client.fetch_token(
            metadata["token_endpoint"], code=given["code"], code_verifier=way.verifier, timeout=PATIENCE_SECONDS
        )
        claims = _claims(token["id_token"], way.nonce, metadata)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims |= _told_besides(client, claims["sub"], metadata["userinfo_endpoint"])
    except requests.RequestException as error:
        if error.response is not None and error.response.status_code < 500:
            raise NotProved from error
        if isinstance(error, requests.ConnectionError | requests.Timeout):  # another fault may be of this code alone
            _provider().tell(ProviderAway())
        raise ProviderAway from error
    except ProviderAway:
        _provider().tell(ProviderAway())
        raise
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
        raise NotProved from error
    email = claims.get("email") if claims.get("email_verified") is True else None
    amr = claims.get("amr")
    is_proved_twice = isinstance(amr, list) and "mfa" in amr
    identity = Identity(claims["iss"], claims["sub"], email, is_proved_twice, _proved_at(claims))
    return identity, token["id_token"]


def way_out(id_token: str, come_back_to: str, lang: str) -> str | None:
    """The provider's address that ends its own session (OpenID Connect RP-Initiated Logout 1.0).

    None: it names none, or does not answer. ``id_token``: as :func:`come_back` gave it, "" where it was not kept.
    """
    try:
        metadata = _metadata()
    except ProviderAway:
        return None
    address = metadata.get("end_session_endpoint")
    if not isinstance(address, str) or urlsplit(address).scheme not in ("https", urlsplit(metadata["issuer"]).scheme):
        return None
    asked = [("client_id", get_settings().oidc_client_id), ("post_logout_redirect_uri", come_back_to), ("state", lang)]
    out: str = add_params_to_uri(address, [*asked, ("id_token_hint", id_token)] if id_token else asked)
    return out


def _client(come_back_to: str) -> OAuth2Session:
    settings = get_settings()
    secret = settings.oidc_client_secret
    methods = _metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    by_header = "client_secret_basic" in methods
    return OAuth2Session(
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        scope=SCOPE,
        redirect_uri=come_back_to,
        code_challenge_method="S256",
        token_endpoint_auth_method=("client_secret_basic" if by_header else "client_secret_post") if secret else "none",
    )


def _claims(id_token: str, nonce: str, metadata: dict[str, Any]) -> dict[str, Any]:
    """What a token says that the provider has signed, for us, for this way, and now."""
    keys = KeySet.import_key_set(cast(KeySetSerialization, _fetched(metadata["jwks_uri"])))
    decoded = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
    client_id = get_settings().oidc_client_id
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": client_id},
        },
        params={"nonce": nonce, "client_id": client_id},
    )
    claims.validate(leeway=LEEWAY_SECONDS)
    return dict(claims)


def _proved_at(claims: dict[str, Any]) -> dt.datetime | None:
    moment = claims.get("auth_time")
    return dt.datetime.fromtimestamp(min(moment, time.time()), dt.UTC) if moment else None


def _told_besides(client: OAuth2Session, subject: str, address: str) -> dict[str, Any]:
    answer = client.get(address, timeout=PATIENCE_SECONDS)
    answer.raise_for_status()
    told = answer.json()
    if told["sub"] != subject:  # OpenID Connect Core 1.0, 5.3.2
        raise NotProved
    return {name: told[name] for name in ("email", "email_verified") if name in told}


class _Known(Recent[dict[str, Any]]):
    """What a worker remembers of a provider: its discovery document, or that it has just not answered.

    Where the last one was not answered, the next tries alone: nobody waits for what comes of it.
    """

    def __init__(self, issuer: str) -> None:
        super().__init__(
            lambda _: _discovered(issuer),
            ProviderAway,
            holds=KEPT_SECONDS,
            fault_holds=AWAY_SECONDS,
            fault_old=float("inf"),
            clock=lambda: time.monotonic(),
        )


def _metadata() -> dict[str, Any]:
    return _provider().get()


def _provider() -> _Known:
    return _known(str(get_settings().oidc_issuer))


@lru_cache(maxsize=1)
def _known(issuer: str) -> _Known:
    return _Known(issuer)


def _discovered(issuer: str) -> dict[str, Any]:
    found = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    named = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) for name in named) or found["issuer"].rstrip("/") != issuer.rstrip("/"):
        raise ProviderAway
    return found


def _fetched(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=PATIENCE_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderAway from error
    if answer.status_code != requests.codes.ok or not isinstance(found, dict):
        raise ProviderAway
    return found
