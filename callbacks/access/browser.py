"""What the browser keeps: the token of its session, and what it is known by when it signs in again."""

import hashlib
import secrets

from flask import Response, request

SESSION, DEVICE, CAME_BY = "session", "device", "came_by"
DEVICE_SECONDS = 365 * 24 * 60 * 60
LONGEST_COOKIE = 3_800
"""Browsers drop one of more than 4,096, with its name and where it holds."""
WHERE_ONE_LEAVES = "/sign-in"


def token() -> str:
    """The token of the request, "" without one."""
    return request.cookies.get(SESSION, "")


def give_token(response: Response, value: str) -> None:
    """Keep the token until the browser is closed; scripts cannot read it, other sites' pages cannot send it."""
    response.set_cookie(SESSION, value, secure=request.is_secure, httponly=True, samesite="Lax", path="/")


def take_token(response: Response) -> None:
    """Forget the token."""
    response.delete_cookie(SESSION, secure=request.is_secure, httponly=True, samesite="Lax", path="/")


def device() -> str:
    """What the browser is known by; new where it has never signed in."""
    return request.cookies.get(DEVICE) or secrets.token_urlsafe(24)


def give_device(response: Response, value: str) -> None:
    """Let the browser be known when it signs in again."""
    response.set_cookie(
        DEVICE,
        value,
        max_age=DEVICE_SECONDS,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def mark(device_value: str, login: str) -> str:
    """What the database keeps of a browser and a login."""
    return hashlib.sha256(f"{login.strip().lower()} {device_value}".encode()).hexdigest()


def id_token() -> str | None:
    """What the OpenID Connect provider has said by which the browser's session began; "": too long to be kept; None:
    none did.
    """
    kept = request.cookies.get(CAME_BY)
    return None if kept is None else kept.removeprefix("-")


def give_id_token(response: Response, value: str) -> None:
    """Keep it until the browser is closed: the provider wants to see it again before it ends its own session."""
    response.set_cookie(
        CAME_BY,
        value if len(value) <= LONGEST_COOKIE else "-",
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
        path=WHERE_ONE_LEAVES,
    )


def take_id_token(response: Response) -> None:
    """Forget it."""
    response.delete_cookie(CAME_BY, secure=request.is_secure, httponly=True, samesite="Strict", path=WHERE_ONE_LEAVES)


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""
