"""Runs a command, and cleans up after it and its children when the parent process has ended.

It is a separate program, because only another process can clean up after `kill -9`:

    python -m liveclass.triton.supervisor PARENT_PID SCRATCH SHARED_MEMORY_PREFIX COMMAND…
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from liveclass.parent_death import end_with_parent

GRACE_SECONDS = 10.0
"""Time between SIGTERM and SIGKILL."""

ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
WATCHED = ENDING | {signal.SIGCHLD}
PARENT_CHECK_SECONDS = 0.5


def supervise(parent: int, scratch: Path, shared_memory_prefix: str, command: list[str]) -> int:
    """Runs `command` until it ends, a signal arrives or `parent` has ended; returns the command's exit status."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_before_command)  # noqa: PLW1509, S603  # one thread, so that running Python after fork is safe; the command comes from the launcher
    try:
        while child.poll() is None and os.getppid() == parent:
            caught = signal.sigtimedwait(WATCHED, PARENT_CHECK_SECONDS)
            if caught and caught.si_signo in ENDING:
                break
        _end(child)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # children that outlived the command
        shutil.rmtree(scratch, ignore_errors=True)
        for region in Path("/dev/shm").glob(f"{shared_memory_prefix}*"):  # noqa: S108  # where POSIX shared memory is
            region.unlink(missing_ok=True)
    return child.returncode


def _before_command() -> None:
    """In the child: unblocks the signals, and has it ended if this supervisor is killed."""
    end_with_parent()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


if __name__ == "__main__":
    code = supervise(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
    sys.exit(code if code >= 0 else 128 - code)  # the shells' convention for death by a signal
