"""How much CPU a part of the system has used: read from /proc (man 5 proc)."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def cpu_seconds(root: int, proc: Path = PROC) -> float:
    """CPU seconds so far of the process `root` and all its descendants, those that have ended included.

    Raises ProcessLookupError where there is no such process.
    """
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for pid, parent, used in _processes(proc):
        ticks[pid] = used
        children[parent].append(pid)
    if root not in ticks:
        raise ProcessLookupError(f"there is no process {root}")
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += ticks[pid]
        waiting += children[pid]
    return total / os.sysconf("SC_CLK_TCK")


def _processes(proc: Path) -> Iterator[tuple[int, int, int]]:
    """Of every process: its id, its parent's, and its clock ticks with those of children that ended."""
    for folder in proc.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            stat = (folder / "stat").read_text("utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        fields = stat.rpartition(")")[2].split()  # the name before it may hold anything
        yield int(folder.name), int(fields[1]), sum(map(int, fields[11:15]))


def usable_cores() -> int:
    """The cores that this process, and so what it starts, may run on."""
    return len(os.sched_getaffinity(0))
