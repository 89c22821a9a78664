"""On what a benchmark ran: figures mean nothing without it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path


def describe(place: Path) -> str:
    """Return one line: processors, memory, kernel, file system, git, Python, load.

    Args:
        place: where the repositories are made.
    """
    git = subprocess.run(["git", "version"], capture_output=True, text=True, check=True)
    parts = [
        f"{os.cpu_count()} processors{_model()}",
        f"{_memory_gb():.0f} GB",
        f"{platform.system()} {platform.release()}",
        f"temporary files on {_file_system(place)}",
        git.stdout.strip().replace(" version", ""),
        f"Python {platform.python_version()}",
        f"load {os.getloadavg()[0]:.1f} at the start",
    ]
    return ", ".join(parts)


def _model() -> str:
    found = re.search(r"^model name\s*: (.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    return f" ({found[1]})" if found else ""


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _file_system(place: Path) -> str:
    """Return the type of the mount that holds a path: the longest that it lies below."""
    rows = [row.split() for row in _text("/proc/mounts").splitlines()]
    holding = [(len(row[1]), row[2]) for row in rows if _is_below(place, row[1])]
    return max(holding)[1] if holding else "an unknown file system"


def _is_below(place: Path, mount: str) -> bool:
    return place.resolve().is_relative_to(mount)


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
