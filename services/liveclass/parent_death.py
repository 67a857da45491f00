"""Ends a process when its parent ends, even if that is killed (Linux).

As a program, `python -m liveclass.parent_death PARENT_PID COMMAND…`, it becomes a command that ends this way.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Of linux/prctl.h."""


def end_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Makes the kernel send this process a signal when its parent ends. Kept across exec; not inherited by children."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)


if __name__ == "__main__":
    end_with_parent()
    if os.getppid() == int(sys.argv[1]):  # otherwise the parent has ended already
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  # the command comes from our own program
