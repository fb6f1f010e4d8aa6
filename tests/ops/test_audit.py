"""The audit of libraries: only believed where the index is known to tell of vulnerabilities."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ops import audit, commands


@contextmanager
def index(status: int, body: bytes) -> Iterator[str]:
    """A package index that gives one answer to everything."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}/"
        made.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "known"),
    [
        (200, json.dumps({"vulnerabilities": [{"id": "PYSEC-1"}]}).encode(), True),
        (200, json.dumps({"vulnerabilities": []}).encode(), False),
        (200, b"<html>", False),
        (404, b"{}", False),
    ],
)
def test_an_index_that_knows_of_nothing_is_not_asked(
    status: int, body: bytes, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with index(status, body) as address:
        monkeypatch.setattr(audit, "KNOWN_BAD", address)
        assert audit.answers() is known
    assert audit.answers() is False, "nobody listens any more"


def test_without_an_index_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(audit, "KNOWN_BAD", "http://127.0.0.1:9/")
    monkeypatch.setattr(commands, "environment_for", lambda *_: Path("python"))
    assert commands.run_command(["audit-dependencies"]) == 2
    assert "không hỏi được" in capsys.readouterr().err
