"""The second factor: codes of an authenticator app (RFC 6238), each taken once."""

import time

import pyotp

from data.database.connection import Connection
from data.errors import TextError
from data.texts.catalogue import t

SECONDS = 30
DRIFT_STEPS = 1
"""How many steps a telephone's clock may be ahead or behind."""
ISSUER = t("access.issuer")


class WrongCode(TextError):
    """The code is not of now, or has been used."""

    def __init__(self) -> None:
        super().__init__("access.code.wrong")


def new_key() -> str:
    """A new key, base32, 160 bits."""
    return pyotp.random_base32()


def address_of(key: str, login: str) -> str:
    """The ``otpauth://`` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(key).provisioning_uri(name=login, issuer_name=ISSUER)


def code_now(key: str) -> str:
    """The code of this moment."""
    return pyotp.TOTP(key).now()


def step_of(key: str, code: str) -> int | None:
    """The time step, about now, whose code it is; None: of none."""
    now = int(time.time()) // SECONDS
    codes = pyotp.TOTP(key)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(codes.at(step * SECONDS), code):
            return step
    return None


def key_to_offer(conn: Connection) -> str:
    """The key that the caller is to put into an authenticator: the same until it is proved."""
    row = conn.execute("SELECT authenticator_key, is_proved FROM own_authenticator()").fetchone()
    if row and row["authenticator_key"] and not row["is_proved"]:
        return str(row["authenticator_key"])
    key = new_key()
    conn.execute("SELECT offer_authenticator(%s)", (key,))
    return key


def prove(conn: Connection, code: str, token_hash: bytes) -> None:
    """Take the code of the caller's authenticator for the session.

    Raises
    ------
    WrongCode
    """
    row = conn.execute("SELECT authenticator_key FROM own_authenticator()").fetchone()
    key = row["authenticator_key"] if row else None
    step = step_of(key, "".join(code.split())) if key else None
    if step is None:
        raise WrongCode
    taken = conn.execute("SELECT take_authenticator_step(%s, %s) AS taken", (step, token_hash)).fetchone()
    if taken is None or not taken["taken"]:
        raise WrongCode
