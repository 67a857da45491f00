"""CPU time of a process tree, from /proc (man 5 proc)."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def cpu_seconds(root: int, proc: Path = PROC) -> float:
    """CPU seconds used so far by the process `root` and its descendants, including those that have ended.

    Raises ProcessLookupError if there is no such process.
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
    """For every process: its id, its parent's id, and its clock ticks including those of children that ended."""
    for folder in proc.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            stat = (folder / "stat").read_text("utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended in the meantime
            continue
        fields = stat.rpartition(")")[2].split()  # the process name before it may contain anything
        yield int(folder.name), int(fields[1]), sum(map(int, fields[11:15]))


def usable_cores() -> int:
    """The number of cores that this process and its children may run on."""
    return len(os.sched_getaffinity(0))
