"""``python -m documents verify FILE``: what a published list's file, or a signed PDF that came back, is worth.

Exit 0: good, and it stands; 1: not, or no longer; 2: a file cannot be used; 3: a published list, of which nobody here
knows whether it still stands.
"""

import argparse
import datetime as dt
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

import psycopg

from data.database.connection import app_connection
from data.errors import TextError, UserError
from data.queries.publication_standing import sealed_leaves, sealed_lists
from data.settings import get_settings
from data.texts.catalogue import t
from proof import keys
from proof.signed_pdf import read_roots, verify_pdf
from proof.verify import Check, Standing, verify

EXIT_FAILED, EXIT_UNKNOWN = 1, 3
_PDF = b"%PDF-"


class UnreadableFile(TextError):
    """A file that was named cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("proof.file.unreadable", file=str(path), why=reason)


def add_parser(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The sub-command with its options."""
    command = kinds.add_parser("verify", help="kiểm tra tệp danh sách đã công khai, hoặc tệp PDF đã ký gửi trả lại")
    command.add_argument("file", type=Path, metavar="TỆP", help="tệp JSON của danh sách, hoặc tệp PDF")
    command.add_argument("--keys", type=Path, metavar="KHÓA.json", help="sổ khóa; mặc định: khóa của máy này")
    command.add_argument(
        "--standing", type=Path, metavar="TÌNH_TRẠNG.json", help="tệp tình trạng; mặc định: hỏi cơ sở dữ liệu"
    )
    command.add_argument("--original", type=Path, metavar="TỆP.pdf", help="PDF đã lập trước khi ký, để so")
    command.add_argument("--roots", type=Path, metavar="TỆP.pem", help="chứng thư gốc mà chữ ký phải thuộc về")


def verify_file(options: argparse.Namespace) -> int:
    """Say on standard output what was found; returns the exit code.

    Raises
    ------
    UnreadableFile, proof.keys.RegisterUnusable, proof.signed_pdf.UnusablePdf
    """
    content = _contents(options.file)
    return _verify_pdf(content, options) if content.startswith(_PDF) else _verify_list(content, options)


def _verify_pdf(content: bytes, options: argparse.Namespace) -> int:
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it finds is told below, not as its errors
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    made = _contents(options.original) if options.original else None
    roots = read_roots(_contents(options.roots)) if options.roots else ()
    found = verify_pdf(content, made, roots)
    print("\n".join(map(str, found.said)))
    return 0 if found.passes else EXIT_FAILED


def _verify_list(content: bytes, options: argparse.Namespace) -> int:
    folder = get_settings().publication_keys
    known = keys.read_register(_contents(options.keys)) if options.keys else keys.load_register(folder)
    standing = _contents(options.standing) if options.standing else _standing_here()
    found = verify(content, known, standing, dt.datetime.now(dt.UTC))
    if not found.is_published:
        verdict, code = "proof.page.verdict.failed", EXIT_FAILED
    elif found.stands == "unknown":
        verdict, code = "proof.page.verdict.unknown", EXIT_UNKNOWN
    else:
        verdict, code = ("proof.page.verdict.stands", 0) if found.passes else ("proof.page.verdict.gone", EXIT_FAILED)
    lines = [t(verdict), *([str(found.about)] if found.about else []), *map(_line, found.checks)]
    if found.is_published:
        lines += _listed(t("proof.page.not_proved"), found.not_proved)
    print("\n".join(lines))
    return code


def _line(check: Check) -> str:
    state = {True: "passed", False: "failed", None: "unknown"}[check.passed]
    return f"{t(f'proof.page.state.{state}')}: {check.said}"


def _listed(heading: str, said: Iterable[str]) -> list[str]:
    return [f"{heading}:", *(f"- {each}" for each in said)]


def _standing_here() -> Standing | None:
    """How lists stand by the database; None where it cannot be asked, which is told on standard error."""
    try:
        with app_connection() as conn:
            lists = {str(each.list_id): (each.version, each.state, each.sha256) for each in sealed_lists(conn)}
            leaves = tuple(sealed_leaves(conn))
    except (UserError, psycopg.Error):
        print(t("proof.standing.no_database"), file=sys.stderr)
        return None
    return Standing(dt.datetime.now(dt.UTC), None, lists, leaves)


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
