"""Telephones as linking compares them: salted hashes, from which no number can be read."""

import hashlib
import re

from data.database.connection import Connection

_NOT_DIGITS = re.compile(r"\D")


def secret(conn: Connection) -> str:
    """The database's salt for telephones."""
    row = conn.execute("SELECT salt FROM linking_secret").fetchone()
    if row is None:
        raise AssertionError("the migrations lay down a salt")
    return str(row["salt"])


def phone_hash(phone: str | None, salt: str) -> str | None:
    """Salted SHA-256 of a telephone's digits, "+84" read as "0"; None for what is no telephone."""
    digits = _NOT_DIGITS.sub("", phone or "")
    if digits.startswith("84") and len(digits) > 10:
        digits = f"0{digits[2:]}"
    return hashlib.sha256(f"{salt}{digits}".encode()).hexdigest() if len(digits) >= 9 else None
