"""``python -m data.backup make|restore|key``: thin; the work is done by the modules it calls."""

import argparse
import sys
from pathlib import Path

import psycopg

from data.backup import keys, making, restoring
from data.cluster.installation import ClusterError
from data.errors import UserError
from data.texts.catalogue import t

EXIT_UNUSABLE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0: done, 2: a sentence on stderr says why not."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "make":
            making.make(_say, verify=not options.no_verify)
        elif options.command == "restore":
            restoring.restore(options.file, _say, into=options.into, replace=options.replace)
        else:
            public = keys.write_new_key(options.file)
            _say(t("backup.key_made", file=options.file, public=public))
    except (UserError, ClusterError) as error:
        print(error, file=sys.stderr)
        return EXIT_UNUSABLE
    except psycopg.Error as error:
        why = error.diag.message_primary or type(error).__name__
        print(t("backup.postgres", why=why), file=sys.stderr)
        return EXIT_UNUSABLE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data.backup", description="Sao lưu và khôi phục.")
    commands = parser.add_subparsers(dest="command", required=True)
    making_parser = commands.add_parser("make", help="sao lưu cơ sở dữ liệu và các tệp được giữ vào một tệp")
    making_parser.add_argument("--no-verify", action="store_true", help="không khôi phục thử vào cơ sở dữ liệu thứ hai")
    restoring_parser = commands.add_parser("restore", help="khôi phục một bản sao lưu vào cơ sở dữ liệu mới")
    restoring_parser.add_argument("file", type=Path, help="tệp sao lưu")
    restoring_parser.add_argument("--into", help="tên cơ sở dữ liệu; mặc định: cơ sở dữ liệu của trang")
    restoring_parser.add_argument("--replace", action="store_true", help="thay cả khi nó đang có dữ liệu")
    key_parser = commands.add_parser("key", help="tạo tệp khóa mới để mã hóa sao lưu")
    key_parser.add_argument("file", type=Path, help="nơi ghi khóa")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
