"""What a person sees while things are prepared: short lines, and a sign of life every few seconds."""

import errno
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEARTBEAT_SECONDS = 3
LONGEST_ECHO = 100
LAST_LINES = 40
PATIENCE_SECONDS = 10.0


class Problem(Exception):
    """Starting cannot go on; ``str()`` is one Vietnamese sentence that says what to do."""


@dataclass(frozen=True)
class Ended:
    """How a program ended: its exit code and its last lines."""

    code: int
    report: str

    def says(self, *words: str) -> bool:
        """Whether any of ``words`` stands in the report."""
        return any(word in self.report for word in words)


def say(line: str) -> None:
    """One line for the person, at once."""
    print(line, flush=True)


def warn(line: str) -> None:
    """One line on the error stream."""
    print(line, file=sys.stderr, flush=True)


def disk_is_full(place: Path) -> Problem:
    """The problem of a full disk."""
    return Problem(f"Hết dung lượng đĩa ở «{place}» (no space left on device); hãy giải phóng chỗ rồi chạy lại.")


@contextmanager
def plain_faults(place: Path) -> Iterator[None]:
    """Faults of the file system become a :class:`Problem`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_is_full(place) from error
        raise Problem(
            f"Không ghi được vào «{error.filename or place}» ({error.strerror}); hãy cho người dùng hiện tại "
            "quyền ghi, hoặc chép bản sao sang một thư mục ghi được, rồi chạy lại (cannot write here)."
        ) from error


@contextmanager
def heartbeat(label: str) -> Iterator[None]:
    """Say every few seconds that ``label`` goes on, while the block runs."""
    done = threading.Event()
    begun = time.monotonic()

    def beat() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            say(f"  … {label}: {time.monotonic() - begun:.0f} giây")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def watch(
    label: str,
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path,
    environment: dict[str, str] | None = None,
    echo: bool = False,
) -> Ended:
    """Run ``command`` and show that it lives: its own lines when ``echo``, else what it is at every few seconds.

    Everything it writes goes to ``log`` as well. When the person interrupts, the program is ended before the interrupt
    goes on.
    """
    with plain_faults(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        out = log.open("w", encoding="utf-8")
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"} | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines.put), daemon=True).start()
    try:
        with out, plain_faults(log):
            report = _follow(label, lines, out.write, echo)
        return Ended(process.wait(), report)
    finally:
        end(process)


def _read(process: subprocess.Popen[str], put: Callable[[str | None], None]) -> None:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe above
    for line in process.stdout:
        put(line)
    put(None)


def _follow(label: str, lines: "queue.Queue[str | None]", write: Callable[[str], object], echo: bool) -> str:
    begun = spoken = time.monotonic()
    last: list[str] = []
    while True:
        try:
            line = lines.get(timeout=HEARTBEAT_SECONDS / 4)
        except queue.Empty:
            line = ""
        if line is None:
            return "\n".join(last)
        if text := line.strip():
            write(line)
            last = [*last[-LAST_LINES:], text]
            if echo:
                say(f"  {line.rstrip()}")
                spoken = time.monotonic()
        if time.monotonic() - spoken >= HEARTBEAT_SECONDS:
            at = f" — {last[-1][:LONGEST_ECHO]}" if last and not echo else ""
            say(f"  … {label}: {time.monotonic() - begun:.0f} giây{at}")
            spoken = time.monotonic()


def end(process: "subprocess.Popen[Any]") -> None:
    """Nothing we started outlives us: it is given time, for the interrupt reached it too, then asked, then made to."""
    if process.poll() is not None:
        return
    for ask in (process.terminate, process.kill):
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            ask()
    process.wait()
