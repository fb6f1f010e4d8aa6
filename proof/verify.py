"""Whether a file is a list as it was published, and whether it still stands; said with what that does not prove.

The page for browsers (``proof/page/``) does the same in its own language; a test gives both the same files.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from data.texts.sentences import Sentence
from proof import keys, merkle
from proof.canonical import NotCanonical, canonical, read, read_moment
from proof.manifest import FORMAT, STANDING_FORMAT, entry_hash

Name = Literal["form", "key", "signature", "entries", "log", "standing"]
Stands = Literal["stands", "replaced", "withdrawn", "expired", "other", "unknown"]
NOT_PROVED = ("proof.not_proved.original", "proof.not_proved.true", "proof.not_proved.keys", "proof.not_proved.later")
_TEXTS = {"list", "kind", "kind_of_leaf", "day", "sealed_at", "title", "key"}
_MANIFEST = _TEXTS | {"format", "version", "entries", "predecessor", "log"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: passed or not, None where it could not be; ``said`` tells it."""

    name: Name
    passed: bool | None
    said: Sentence


@dataclass(frozen=True)
class Result:
    """What was found. ``not_proved`` belongs to every answer that is not a plain no."""

    checks: tuple[Check, ...]
    stands: Stands
    about: Sentence | None

    @property
    def is_published(self) -> bool:
        """Whether the file is, byte for byte, a version that was published."""
        return all(check.passed is not False for check in self.checks if check.name != "standing")

    @property
    def passes(self) -> bool:
        """Whether it is published and nothing says that it no longer stands."""
        return self.is_published and self.stands in ("stands", "unknown")

    @property
    def not_proved(self) -> tuple[Sentence, ...]:
        """What a passing check does not prove."""
        return tuple(Sentence(key) for key in NOT_PROVED)


@dataclass(frozen=True)
class Standing:
    """How lists stood at ``as_of``, from a signed file or from the database itself."""

    as_of: dt.datetime
    valid_until: dt.datetime | None
    lists: Mapping[str, tuple[int, str, str]]
    """By list: last version, state, SHA-256 of its manifest."""
    leaves: tuple[bytes, ...]


class NoStanding(Exception):
    """The file is no standing that the office signed; ``said`` tells why."""

    def __init__(self, key: str) -> None:
        self.said = Sentence(key)
        super().__init__(str(self.said))


def verify(content: bytes, known: Sequence[keys.Key], standing: Standing | bytes | None, now: dt.datetime) -> Result:
    """Look at a published file.

    Parameters
    ----------
    content : the file
    known : keys of the office's register
    standing : how lists stand; the published file of that (looked at first) or what the database says; None: not known
    now : with a zone; a standing that says it holds no longer tells nothing
    """
    try:
        published = _read_published(content)
    except NotCanonical as error:
        key = getattr(error.said, "key", "proof.canonical.no_json")
        return Result((Check("form", False, Sentence(key)),), "unknown", None)
    manifest = published["manifest"]
    signed = canonical(manifest)
    sealed_at = read_moment(manifest["sealed_at"])
    key = next((each for each in known if each.id == manifest["key"]), None)
    checks = [
        Check("form", True, Sentence("proof.form.passed")),
        _check_key(key, str(manifest["key"]), sealed_at),
        _check_signature(key, published["signature"], signed),
        _check_entries(manifest["entries"], published["entries"]),
    ]
    told: Standing | None = None
    if isinstance(standing, bytes):
        try:
            told = read_standing(standing, known)
        except NoStanding as error:
            checks.append(Check("standing", None, error.said))
    else:
        told = standing
    if told is not None:
        checks.append(_check_log(manifest, signed, told))
    stands, said = how_it_stands(manifest, signed, told, now)
    checks.append(Check("standing", None if stands == "unknown" else stands == "stands", said))
    return Result(tuple(checks), stands, _about(manifest))


def _read_published(content: bytes) -> dict[str, Any]:
    """The parts of a published file, with the types that what follows relies on. Raises NotCanonical."""
    published = read(content)
    if not isinstance(published, dict) or set(published) != {"manifest", "signature", "entries"}:
        raise NotCanonical("proof.form.other")
    manifest, entries = published["manifest"], published["entries"]
    if (
        not isinstance(manifest, dict)
        or set(manifest) != _MANIFEST
        or manifest["format"] != FORMAT
        or not isinstance(published["signature"], str)
        or not all(isinstance(manifest[name], str) for name in _TEXTS)
        or not isinstance(manifest["version"], int)
        or not _are_objects(entries)
        or not _are_objects(manifest["entries"])
        or not isinstance(manifest["log"], dict)
    ):
        raise NotCanonical("proof.form.other")
    return published


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _check_key(key: keys.Key | None, named: str, sealed_at: dt.datetime | None) -> Check:
    if key is None:
        return Check("key", False, Sentence("proof.key.not_ours", id=named))
    if sealed_at is None:
        return Check("key", False, Sentence("proof.form.other"))
    if key.revoked_from and sealed_at >= key.revoked_from:
        return Check("key", False, Sentence("proof.key.revoked", id=key.id, moment=key.revoked_from))
    if not key.is_in_force(sealed_at):
        return Check("key", False, Sentence("proof.key.not_in_force", id=key.id, moment=sealed_at))
    return Check("key", True, Sentence("proof.key.passed", id=key.id, moment=sealed_at))


def _check_signature(key: keys.Key | None, signature: str, signed: bytes) -> Check:
    if key is None:
        return Check("signature", False, Sentence("proof.signature.no_key"))
    if not _has_signed(key, signature, signed):
        return Check("signature", False, Sentence("proof.signature.failed"))
    return Check("signature", True, Sentence("proof.signature.passed"))


def _has_signed(key: keys.Key, signature: str, signed: bytes) -> bool:
    try:
        return key.has_signed(base64.b64decode(signature, validate=True), signed)
    except ValueError:
        return False


def _check_entries(sealed: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> Check:
    """Each entry's hash, in the order that was sealed; the first that is another one is named by its place (from 1).

    Entries that have left the list since are not in its file any more: how many are missing is told.
    """
    wanted = {each.get("sha256") for each in sealed}
    at = 0
    for place, entry in enumerate(entries, start=1):
        found = {"slug": entry.get("slug"), "sha256": entry_hash(entry)}
        while at < len(sealed) and sealed[at] != found:
            at += 1
        if at == len(sealed):
            key = "proof.entries.order" if found["sha256"] in wanted else "proof.entries.changed"
            return Check("entries", False, Sentence(key, place=place))
        at += 1
    left = len(sealed) - len(entries)
    if left:
        return Check("entries", True, Sentence("proof.entries.left", count=len(entries), left=left))
    return Check("entries", True, Sentence("proof.entries.passed", count=len(entries)))


def _check_log(manifest: Mapping[str, Any], signed: bytes, standing: Standing) -> Check:
    """The manifest is the leaf that it says it is, and the log before it is the one that it was written after."""
    size, head = manifest["log"].get("size"), manifest["log"].get("root")
    leaves = standing.leaves
    if not isinstance(size, int) or not 0 <= size < len(leaves) or leaves[size] != merkle.leaf_hash(signed):
        return Check("log", False, Sentence("proof.log.missing"))
    if merkle.root(leaves[:size]).hex() != head:
        return Check("log", False, Sentence("proof.log.changed"))
    return Check("log", True, Sentence("proof.log.passed", place=size + 1, size=len(leaves)))


def read_standing(content: bytes, known: Sequence[keys.Key]) -> Standing:
    """A published standing, once its signature is seen to be of a key in force at its moment. Raises NoStanding."""
    try:
        file = read(content)
        told, signature = file["standing"], file["signature"]
        as_of, valid_until = read_moment(told["as_of"]), read_moment(told["valid_until"])
        key = next(each for each in known if each.id == told["key"])
        lists = {each["list"]: (each["version"], each["state"], each["sha256"]) for each in told["lists"]}
        leaves = tuple(bytes.fromhex(leaf) for leaf in told["log"])
        is_whole = told["format"] == STANDING_FORMAT and all(isinstance(one[0], int) for one in lists.values())
    except (NotCanonical, KeyError, TypeError, ValueError, StopIteration):
        raise NoStanding("proof.standing.unusable") from None
    if not is_whole or as_of is None or valid_until is None:
        raise NoStanding("proof.standing.unusable")
    if not isinstance(signature, str) or not key.is_in_force(as_of) or not _has_signed(key, signature, canonical(told)):
        raise NoStanding("proof.standing.unsigned")
    return Standing(as_of, valid_until, lists, leaves)


def how_it_stands(
    manifest: Mapping[str, Any], signed: bytes, standing: Standing | None, now: dt.datetime
) -> tuple[Stands, Sentence]:
    """Whether the version still stood at the moment that ``standing`` speaks of; an outdated one cannot say so."""
    if standing is None:
        return "unknown", Sentence("proof.stands.unknown")
    stands, version = _stands(manifest, signed, standing)
    if stands == "stands" and standing.valid_until and now >= standing.valid_until:
        return "unknown", Sentence("proof.stands.outdated", as_of=standing.as_of, until=standing.valid_until)
    if stands == "replaced":
        return stands, Sentence("proof.stands.replaced", version=version, as_of=standing.as_of)
    return stands, Sentence(f"proof.stands.{stands}", as_of=standing.as_of)


def _stands(manifest: Mapping[str, Any], signed: bytes, standing: Standing) -> tuple[Stands, int]:
    """How the version stands, and which is the last of its list."""
    version, state, sha256 = standing.lists.get(manifest["list"], (0, "other", ""))
    if state == "withdrawn" or manifest["kind_of_leaf"] == "withdrawal":
        return "withdrawn", version
    if state == "expired":
        return "expired", version
    if 0 < manifest["version"] < version:
        return "replaced", version
    is_last = manifest["version"] == version and hashlib.sha256(signed).hexdigest() == sha256
    return ("stands" if is_last else "other"), version


def _about(manifest: Mapping[str, Any]) -> Sentence:
    try:
        day: object = dt.date.fromisoformat(manifest["day"])
    except ValueError:
        day = manifest["day"]
    version, name = str(manifest["version"]), manifest["list"]
    return Sentence("proof.about", title=manifest["title"], version=version, day=day, list=name)
