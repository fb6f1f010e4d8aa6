"""A published file is believed whole or not at all, and said to stand only where that is known."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proof import keys, merkle
from proof.__main__ import main
from proof.canonical import NotCanonical, canonical, read
from proof.manifest import ClockSetBack, Latest, NotOneSlugEach
from proof.verify import NoStanding, Result, read_standing, verify
from tests.proof.published import ENTRIES, HOUR, MADE, NOW, Office, office


@pytest.fixture
def made(tmp_path: Path) -> Office:
    return office(tmp_path)


def failed(result: Result) -> set[str]:
    return {check.name for check in result.checks if check.passed is False}


def changed(content: bytes, change: Any) -> bytes:
    """The file with ``change`` done to what it says, written in canonical form again."""
    told = json.loads(content)
    change(told)
    return canonical(told) + b"\n"


def test_what_was_published_passes_and_says_what_that_does_not_prove(made: Office) -> None:
    content = made.publish(ENTRIES)
    alone = verify(content, made.register(), None, NOW)
    assert (alone.passes, alone.stands, failed(alone)) == (True, "unknown", set())
    standing = made.standing(Latest("12", 1, "published", made.seals[-1].sha256))
    result = verify(content, made.register(), standing, NOW)
    assert (result.passes, result.stands, failed(result)) == (True, "stands", set())
    assert any("30/2020" in said for said in result.not_proved)
    assert str(result.about) == "«Danh sách thử», phiên bản 1, số liệu ngày 31/10/2026 (mã 12)"
    late = verify(content, made.register(), standing, NOW + 48 * HOUR)
    assert (late.passes, late.stands) == (True, "unknown")


def test_no_byte_can_be_changed(made: Office) -> None:
    content = made.publish(ENTRIES)
    body = content.rstrip(b"\n")
    for place in range(len(body)):
        other = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert not verify(other, made.register(), None, NOW).is_published, place
    spaced = json.dumps(json.loads(content), ensure_ascii=False).encode()
    assert failed(verify(spaced, made.register(), None, NOW)) == {"form"}
    twice = content.replace(b'"version":1', b'"version":2,"version":1')
    assert failed(verify(twice, made.register(), None, NOW)) == {"form"}


def test_entries_that_are_swapped_changed_or_added_are_seen_and_those_that_left_are_counted(made: Office) -> None:
    content = made.publish(ENTRIES)

    def swap_entries(told: Any) -> None:
        told["entries"][0], told["entries"][1] = told["entries"][1], told["entries"][0]

    def swap_all(told: Any) -> None:
        swap_entries(told)
        sealed = told["manifest"]["entries"]
        sealed[0], sealed[1] = sealed[1], sealed[0]

    def rename(told: Any) -> None:
        told["entries"][2]["name"] += "."

    found = {}
    for change in (swap_entries, rename, lambda told: told["entries"].append({"slug": "x"})):
        result = verify(changed(content, change), made.register(), None, NOW)
        assert failed(result) == {"entries"}
        found[change] = next(check.said.key for check in result.checks if check.name == "entries")
    assert list(found.values()) == ["proof.entries.order", "proof.entries.changed", "proof.entries.changed"]
    fewer = verify(changed(content, lambda told: told["entries"].pop(1)), made.register(), None, NOW)
    assert failed(fewer) == set()
    assert next(check.said.key for check in fewer.checks if check.name == "entries") == "proof.entries.left"
    assert failed(verify(changed(content, swap_all), made.register(), None, NOW)) == {"signature"}


def test_a_withdrawn_replaced_or_expired_version_stands_no_longer(made: Office) -> None:
    content = made.publish(ENTRIES)
    first = made.seals[-1].sha256
    corrected = [ENTRIES[0] | {"name": "Quán khác", "corrected_on": "2026-11-02"}, *ENTRIES[1:]]
    newer = made.publish(corrected, number=2, leaf="correction", at=MADE + 2 * HOUR)
    second = made.seals[-1].sha256
    standing = made.standing(Latest("12", 2, "published", second))
    assert verify(content, made.register(), standing, NOW).stands == "replaced"
    assert verify(newer, made.register(), standing, NOW).stands == "stands"
    withdrawal = made.publish([], number=3, leaf="withdrawal", at=MADE + 3 * HOUR)
    standing = made.standing(Latest("12", 3, "withdrawn", made.seals[-1].sha256))
    for version in (content, newer, withdrawal):
        result = verify(version, made.register(), standing, NOW)
        assert (result.is_published, result.passes, result.stands) == (True, False, "withdrawn")
    expired = made.standing(Latest("12", 2, "expired", second))
    assert verify(newer, made.register(), expired, NOW).stands == "expired"
    # A standing that names another manifest as version 1 knows nothing of this one.
    other = made.standing(Latest("12", 2, "published", first))
    assert verify(newer, made.register(), other, NOW).stands == "other"
    assert verify(newer, made.register(), made.standing(), NOW).stands == "other"


def test_the_place_in_the_log_is_looked_at(made: Office) -> None:
    content = made.publish(ENTRIES)
    latest = Latest("12", 1, "published", made.seals[-1].sha256)
    made.leaves[0] = merkle.leaf_hash(b"another history")
    assert failed(verify(content, made.register(), made.standing(latest), NOW)) == {"log"}
    made.leaves.pop()
    assert failed(verify(content, made.register(), made.standing(latest), NOW)) == {"log"}


def test_a_standing_that_nobody_signed_says_nothing(made: Office) -> None:
    content = made.publish(ENTRIES)
    made.publish([], number=2, leaf="withdrawal", at=MADE + 2 * HOUR)
    standing = made.standing(Latest("12", 2, "withdrawn", made.seals[-1].sha256))
    forged = standing.replace(b"withdrawn", b"published")
    for wrong in (forged, b"{}", b"[]", b"", content, standing[:-9]):
        with pytest.raises(NoStanding):
            read_standing(wrong, made.register())
        assert verify(content, made.register(), wrong, NOW).stands == "unknown"


def test_a_list_stays_good_when_the_key_is_changed_and_not_once_it_was_revoked_before(made: Office) -> None:
    content = made.publish(ENTRIES)
    (first,) = made.register()
    keys.new_key(made.folder, MADE + 2 * HOUR)
    assert verify(content, made.register(), None, NOW).passes
    keys.revoke(made.folder, first.id, MADE + 90 * HOUR / 60)
    assert verify(content, made.register(), None, NOW).passes
    keys.revoke(made.folder, first.id, MADE + HOUR)
    assert failed(verify(content, made.register(), None, NOW)) == {"key"}
    own, new = (replace(key, revoked_from=None) for key in made.register())
    assert failed(verify(content, [new], None, NOW)) == {"key", "signature"}
    assert failed(verify(content, [replace(own, from_moment=MADE + 2 * HOUR)], None, NOW)) == {"key"}
    assert failed(verify(content, [replace(own, public=new.public)], None, NOW)) == {"signature"}


def test_nothing_is_sealed_before_the_last_seal_or_under_one_address_twice(made: Office) -> None:
    with pytest.raises(ClockSetBack):
        made.seal(ENTRIES, at=MADE)
    with pytest.raises(NotOneSlugEach):
        made.seal([ENTRIES[0], ENTRIES[0]])
    assert len(made.leaves) == 1


# The example of RFC 8785, section 3.2.3 (a Hebrew letter of the compatibility block last), and what is escaped.
SORTED = ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (dict.fromkeys(reversed(SORTED), 1), '{"\\r":1,"1":1,"\x80":1,"ö":1,"€":1,"😀":1,"\ufb33":1}'),
        (["\x0f\n'\"\\/\x7f", True, None, -(2**53) + 1], '["\\u000f\\n\'\\"\\\\/\x7f",true,null,-9007199254740991]'),
    ],
)
def test_the_form_is_that_of_rfc_8785(value: Any, written: str) -> None:
    assert canonical(value) == written.encode()
    assert read(written.encode()) == value


@pytest.mark.parametrize("value", [1.0, 2**53, {1: 2}, "\ud800", b"", {"a": [0.5]}, object()])
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_the_command_says_whether_papers_are_of_one_log(
    made: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.publish(ENTRIES)
    papers = [merkle.groups(head) for head in merkle.heads(made.leaves)][1:]
    file, register = tmp_path / "standing.json", tmp_path / keys.REGISTER
    file.write_bytes(made.standing())
    command = ["log", str(file), "--keys", str(register)]
    assert main([*command, *papers]) == 0
    assert main([*command, papers[0], "ABCD " * 8]) == 1
    file.write_bytes(b"")
    assert main([*command, *papers]) == 2
    assert main(["log", str(tmp_path / "none.json"), "--keys", str(register), *papers]) == 2
    assert "ABCD" in capsys.readouterr().out
