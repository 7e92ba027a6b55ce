"""Runs a program and tells its time and the memory that it and its children held at most."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.05


class Measured(NamedTuple):
    """`seconds` as the program tells them of its work; `start`: the rest of its time; `megabytes`: resident, at most.

    told: all that the program told.
    """

    seconds: float
    start: float
    megabytes: float
    told: dict[str, float]


def measured(command: Sequence[str], of: Sequence[str] = ("seconds",), limit: float = 1800) -> Measured:
    """Runs the command, whose last line is JSON; `of`: the numbers in it that are its work.

    Memory is sampled: the sum over the program and its children, every 50 ms. Raises RuntimeError when it fails or
    takes longer than the limit (in seconds).
    """
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    most = 0
    while process.poll() is None:
        most = max(most, _resident(process.pid))
        if time.perf_counter() - begun > limit:
            process.kill()
            process.wait()
            raise RuntimeError(f"took longer than {limit:.0f} s")
        time.sleep(_EVERY)
    out, err = process.communicate()
    took = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(err.strip().splitlines()[-1] if err.strip() else f"ended with {process.returncode}")
    told = json.loads(out.strip().splitlines()[-1])
    seconds = sum(told[name] for name in of)
    return Measured(seconds, took - seconds, most / 1e6, told)


def _resident(root: int) -> int:
    """Bytes of memory that a process and its descendants hold (Linux)."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(folder.name)] = int((folder / "statm").read_text().split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
    family = {root}
    for process in sorted(parents):  # a child's number may be lower only after a wrap-around
        if parents[process] in family:
            family.add(process)
    return sum(pages.get(process, 0) for process in family) * _PAGE


def machine() -> str:
    """What the numbers were measured on, in one line."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * _PAGE / 1e9
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}"
