"""Known vulnerabilities of the pinned libraries (pip-audit), where the network lets us ask the package index."""

import json
import urllib.error
import urllib.request
from pathlib import Path

# A version whose vulnerabilities have been known for years: a service that finds none there knows nothing.
KNOWN_BAD = "https://pypi.org/pypi/jinja2/2.4.1/json"
PATIENCE_SECONDS = 10
NO_ANSWER = (
    "Chưa kiểm tra lỗ hổng của thư viện: không hỏi được pypi.org; hãy chạy `make audit-dependencies` ở nơi có mạng."
)


def answers() -> bool:
    """Whether the index tells of vulnerabilities; mirrors often do not."""
    try:
        with urllib.request.urlopen(KNOWN_BAD, timeout=PATIENCE_SECONDS) as answer:
            return bool(json.load(answer).get("vulnerabilities"))
    except (OSError, ValueError, urllib.error.URLError):
        return False


def command(python: Path) -> list[str]:
    """The audit of all that the product runs on; a library that cannot be looked up fails it too."""
    return [str(python), "-m", "pip_audit", "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--strict"]
