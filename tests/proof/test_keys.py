"""The office's keys: RFC 8032, rotation, revocation, and what is wrong with a key's file."""

import base64
import datetime as dt
import hashlib
from pathlib import Path

import pytest

from data.settings import get_settings
from proof import keys
from proof.__main__ import main
from tests.proof.published import HOUR, MADE

# RFC 8032, section 7.1, TEST 2 and TEST 3: public key, message, signature.
RFC_8032 = [
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_a_signature_is_the_one_of_the_rfc(public: str, message: str, signature: str) -> None:
    key = keys.Key("", bytes.fromhex(public), MADE)
    signed, content = bytes.fromhex(signature), bytes.fromhex(message)
    assert key.has_signed(signed, content)
    assert not key.has_signed(signed, content + b"\0")
    assert not key.has_signed(signed[:-1] + bytes([signed[-1] ^ 1]), content)
    assert not key.has_signed(b"", content)


def verified_by_the_definition(public: bytes, content: bytes, signature: bytes) -> bool:
    """RFC 8032, section 5.1.7, written anew: [S]B = R + [k]A on edwards25519, in affine coordinates."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    base_y = 4 * pow(5, -1, p) % p

    def x_of(y: int, odd: int) -> int:
        square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        if (x * x - square) % p:
            x = x * pow(2, (p - 1) // 4, p) % p
        assert (x * x - square) % p == 0
        return x if x % 2 == odd else p - x

    def point(encoded: bytes) -> tuple[int, int]:
        number = int.from_bytes(encoded, "little")
        y = number % 2**255
        return x_of(y, number >> 255), y

    def add(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        (x1, y1), (x2, y2) = one, other
        product = d * x1 * x2 * y1 * y2 % p
        x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, p) % p
        return x, (y1 * y2 + x1 * x2) * pow(1 - product, -1, p) % p

    def times(number: int, what: tuple[int, int]) -> tuple[int, int]:
        total = (0, 1)
        while number:
            total = add(total, what) if number % 2 else total
            what, number = add(what, what), number // 2
        return total

    first, scalar = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(first + public + content).digest(), "little")
    return times(scalar, (x_of(base_y, 0), base_y)) == add(point(first), times(k, point(public)))


def test_a_key_that_is_made_signs_as_the_rfc_says(tmp_path: Path) -> None:
    key = keys.new_key(tmp_path, MADE)
    signature = keys.load_private(tmp_path, key).sign(b"content")
    assert verified_by_the_definition(key.public, b"content", signature)
    assert keys.load_register(tmp_path) == (key,)
    assert (tmp_path / f"{key.id}.pem").stat().st_mode & 0o777 == 0o600
    assert base64.b64encode(key.public) in (tmp_path / keys.REGISTER).read_bytes()
    assert b"PRIVATE" not in (tmp_path / keys.REGISTER).read_bytes()


def test_a_new_key_takes_over_and_the_old_one_keeps_what_it_signed(tmp_path: Path) -> None:
    first, change = keys.new_key(tmp_path, MADE), MADE + 10 * HOUR
    second = keys.new_key(tmp_path, change)
    old, new = keys.load_register(tmp_path)
    assert (old.id, old.to_moment, new.id) == (first.id, change, second.id)
    before = change - dt.timedelta(seconds=1)
    assert [keys.key_in_force((old, new), moment).id for moment in (MADE, before, change)] == [old.id, old.id, new.id]
    with pytest.raises(keys.NoKeyInForce):
        keys.key_in_force((old, new), MADE - HOUR)
    with pytest.raises(keys.BeginsTooEarly):
        keys.new_key(tmp_path, change - HOUR)
    assert len(keys.load_register(tmp_path)) == 2


def test_a_revoked_key_signs_no_more_and_what_it_signed_earlier_is_believed(tmp_path: Path) -> None:
    key = keys.new_key(tmp_path, MADE)
    keys.revoke(tmp_path, key.id, MADE + 3 * HOUR)
    keys.revoke(tmp_path, key.id, MADE + 5 * HOUR)
    (revoked,) = keys.load_register(tmp_path)
    assert revoked.revoked_from == MADE + 3 * HOUR
    assert [revoked.is_in_force(MADE + hours * HOUR) for hours in (0, 2, 3, 6)] == [True, True, False, False]
    with pytest.raises(keys.NoKeyInForce):
        keys.key_in_force((revoked,), MADE + 4 * HOUR)
    with pytest.raises(keys.UnknownKey):
        keys.revoke(tmp_path, "0" * 16, MADE)


def test_each_fault_of_a_keys_file_is_told_by_its_name(tmp_path: Path) -> None:
    key = keys.new_key(tmp_path, MADE)
    path = tmp_path / f"{key.id}.pem"
    whole = path.read_bytes()
    for mode in (0o640, 0o604, 0o620):
        path.chmod(mode)
        with pytest.raises(keys.KeyFileOpen, match=path.name):
            keys.load_private(tmp_path, key)
    path.chmod(0o600)
    other = keys.new_key(tmp_path, MADE)
    path.write_bytes((tmp_path / f"{other.id}.pem").read_bytes())
    with pytest.raises(keys.KeyFileOfAnother, match=other.id):
        keys.load_private(tmp_path, key)
    for content in (b"", whole[:60], b"-----BEGIN CERTIFICATE-----\n"):
        path.write_bytes(content)
        with pytest.raises(keys.KeyFileUnusable):
            keys.load_private(tmp_path, key)
    path.unlink()
    with pytest.raises(keys.KeyFileMissing):
        keys.load_private(tmp_path, key)


@pytest.mark.parametrize(
    ("old", "new"),
    [("Ed25519", "RSA"), ('"to":null', '"to":"soon"'), ("hadong-qr-keys/1", "hadong-qr-keys/2"), (',"to"', ', "to"')],
)
def test_a_register_of_another_form_is_refused(tmp_path: Path, old: str, new: str) -> None:
    keys.new_key(tmp_path, MADE)
    content = (tmp_path / keys.REGISTER).read_text()
    assert old in content
    with pytest.raises(keys.RegisterUnusable):
        keys.read_register(content.replace(old, new).encode())


def test_a_register_whose_public_part_was_exchanged_is_refused(tmp_path: Path) -> None:
    key, other = (keys.new_key(tmp_path / name, MADE) for name in "ab")
    content = keys.register_json([keys.Key(key.id, other.public, MADE)])
    with pytest.raises(keys.RegisterUnusable):
        keys.read_register(content)


def test_the_command_makes_lists_and_revokes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "keys"
    monkeypatch.setenv("PUBLICATION_KEYS", str(folder))
    get_settings.cache_clear()
    try:
        assert main(["keys", "list"]) == 0
        assert main(["keys", "new"]) == 0
        (key,) = keys.load_register(folder)
        assert main(["keys", "revoke", "ffff"]) == 2
        assert main(["keys", "revoke", key.id]) == 0
        assert main(["keys", "list"]) == 0
        assert main(["page", "--out", str(tmp_path / "kiem-tra.html")]) == 0
        assert main(["page", "--out", str(tmp_path)]) == 2
    finally:
        get_settings.cache_clear()
    assert key.id in (tmp_path / "kiem-tra.html").read_text("utf-8")
    said = capsys.readouterr()
    assert said.out.count(key.id) >= 3
    assert "ffff" in said.err
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.name for path in folder.iterdir()} == {keys.REGISTER, f"{key.id}.pem"}
