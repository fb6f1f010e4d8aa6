"""The office's keys (Ed25519, RFC 8032): one file each, and a register of them that holds public parts alone.

In one folder, of which nobody but its owner reads the keys::

    keys.json            the register: id, public part, from, to, revoked_from of every key there ever was; published
    <id>.pem             the private part of one key (PKCS 8)

The id of a key is made of its public part, so none can stand for another. ``from`` and ``to`` (its first moment, and
the first one at which it no longer signs) are kept when keys are changed; what a key signed in its time stays good. Of
a key that fell into other hands the register says ``revoked_from``: nothing signed at or after that moment is believed.
"""

import base64
import datetime as dt
import hashlib
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from data.errors import TextError
from proof.canonical import Json, NotCanonical, canonical, moment_text, read, read_moment

FORMAT = "hadong-qr-keys/1"
ALGORITHM = "Ed25519"
REGISTER = "keys.json"
_ID_LENGTH = 16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class NoKeyInForce(TextError):
    """No key of the register signs at that moment."""

    def __init__(self, moment: dt.datetime) -> None:
        super().__init__("proof.key.none_in_force", moment=moment)


class KeyFileMissing(TextError):
    """The register names a key whose file is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__("proof.key.missing", file=str(path))


class KeyFileOpen(TextError):
    """Others than the owner may read or write a key's file."""

    def __init__(self, path: Path) -> None:
        super().__init__("proof.key.open", file=str(path))


class KeyFileOfAnother(TextError):
    """A key's file holds another key than the register says."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__("proof.key.other", file=str(path), found=found)


class KeyFileUnusable(TextError):
    """A key's file cannot be read, or holds no such key."""

    def __init__(self, path: Path) -> None:
        super().__init__("proof.key.unusable", file=str(path))


class RegisterUnusable(TextError):
    """The register of keys cannot be read or written (``key``)."""


class BeginsTooEarly(TextError):
    """A key was to sign from a moment on at which a later one was made already: what that signed would be doubted."""

    def __init__(self, begins: dt.datetime, newest: dt.datetime) -> None:
        super().__init__("proof.key.too_early", begins=begins, newest=newest)


class UnknownKey(TextError):
    """The register knows no key of that id."""

    def __init__(self, key_id: str) -> None:
        super().__init__("proof.key.unknown", id=key_id)


@dataclass(frozen=True)
class Key:
    """A key as everybody may know it. ``to`` and ``revoked_from`` are the first moments outside."""

    id: str
    public: bytes
    from_moment: dt.datetime
    to_moment: dt.datetime | None = None
    revoked_from: dt.datetime | None = None

    def is_in_force(self, moment: dt.datetime) -> bool:
        """Whether what is signed at ``moment`` is believed."""
        ends = [end for end in (self.to_moment, self.revoked_from) if end is not None]
        return self.from_moment <= moment and all(moment < end for end in ends)

    def has_signed(self, signature: bytes, content: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's over ``content``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


def key_id(public: bytes) -> str:
    """The id of the key with this public part (32 bytes): the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:_ID_LENGTH]


def key_in_force(keys: Sequence[Key], moment: dt.datetime) -> Key:
    """The key that signs at ``moment``: of several the one that began last. Raises :class:`NoKeyInForce`."""
    found = [key for key in keys if key.is_in_force(moment)]
    if not found:
        raise NoKeyInForce(moment)
    return max(found, key=lambda key: key.from_moment)


def register_json(keys: Sequence[Key]) -> bytes:
    """The register as it is kept and published: canonical JSON and an end of line."""
    return canonical({"format": FORMAT, "keys": [_line(key) for key in keys]}) + b"\n"


def _line(key: Key) -> dict[str, Json]:
    return {
        "id": key.id,
        "algorithm": ALGORITHM,
        "public": base64.b64encode(key.public).decode("ascii"),
        "from": moment_text(key.from_moment),
        "to": moment_text(key.to_moment) if key.to_moment else None,
        "revoked_from": moment_text(key.revoked_from) if key.revoked_from else None,
    }


def read_register(content: bytes) -> tuple[Key, ...]:
    """The keys of a published register. Raises :class:`RegisterUnusable`."""
    try:
        told = read(content)
        if told["format"] != FORMAT:
            raise RegisterUnusable("proof.register.unusable")
        return tuple(_key(line) for line in told["keys"])
    except (NotCanonical, KeyError, TypeError, ValueError):
        raise RegisterUnusable("proof.register.unusable") from None


def _key(line: dict[str, Any]) -> Key:
    public = base64.b64decode(line["public"], validate=True)
    begins = read_moment(line["from"])
    ends = {name: read_moment(line[name]) for name in ("to", "revoked_from")}
    unread = [name for name, moment in ends.items() if moment is None and line[name] is not None]
    if line["algorithm"] != ALGORITHM or line["id"] != key_id(public) or begins is None or unread:
        raise RegisterUnusable("proof.register.unusable")
    return Key(line["id"], public, begins, ends["to"], ends["revoked_from"])


def load_register(folder: Path) -> tuple[Key, ...]:
    """The register of ``folder``; no key where there is none yet. Raises :class:`RegisterUnusable`."""
    try:
        content = (folder / REGISTER).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError:
        raise RegisterUnusable("proof.register.unreadable", file=str(folder / REGISTER)) from None
    return read_register(content)


def load_private(folder: Path, key: Key) -> Ed25519PrivateKey:
    """The private part of ``key``, once its file is seen to be its owner's alone and this key's.

    Raises
    ------
    KeyFileMissing, KeyFileOpen, KeyFileUnusable, KeyFileOfAnother
    """
    path = _file(folder, key.id)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise KeyFileMissing(path) from None
    except OSError:
        raise KeyFileUnusable(path) from None
    with os.fdopen(descriptor, "rb") as stream:
        if os.fstat(descriptor).st_mode & _OTHERS:
            raise KeyFileOpen(path)
        try:
            private = serialization.load_pem_private_key(stream.read(), password=None)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            raise KeyFileUnusable(path) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileUnusable(path)
    public = _public_part(private)
    if public != key.public:
        raise KeyFileOfAnother(path, key_id(public))
    return private


def new_key(folder: Path, begins: dt.datetime) -> Key:
    """Make a key that signs from ``begins`` on, and end those that would sign beside it (rotation).

    The file is written before the register names it: killed between, only a file that nobody asks for is left.

    Raises
    ------
    BeginsTooEarly, RegisterUnusable
    """
    begins = begins.replace(microsecond=0)
    known = load_register(folder)
    newest = max((old.from_moment for old in known), default=begins)
    if begins < newest:
        raise BeginsTooEarly(begins, newest)
    private = Ed25519PrivateKey.generate()
    public = _public_part(private)
    key = Key(key_id(public), public, begins)
    before = [
        replace(old, to_moment=begins) if old.to_moment is None or old.to_moment > begins else old for old in known
    ]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(_file(folder, key.id), pem, mode=0o600)
    except OSError:
        raise RegisterUnusable("proof.register.unwritable", file=str(folder)) from None
    _write_register(folder, [*before, key])
    return key


def revoke(folder: Path, revoked: str, moment: dt.datetime) -> Key:
    """Believe nothing that key ``revoked`` signed at ``moment`` or later. Raises UnknownKey, RegisterUnusable.

    A key that is revoked already keeps the earlier moment.
    """
    keys = load_register(folder)
    known = next((key for key in keys if key.id == revoked), None)
    if known is None:
        raise UnknownKey(revoked)
    moment = moment.replace(microsecond=0)
    changed = replace(known, revoked_from=min(moment, known.revoked_from or moment))
    _write_register(folder, [changed if key.id == revoked else key for key in keys])
    return changed


def _public_part(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.pem"


def _write_register(folder: Path, keys: Sequence[Key]) -> None:
    try:
        _write(folder / REGISTER, register_json(keys), mode=0o644)
    except OSError:
        raise RegisterUnusable("proof.register.unwritable", file=str(folder / REGISTER)) from None


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write beside and rename: nobody finds half a file, and none that was open to others for a moment."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    half = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
        half.chmod(mode)
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
