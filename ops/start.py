"""``make run``, ``make test``, ``make bench`` and ``make stop``: from a fresh clone, with nothing but Python.

This file is readable to any Python 3, so that an old one gets a sentence and not a syntax error.
"""

import os
import signal
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - any Python 3
OLDEST_PYTHON = (3, 11)
INTERRUPTED = 130


def main(arguments: "list[str]") -> int:
    """Run one command; 0: done, 1: a check failed, 2: one sentence says what to do, 130: stopped by the person."""
    if sys.version_info < OLDEST_PYTHON:
        version = ".".join(str(part) for part in sys.version_info[:2])
        sys.stderr.write(
            "Cần Python 3.11 trở lên, nhưng `python3` ở đây là %s; hãy cài bản mới hơn, hoặc chỉ ra nó: "  # noqa: UP031
            "`make run PYTHON=python3.11` (Python 3.11 or newer is needed).\n" % version
        )
        return 2
    sys.path[0] = ROOT
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _interrupt)
    from ops.commands import run_command  # not above: an old Python cannot read it

    return run_command(arguments)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.stderr.write(
            "\nĐã dừng theo yêu cầu; lần chạy sau làm tiếp từ chỗ dở (stopped; run it again to continue).\n"
        )
        sys.exit(INTERRUPTED)
