"""`liveclass capacity`: CPU seconds from /proc, and the frames that are sent."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.tools.capacity.frames import NoFaceError, classroom_frames
from liveclass.tools.capacity.storage import server_cpu_seconds
from liveclass.tools.capacity.usage import cpu_seconds
from liveclass.vision.faces import HaarDetector

TICKS = os.sysconf("SC_CLK_TCK")


def process(proc, pid, parent, *ticks, name="python"):
    folder = proc / str(pid)
    folder.mkdir()
    used = " ".join(map(str, ticks))
    folder.joinpath("stat").write_text(f"{pid} ({name}) S {parent} 1 1 0 -1 0 0 0 0 0 {used} 20 0 1 0\n")


def test_descendants_count_and_others_do_not(tmp_path):
    process(tmp_path, 10, 1, TICKS, 2 * TICKS, 0, 0, name="a) S 99 (b")  # names may look like fields
    process(tmp_path, 11, 10, 4 * TICKS, 0, 0, 0)
    process(tmp_path, 12, 11, 0, 0, 8 * TICKS, 16 * TICKS)  # of children that have ended
    process(tmp_path, 13, 1, 1000 * TICKS, 0, 0, 0)
    (tmp_path / "self").mkdir()
    (tmp_path / "14").mkdir()  # ended while we looked
    assert cpu_seconds(10, tmp_path) == 31
    assert cpu_seconds(11, tmp_path) == 28


def test_a_database_counts_with_all_of_its_processes_and_only_where_it_is_one(tmp_path):
    process(tmp_path, 20, 1, TICKS, 0, 0, 0, name="postgres")
    process(tmp_path, 21, 20, 2 * TICKS, 0, 0, 0, name="postgres")  # the backend
    process(tmp_path, 22, 20, 4 * TICKS, 0, 0, 0, name="postgres")  # which writes the log
    process(tmp_path, 30, 1, TICKS, 0, 0, 0)
    (tmp_path / "21" / "status").write_text("Name:\tpostgres\nPPid:\t20\n")
    (tmp_path / "30" / "status").write_text("Name:\tpython\nPPid:\t1\n")
    assert server_cpu_seconds(21, tmp_path) == 7
    assert server_cpu_seconds(30, tmp_path) == 0  # a server elsewhere, whose number another process has here
    assert server_cpu_seconds(99, tmp_path) == 0


def test_a_process_that_is_gone_is_no_zero(tmp_path):
    with pytest.raises(ProcessLookupError):
        cpu_seconds(10, tmp_path)


def test_a_real_child_that_ended_is_counted_with_us():
    before = cpu_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"], check=True)
    assert cpu_seconds(os.getpid()) > before


@pytest.mark.parametrize("students", [1, 30])
def test_every_student_has_a_face_that_is_found(students):
    frames = classroom_frames(cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR), students)
    assert len(set(frames)) == len(frames) > 1
    for frame in frames[:2]:
        pixels = cv2.imdecode(np.frombuffer(frame, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert pixels.shape == (960, 1280)
        assert len(HaarDetector().detect(pixels, 40)) == pytest.approx(students, abs=students * 0.1)


def test_a_photograph_without_a_face_is_refused():
    with pytest.raises(NoFaceError, match="--image"):
        classroom_frames(np.full((200, 200, 3), 128, np.uint8), 30)
