"""The README's picture: ``python -m tests.browser.screenshot [ADDRESS]`` while the page is served (``make run``)."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.fixtures.browser import ARGUMENTS, DESKTOP, chromium_path

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "page.png"


def main(address: str) -> None:
    """Write ``docs/page.png`` from the page at ``address``."""
    unconfined = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS + unconfined)
        page = browser.new_context(**DESKTOP, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh").new_page()
        page.goto(address)
        page.locator("#map[data-drawn]").wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()
    print(PICTURE)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8050/")
