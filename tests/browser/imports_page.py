"""The screen where files come in, as a clerk handles it."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

DONE_MS = 60_000


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#imports-files > *").first).to_be_visible()
    return page


def drop(page: Page, *paths: Path) -> None:
    page.locator("#imports-file").set_input_files([str(path) for path in paths])


def card(page: Page, name: str) -> Locator:
    return page.locator(f".file[data-name='{name}']")


def state(page: Page, name: str, wanted: str) -> None:
    expect(card(page, name)).to_have_attribute("data-state", wanted, timeout=DONE_MS)


def count(page: Page, name: str, what: str) -> Locator:
    return card(page, name).locator(f"[data-count='{what}'] dd")


def press_all(page: Page, words: str) -> None:
    page.locator("#imports-desk button", has_text=words).click()


def loaded(page: Page, address: str, *paths: Path) -> None:
    """Through the whole of the screen, one file after another."""
    opened(page, address)
    for path in paths:
        drop(page, path)
        state(page, path.name, "read")
        press_all(page, "Kiểm tra 1 tệp")
        state(page, path.name, "checked")
        press_all(page, "Nạp 1 tệp")
        state(page, path.name, "loaded")
