"""The page that verifies a published list, from a disk and with the network off; it says what proof/verify.py says."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from proof import keys, merkle
from proof.canonical import canonical
from proof.manifest import Latest
from proof.verifier_page import verifier_page
from proof.verify import verify
from tests.fixtures.browser import DESKTOP, PHONE, picture
from tests.proof.published import ENTRIES, HOUR, MADE, Office, office

pytestmark = pytest.mark.browser


@pytest.fixture(params=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(**(DESKTOP if request.param == "desktop" else PHONE), locale="vi-VN")
    context.set_offline(True)
    faults: list[str] = []
    context.on("console", lambda message: faults.append(message.text))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("request", lambda asked: None if asked.url.startswith("file:") else faults.append(asked.url))
    yield context.new_page()
    context.close()
    assert not faults


class Reader:
    """Somebody with the page on a disk and the office's files; what they are told is compared with the command's."""

    def __init__(self, page: Page, folder: Path, made: Office) -> None:
        self.page, self.made = page, made
        self.file = folder / "kiem-tra.html"
        self.open(None)

    def open(self, register: bytes | None) -> None:
        self.file.write_text(verifier_page(register), "utf-8")
        self.page.goto(self.file.as_uri())

    def choose(self, field: str, content: bytes) -> None:
        self.page.locator(f"#{field}").set_input_files({"name": "a.json", "mimeType": "", "buffer": content})

    def told(self, content: bytes, standing: bytes | None = None) -> str:
        """How the page says that the version stands, once every check is the command's."""
        self.page.reload()
        self.choose("register", (self.made.folder / keys.REGISTER).read_bytes())
        if standing is not None:
            self.choose("standing", standing)
        self.choose("list", content)
        result = verify(content, self.made.register(), standing, dt.datetime.now(dt.UTC))
        wanted = [(check.name, check.said.key, check.passed) for check in result.checks]
        expect(self.page.locator("#result [data-check]")).to_have_count(len(wanted))
        lines = self.page.locator("#result [data-check]").all()
        states = {"passed": True, "failed": False, "unknown": None}
        assert [
            (
                line.get_attribute("data-check"),
                line.get_attribute("data-said"),
                states[str(line.get_attribute("class"))],
            )
            for line in lines
        ] == wanted
        for line, check in zip(lines, result.checks, strict=True):
            assert line.locator("> span:not(.en)").inner_text() == str(check.said)
            assert line.locator("> .en").inner_text() == check.said.told("en")
        verdict = self.page.locator(".verdict")
        assert ("passed" in str(verdict.get_attribute("class"))) == (result.passes and result.stands == "stands")
        assert ("failed" in str(verdict.get_attribute("class"))) == (not result.passes)
        assert ("30/2020" in self.page.locator("#result").inner_text()) == result.is_published
        return str(verdict.get_attribute("data-stands"))


def test_the_page_verifies_with_the_network_off(page: Page, tmp_path: Path) -> None:
    made = office(tmp_path / "keys")
    now = dt.datetime.now(dt.UTC)
    content = made.publish(ENTRIES)
    reader = Reader(page, tmp_path, made)
    assert reader.told(content) == "unknown"
    sealed = Latest("12", 1, "published", made.seals[-1].sha256)
    standing = made.standing(sealed, at=now)
    assert reader.told(content, standing) == "stands"
    page.locator("summary").first.click()
    expect(page.locator("td").nth(1)).to_have_text(ENTRIES[0]["name"])
    page.locator("summary").last.click()
    page.locator("#head-one").fill(merkle.groups(merkle.root(made.leaves[:1])))
    page.locator("#head-two").fill(merkle.groups(merkle.root(made.leaves)).lower())
    expect(page.locator("#heads p.passed")).to_have_count(3)
    picture(page, "verifier")
    page.locator("#head-two").fill("ABCD " * 8)
    expect(page.locator("#heads p.failed")).to_have_count(1)
    assert reader.told(content, made.standing(sealed, at=now - 48 * HOUR)) == "unknown"

    told: dict[str, Any] = json.loads(content)
    told["entries"][0], told["entries"][1] = told["entries"][1], told["entries"][0]
    for wrong in (
        content.replace(b'"day":"2026-10-31"', b'"day":"2026-10-30"'),  # one byte of the manifest
        content.replace("Tạp hóa".encode(), "Tap hóa".encode()),
        canonical(told),  # two entries swapped
        canonical(told | {"entries": told["entries"][:2]}),
        json.dumps(json.loads(content)).encode(),
        b"\x89PNG",
        b"null",
    ):
        reader.told(wrong, standing)
        expect(page.locator(".verdict.failed")).to_be_visible()
    picture(page, "verifier-failed")

    newer = made.publish(ENTRIES[1:], number=2, leaf="correction", at=MADE + 2 * HOUR)
    second = made.seals[-1].sha256
    standing = made.standing(Latest("12", 2, "published", second), at=now)
    assert (reader.told(content, standing), reader.told(newer, standing)) == ("replaced", "stands")
    made.publish([], number=3, leaf="withdrawal", at=MADE + 3 * HOUR)
    standing = made.standing(Latest("12", 3, "withdrawn", made.seals[-1].sha256), at=now)
    assert reader.told(newer, standing) == "withdrawn"
    picture(page, "verifier-withdrawn")
    assert reader.told(newer, standing.replace(b'"withdrawn"', b'"published"')) == "unknown"

    made.leaves[0] = bytes(32)
    assert reader.told(newer, made.standing(Latest("12", 2, "published", second), at=now)) == "stands"
    expect(page.locator(".verdict.failed")).to_be_visible()  # another log
    (first,) = made.register()
    keys.new_key(made.folder, MADE + 5 * HOUR)
    assert reader.told(newer, made.standing(Latest("12", 2, "expired", second), at=now)) == "expired"
    keys.revoke(made.folder, first.id, MADE + 2 * HOUR)
    reader.told(newer)
    expect(page.locator('[data-said="proof.key.revoked"]')).to_be_visible()

    reader.open((made.folder / keys.REGISTER).read_bytes())
    expect(page.locator(".note")).to_contain_text(first.id)
    reader.choose("list", content)
    expect(page.locator(".verdict.unknown")).to_be_visible()
    reader.choose("register", b"{}")
    expect(page.locator('[data-said="proof.register.unusable"]')).to_be_visible()


def test_a_browser_that_cannot_verify_says_so(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "kiem-tra.html"
    file.write_text(verifier_page(), "utf-8")
    with browser.new_context(offline=True) as context:
        old = context.new_page()
        old.add_init_script(
            "crypto.subtle.importKey = async () => { throw new DOMException('', 'NotSupportedError'); };"
        )
        old.goto(file.as_uri())
        expect(old.locator('[data-said="proof.page.no_ed25519"]')).to_be_visible()
        expect(old.locator("#list")).to_be_disabled()
