"""Lines of the log: one object each when asked, with the request's number, and without anybody's data."""

import json
import logging
import sys
from typing import Any

import psycopg
import pytest

from data import logs

PERSONAL = ("0912345678", "0912 345 678", "+84912345678", "0243.382.4567")


def record(message: str, *values: object, error: bool = False, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("a.b", logging.ERROR, "a.py", 1, message, values, sys.exc_info() if error else None)
    for name, value in extra.items():
        setattr(made, name, value)
    return made


def test_a_json_line_tells_who_when_and_which_request() -> None:
    logs.request_id.set("abc12345")
    try:
        text = logs.JsonLines("page").format(record("done %s", 5, facts={"status": 200}))
    finally:
        logs.request_id.set("")
    line = json.loads(text)
    assert "\n" not in text
    assert line["message"] == "done 5"
    assert (line["level"], line["program"], line["logger"], line["request"], line["status"]) == (
        "error",
        "page",
        "a.b",
        "abc12345",
        200,
    )
    assert line["time"].endswith("+07:00")


@pytest.mark.parametrize("form", [logs.JsonLines, logs.PlainLines])
@pytest.mark.parametrize("number", PERSONAL)
def test_telephones_queries_and_passwords_are_cut_out(form: type[logging.Formatter], number: str) -> None:
    text = form("page").format(record("%s at /?q=Nguyen+Van+A by postgresql://me:secret@host/x", number))  # type: ignore[arg-type]
    for secret in (number, "Nguyen", "secret"):
        assert secret not in text


def test_what_is_no_telephone_stays() -> None:
    text = "load 12 of HD000001 on 2021-11-30, day 30/11/2021, in 0.0912 s, sha 0912345678abcdef"
    assert logs.scrubbed(text) == text


def _told_of_a_second(form: logging.Formatter, error: Exception) -> str:
    try:
        raise ValueError("chị Lan") from error  # noqa: TRY301 - it is told at once
    except ValueError:
        return form.format(record("failed", error=True))


@pytest.mark.parametrize("form", [logs.JsonLines, logs.PlainLines])
def test_of_an_exception_its_place_is_told_and_not_its_words(form: type[logging.Formatter], database: str) -> None:
    try:
        with psycopg.connect(database) as conn:
            conn.execute("SELECT CAST('Nguyễn Văn A' AS integer)")
    except psycopg.Error as error:
        text = _told_of_a_second(form("page"), error)
    assert "Nguyễn" not in text
    assert "Lan" not in text
    for told in ("ValueError", "InvalidTextRepresentation", "22P02", "test_logs.py"):
        assert told in text
