"""The machine that a measurement was made on, as far as it shows itself."""

import os
import platform
from pathlib import Path


def describe() -> dict[str, str]:
    """Processor, cores, memory and versions, without anything that names the machine."""
    memory_kib = int(_first("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kib / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def _first(file: str, key: str) -> str:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def peak_memory_mib(process: int) -> float:
    """Largest resident memory that a running process has had, in MiB (VmHWM)."""
    return int(_first(f"/proc/{process}/status", "VmHWM").split()[0]) / 1024
