"""``python -m proof keys|log|page``: the office's keys, whether papers come from one log, the page that verifies. Thin.

    python -m proof keys new                      a key that signs from now on; the one before it ends
    python -m proof keys new --from 2026-12-31T17:00:00Z
    python -m proof keys list
    python -m proof keys revoke 0f3a…             nothing that it signs from now on (or --from) is believed
    python -m proof log tinh-trang.json "ABCD EFGH …" "…"
    python -m proof page --out kiem-tra.html      with the office's keys in it

Exit 0: done, or one log; 1: a head does not stand in the log; 2: a sentence on standard error says why not.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from data.errors import TextError, UserError
from data.settings import get_settings
from data.texts.catalogue import t
from proof import keys, merkle
from proof.canonical import read_moment
from proof.verifier_page import verifier_page
from proof.verify import NoStanding, read_standing

EXIT_DIFFERENT, EXIT_UNUSABLE = 1, 2


class UnreadableFile(TextError):
    """A file that was named cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("proof.file.unreadable", file=str(path), why=reason)


class NotWritten(TextError):
    """The page cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("command.not_written", path=path, why=reason)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return {"keys": _keys, "log": _log, "page": _page}[options.command](options)
    except UserError as error:
        print(error, file=sys.stderr)
        return EXIT_UNUSABLE


def _keys(options: argparse.Namespace) -> int:
    folder = get_settings().publication_keys
    now = dt.datetime.now(dt.UTC)
    if options.action == "new":
        made = keys.new_key(folder, max(options.begins or now, now))
        print(t("proof.key.made", id=made.id, file=str(folder / f"{made.id}.pem"), moment=made.from_moment))
    elif options.action == "revoke":
        revoked = keys.revoke(folder, options.id, options.begins or now)
        print(t("proof.key.revoked_now", id=revoked.id, moment=revoked.revoked_from))
    else:
        known = keys.load_register(folder)
        print("\n".join(map(_line, known)) if known else t("proof.key.no_keys", file=str(folder)))
    return 0


def _line(key: keys.Key) -> str:
    line = t("proof.key.line", id=key.id, moment=key.from_moment)
    if key.to_moment:
        line += t("proof.key.line.to", moment=key.to_moment)
    return line + (t("proof.key.line.revoked", moment=key.revoked_from) if key.revoked_from else "")


def _log(options: argparse.Namespace) -> int:
    known = keys.read_register(contents(options.keys)) if options.keys else _own_keys()
    try:
        standing = read_standing(contents(options.standing), known)
    except NoStanding as error:
        print(error.said, file=sys.stderr)
        return EXIT_UNUSABLE
    sizes = [merkle.size_with(standing.leaves, head) for head in options.heads]
    for head, size in zip(options.heads, sizes, strict=True):
        print(t("proof.head.not_found", head=head) if size is None else t("proof.head.found", head=head, size=size))
    if None in sizes:
        return EXIT_DIFFERENT
    print(t("proof.head.one_log", size=len(standing.leaves)))
    return 0


def _page(options: argparse.Namespace) -> int:
    page = verifier_page(keys.register_json(_own_keys()))
    try:
        options.out.write_text(page, "utf-8")
    except OSError as error:
        raise NotWritten(options.out, error.strerror or str(error)) from error
    print(t("command.written", path=options.out, bytes=len(page.encode())))
    return 0


def _own_keys() -> tuple[keys.Key, ...]:
    return keys.load_register(get_settings().publication_keys)


def contents(path: Path) -> bytes:
    """The bytes of a file that a person named. Raises :class:`UnreadableFile`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error


def _moment(text: str) -> dt.datetime:
    moment = read_moment(text)
    if moment is None:
        raise argparse.ArgumentTypeError(t("proof.option.moment", value=text))
    return moment


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof", description="Khóa ký danh sách công khai và sổ niêm phong."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")
    own = commands.add_parser("keys", help="khóa ký: tạo, liệt kê, thu hồi")
    actions = own.add_subparsers(dest="action", required=True, metavar="VIỆC")
    new = actions.add_parser("new", help="tạo khóa mới; khóa trước thôi ký từ lúc đó")
    actions.add_parser("list", help="liệt kê các khóa")
    revoke = actions.add_parser("revoke", help="thu hồi một khóa")
    revoke.add_argument("id", metavar="MÃ_KHÓA", help="mã của khóa, xem bằng «keys list»")
    for action in (new, revoke):
        action.add_argument(
            "--from",
            dest="begins",
            type=_moment,
            metavar="THỜI_ĐIỂM",
            help="dạng 2026-12-31T17:00:00Z (giờ UTC); mặc định: bây giờ",
        )
    log = commands.add_parser("log", help="các bản giấy có cùng thuộc một sổ niêm phong hay không")
    log.add_argument("standing", type=Path, metavar="TÌNH_TRẠNG.json", help="tệp tình trạng đã công khai")
    log.add_argument("heads", nargs="+", metavar="NHÓM", help="tám nhóm chữ in trên giấy, trong ngoặc kép")
    log.add_argument("--keys", type=Path, metavar="KHÓA.json", help="tệp khóa đã công khai; mặc định: khóa của máy này")
    page = commands.add_parser("page", help="trang kiểm tra danh sách, một tệp HTML, kèm khóa của máy này")
    page.add_argument("--out", required=True, type=Path, metavar="TỆP.html", help="tệp được ghi")
    return parser


if __name__ == "__main__":
    sys.exit(main())
