"""A process ends with the one that started it, however that ends."""

import signal
import subprocess
import sys

import psutil

PARENT = """
import os, subprocess, sys
sleeper = [sys.executable, "-c", "print('up', flush=True); import time; time.sleep(60)"]
child = subprocess.Popen([sys.executable, "-m", "liveclass.parent_death", str(os.getpid()), *sleeper])
print(child.pid, flush=True)
child.wait()
"""


def test_a_command_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as said:
        child = psutil.Process(int(said.readline()))
        assert said.readline() == "up\n"
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
        gone, alive = psutil.wait_procs([child], timeout=10)
    for one in alive:
        one.kill()
    assert gone == [child]


def test_a_command_is_not_started_for_a_parent_that_is_gone_already() -> None:
    command = [sys.executable, "-m", "liveclass.parent_death", "1", "/bin/echo", "started"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == ""
