"""What the processes write to stderr: plain lines, or JSON lines with ``LOG_FORMAT=json``; never a personal datum.

Of an exception its class and where it happened are told, not its words: PostgreSQL's quote the row, those of a parser
the cell. Query strings and whatever looks like a telephone number are cut out of every line.
"""

import datetime as dt
import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from typing import Any

from data.project import TIMEZONE
from data.settings import get_settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; "" outside of one."""

FACTS = "facts"
"""Key of ``extra`` under which a line carries more: ``log.info("request", extra={FACTS: {"status": 200}})``."""

_QUERY = re.compile(r"\?[^\s\"'«»]+")
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\w])")
_PASSWORD = re.compile(r"://[^\s/@:]*:[^\s/@]*@")


def configure(program: str, *, terse: bool = False) -> None:
    """Send everything that is logged to stderr, as ``program``, in the form that the settings name.

    ``terse``: on a terminal, for a person, only what has gone wrong.
    """
    handler = logging.StreamHandler(sys.stderr)
    plain = get_settings().log_format == "plain"
    handler.setFormatter(PlainLines(program) if plain else JsonLines(program))
    logging.basicConfig(level=logging.WARNING if plain and terse else logging.INFO, handlers=[handler], force=True)
    for chatty in ("psycopg.pool", "werkzeug", "fontTools", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def scrubbed(text: str) -> str:
    """The text without query strings, passwords in addresses and telephone numbers."""
    return _TELEPHONE.sub("[…]", _PASSWORD.sub("://[…]@", _QUERY.sub("?[…]", text)))


def told(error: BaseException) -> list[str]:
    """Classes and places of an exception and of those that led to it, the first one last; without their words."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 200:
        state = getattr(seen, "sqlstate", None)
        lines.append(type(seen).__qualname__ + (f" [{state}]" if state else ""))
        lines += [f"  {part.filename}:{part.lineno} {part.name}" for part in traceback.extract_tb(seen.__traceback__)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


class PlainLines(logging.Formatter):
    """For a terminal."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        number = request_id.get()
        line = f"{self._program}: {scrubbed(record.getMessage())}" + (f" (request {number})" if number else "")
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([line, *told(error)]) if error else line


class JsonLines(logging.Formatter):
    """For whatever collects logs: one object a line."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, TIMEZONE).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "program": self._program,
            "logger": record.name,
            "process": record.process,
            "message": scrubbed(record.getMessage()),
        }
        if number := request_id.get():
            line["request"] = number
        line |= getattr(record, FACTS, {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = told(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)
