"""Passwords: Argon2id hashes, what a password must be, and one-time passwords that an administrator hands out."""

import secrets
import threading
from functools import cache

import zxcvbn
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from data.errors import TextError
from data.texts.folding import fold

SHORTEST, LONGEST = 12, 128
LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses by somebody who knows lists of passwords, words, names and keyboards."""
LOOKED_AT = 32
"""Signs of a password that are judged: what begins well enough is good enough, and the work grows with the length far
more than evenly (of odd signs 32 take a third of a second, 72 four)."""
# What people here would think of first, which the lists, made elsewhere, do not know.
_COMMON_HERE = (
    "hadong", "hà đông", "hanoi", "hà nội", "vietnam", "việt nam", "matkhau", "mat khau", "mật khẩu", "quantri",
    "chutich", "congan", "phuong", "xinchao", "anhyeuem", "emyeuanh", "quetma", "qrcode",
)  # fmt: skip
_ONE_TIME_GROUPS, _ONE_TIME_SIGNS = 4, 4
# Without signs that are read for one another on paper: 0 o 1 l i.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each check holds 64 MiB: many at once must not take the machine's memory.
_turn = threading.BoundedSemaphore(4)
# zxcvbn keeps what it is told of the person in one place for all threads.
_judging = threading.Lock()


class WeakPassword(TextError):
    """A new password that is too short, too long, or too easily guessed."""


def hashed(password: str) -> str:
    """Argon2id hash with its salt and parameters (RFC 9106, the profile for 64 MiB)."""
    with _turn:
        return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is that of the hash; without one (no such account) False, after the same work."""
    with _turn:
        try:
            _hasher.verify(password_hash or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def require_strong(password: str, login: str, name: str) -> None:
    """Length over make-up, and none that is commonly chosen: OWASP ASVS 4.0.3 section 2.1, NIST SP 800-63B.

    Parameters
    ----------
    login, name
        Of the person, which whoever guesses would try.

    Raises
    ------
    WeakPassword
    """
    if len(password) < SHORTEST:
        raise WeakPassword("access.password.short", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise WeakPassword("access.password.long", longest=LONGEST)
    if login in password.lower() or _score(password, login, name) < LEAST_SCORE:
        raise WeakPassword("access.password.guessed")


def _score(password: str, login: str, name: str) -> int:
    names = [way for written in (name, fold(name)) for way in (written, written.replace(" ", ""), *written.split())]
    with _judging:
        judged = zxcvbn.zxcvbn(password[:LOOKED_AT], user_inputs=[login, *names, *_COMMON_HERE])
    return int(judged["score"])


def one_time() -> str:
    """A new password to be handed out and changed at first use: 79 bits, readable aloud."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_ONE_TIME_SIGNS)) for _ in range(_ONE_TIME_GROUPS))
