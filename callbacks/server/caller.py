"""Who asks, for routes and callbacks; what they may do stands in ``data.access.roles``, who they are in
``data.access.caller``."""

from flask import request

from data.access.caller import Caller, current_caller
from data.access.roles import Right
from data.errors import NotAllowed


def caller() -> Caller:
    """Who sent the request that is being answered; raises NotAllowed (403) when nobody is signed in."""
    who = current_caller()
    if who is None:
        raise NotAllowed
    return who


def may(right: Right) -> bool:
    """Whether the caller may do ``right``, for what is shown or left out."""
    who = current_caller()
    return who is not None and right in who.rights


def require_own_origin() -> None:
    """Raise NotAllowed (403) when another site's page sent a request that writes.

    Browsers say where a request comes from (Sec-Fetch-Site, Origin); a program that says neither is no browser, and
    cannot be made to send anything by a foreign page. The gate asks this of every request that is not for reading.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed
    origin = request.headers.get("Origin")
    if origin and origin.rstrip("/") != request.host_url.rstrip("/"):
        raise NotAllowed
