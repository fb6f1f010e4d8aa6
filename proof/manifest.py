"""The manifest of a published list: what it holds by hashes, where it stands in the log; built, signed, written.

A published file is ``{"manifest": …, "signature": base64, "entries": […]}`` in canonical form. The signature (Ed25519)
is over the manifest's canonical bytes, the leaf of the log is the hash of these bytes, and each entry stands in the
manifest by the SHA-256 of its own. ``log`` is the head *before* the leaf: a manifest cannot hold its own hash.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from data.errors import TextError
from proof import merkle
from proof.canonical import Json, canonical, moment_text, read, read_moment

FORMAT = "hadong-qr-list/1"
STANDING_FORMAT = "hadong-qr-standing/1"
LeafKind = Literal["list", "correction", "withdrawal"]
State = Literal["published", "withdrawn", "expired"]


class ClockSetBack(TextError):
    """The clock is before the moment of the last seal: a key's time and the log's order would say different things."""

    def __init__(self, moment: dt.datetime, before: dt.datetime) -> None:
        super().__init__("proof.seal.clock", moment=moment, before=before)


class NotOneSlugEach(TextError):
    """Entries without an address of their own, or two with the same one."""

    def __init__(self) -> None:
        super().__init__("proof.seal.slugs")


@dataclass(frozen=True)
class Version:
    """One version of a list that is to be sealed. ``day`` is the day of the data, ``sealed_at`` has a zone."""

    list_id: str
    kind: Literal["venues", "bodies"]
    number: int
    leaf: LeafKind
    day: dt.date
    title: str
    sealed_at: dt.datetime


@dataclass(frozen=True)
class Seal:
    """A sealed version as it is kept: canonical text, its SHA-256 (hex), signature (base64), leaf's hash and place."""

    manifest: str
    sha256: str
    signature: str
    key_id: str
    leaf_hash: bytes
    leaf_index: int


def entry_hash(entry: Mapping[str, Json]) -> str:
    """SHA-256 (hex) of a public entry's canonical bytes."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def seal(
    version: Version,
    entries: Sequence[Mapping[str, Json]],
    predecessor: str | None,
    leaves: Sequence[bytes],
    key_id: str,
    private: Ed25519PrivateKey,
) -> Seal:
    """Build and sign the manifest of ``version``.

    Parameters
    ----------
    entries : public entries in order, each with its ``slug``; none of a withdrawal
    predecessor : manifest (text) of the last leaf of the log, whatever list it is of; None for the first
    leaves : hashes of all leaves of the log so far, in order
    key_id, private : of the key that is in force at ``version.sealed_at``

    Raises
    ------
    ClockSetBack, NotOneSlugEach
    proof.canonical.NotCanonical
        An entry holds something that cannot be hashed.
    """
    slugs = [entry.get("slug") for entry in entries]
    if not all(slugs) or len(set(slugs)) != len(slugs):
        raise NotOneSlugEach
    if predecessor is not None:
        before = read_moment(read(predecessor.encode())["sealed_at"])
        if before and version.sealed_at.replace(microsecond=0) < before:
            raise ClockSetBack(version.sealed_at, before)
    content = canonical(
        {
            "format": FORMAT,
            "list": version.list_id,
            "kind": version.kind,
            "kind_of_leaf": version.leaf,
            "version": version.number,
            "day": version.day.isoformat(),
            "sealed_at": moment_text(version.sealed_at),
            "title": version.title,
            "entries": [{"slug": entry["slug"], "sha256": entry_hash(entry)} for entry in entries],
            "predecessor": hashlib.sha256(predecessor.encode()).hexdigest() if predecessor is not None else None,
            "log": {"size": len(leaves), "root": merkle.root(leaves).hex()},
            "key": key_id,
        }
    )
    return Seal(
        manifest=content.decode("utf-8"),
        sha256=hashlib.sha256(content).hexdigest(),
        signature=base64.b64encode(private.sign(content)).decode("ascii"),
        key_id=key_id,
        leaf_hash=merkle.leaf_hash(content),
        leaf_index=len(leaves),
    )


def published_file(manifest: str, signature: str, entries: Sequence[Mapping[str, Json]]) -> bytes:
    """The file that is published: canonical, so that one byte changed anywhere is seen."""
    return canonical({"manifest": read(manifest.encode()), "signature": signature, "entries": list(entries)}) + b"\n"


@dataclass(frozen=True)
class Latest:
    """How one list stands: its last version, that version's manifest by its SHA-256 (hex), and its state."""

    list_id: str
    version: int
    state: State
    sha256: str


def standing_file(
    lists: Sequence[Latest],
    leaves: Sequence[bytes],
    as_of: dt.datetime,
    valid_until: dt.datetime,
    key_id: str,
    private: Ed25519PrivateKey,
) -> bytes:
    """How all lists stand at ``as_of``, with the log's leaves, signed: what a verifier needs besides a list.

    ``valid_until`` is when a newer one should be asked for: an old file cannot say what was withdrawn since.
    """
    standing: dict[str, Json] = {
        "format": STANDING_FORMAT,
        "as_of": moment_text(as_of),
        "valid_until": moment_text(valid_until),
        "lists": [
            {"list": each.list_id, "version": each.version, "state": each.state, "sha256": each.sha256}
            for each in lists
        ],
        "log": [leaf.hex() for leaf in leaves],
        "key": key_id,
    }
    signature = base64.b64encode(private.sign(canonical(standing))).decode("ascii")
    return canonical({"standing": standing, "signature": signature}) + b"\n"
