"""`liveclass up` and `liveclass demo` as processes, and the other commands against what they start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import fields
from datetime import datetime, timezone

import cv2
import numpy as np
import psutil
import pytest
from skimage import data

from liveclass.client import LiveClass
from liveclass.paths import model_repository
from liveclass.stack import Ports, Stack, StackError
from liveclass.stack.ports import is_free

COMMAND = [sys.executable, "-m", "liveclass.cli"]

# As a shell starts what runs in its background: Ctrl-C is ignored.
IN_BACKGROUND = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""


def environment(ports: Ports | None = None, **more: str) -> dict[str, str]:
    kept = ("LIVECLASS_MODEL_REPOSITORY",)
    clean = {name: value for name, value in os.environ.items() if name in kept or not name.startswith("LIVECLASS_")}
    return {**clean, **(ports.environment() if ports else {}), "COLUMNS": "140", **more}


def execute(variables: dict[str, str], *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, check=False, env=variables, capture_output=True, text=True, timeout=240)


def run(stack: Stack, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return execute(environment(stack.ports), *arguments)


def all_free(ports: Ports) -> bool:
    return all(is_free(getattr(ports, field.name)) for field in fields(ports))


def until_all_free(ports: Ports, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not all_free(ports) and time.monotonic() < end:
        time.sleep(0.2)
    return all_free(ports)


def test_triton_answers_every_face_as_the_published_model_does(stack, tmp_path):
    """Both outputs, in full batches and in what is left: one mix-up of faces or of outputs would differ."""
    rows = [
        f"{index % 7},{' '.join(map(str, cv2.resize((face * 255).astype(np.uint8), (48, 48)).ravel()))},PublicTest"
        for index, face in enumerate(data.lfw_subset()[:90])
    ]
    (tmp_path / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    newest = max((model_repository(os.environ) / "emotion").glob("[0-9]*"), key=lambda folder: int(folder.name))
    triton = f"127.0.0.1:{stack.ports.triton_grpc}"
    evaluation = ("evaluate", newest, "--triton", triton, "--data", tmp_path, "--no-robustness", "--json")
    done = run(stack, *evaluation)
    assert done.returncode == 0, done.stderr
    compared = json.loads(done.stdout)["same_answers"]
    assert set(compared) == {"fer2013", "votes"}
    for one in compared.values():
        assert (one["faces"], one["same_answer"]) == (90, 90)
        # Where the processor has bfloat16, Triton computes in it: a score has two digits that can be relied on.
        assert one["largest_difference"] < 0.02


class Up:
    """`liveclass up` as a process."""

    def __init__(self, directory, **more: str) -> None:
        self.ports = Ports.free()
        self.process = subprocess.Popen(
            [sys.executable, "-c", IN_BACKGROUND, *COMMAND, "up", "--directory", str(directory)],
            env=environment(self.ports, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._serves = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.process.stdout as lines:
            for line in lines:
                self.lines.append(line)
                if "Ctrl-C stops everything" in line:
                    self._serves.set()
        self._serves.set()

    def part(self, name: str) -> psutil.Process:
        """The process of a part."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if f"liveclass.{name}" in child.cmdline())

    def wait_until_said(self, text: str) -> None:
        end = time.monotonic() + 60
        while text not in self.output:
            assert time.monotonic() < end, self.output
            time.sleep(0.1)

    def wait_until_serving(self) -> None:
        assert self._serves.wait(150)
        assert self.process.poll() is None, self.output

    def end(self) -> int:
        status = self.process.wait(150)
        self._reader.join(10)
        return status

    @property
    def output(self) -> str:
        return "".join(self.lines)


@pytest.fixture
def up(tmp_path):
    started = []

    def start(**more: str) -> Up:
        started.append(Up(tmp_path / "up", **more))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGTERM)
            each.end()


def test_up_starts_again_what_dies_and_serves_until_ctrl_c(up, tmp_path, photograph):
    running = up()
    running.wait_until_serving()

    assert f"127.0.0.1:{running.ports.detection}" in running.output
    assert 'declaring "purpose=demonstration; jurisdiction=none"' in running.output
    with LiveClass(f"127.0.0.1:{running.ports.detection}", f"127.0.0.1:{running.ports.session}", timeout=60) as lc:
        assert lc.classify(photograph).faces

        running.part("session").kill()
        running.wait_until_said("session was killed by SIGKILL; starting it again in 0.5 s")
        running.wait_until_said("session serves again")
        assert lc.create_session("classrooms/up", "after").name == "classrooms/up/sessions/after"
    running.process.send_signal(signal.SIGINT)

    assert running.end() == 0, running.output
    assert "Stopped." in running.output
    assert until_all_free(running.ports, 5)
    assert (tmp_path / "up" / "liveclass.db").exists()
    assert all((tmp_path / "up" / f"{name}.log").stat().st_size for name in ("triton", "session", "detection"))


def test_up_that_is_killed_leaves_nothing_behind(up):
    running = up()
    running.wait_until_serving()

    running.process.kill()
    running.end()

    assert until_all_free(running.ports)


def test_a_part_that_ends_ends_the_others_and_is_said(up):
    running = up(LIVECLASS_USE_DECLARATION="purpose=education; jurisdiction=DE")

    assert running.end() == 1
    assert "session ended with status 2" in running.output
    assert "Article" in running.output
    assert "Traceback" not in running.output
    assert until_all_free(running.ports, 5)


def test_a_port_in_use_is_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        variables = environment(Ports.free(), LIVECLASS_SESSION_METRICS_PORT=str(port))
        answer = execute(variables, "up", "--directory", tmp_path)

    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines() == [
        f"error: Port {port} is in use; stop what listens there, or set LIVECLASS_SESSION_METRICS_PORT to another one."
    ]


def test_the_demonstration():
    answer = execute(environment(), "demo")

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "astronaut.png as 20 live frames" in answer.stdout
    assert "face at x " in answer.stdout
    assert all(label in answer.stdout for label in ("anger", "disgust", "fear", "happiness", "sadness", "surprise"))
    assert "The session, second by second" in answer.stdout
    assert "1 of 1 bucket(s) suppressed" in answer.stdout or "2 of 2 bucket(s) suppressed" in answer.stdout
    assert answer.stderr == ""


def test_from_a_photograph_to_a_report(stack, photograph, tmp_path):
    (tmp_path / "astronaut.jpg").write_bytes(photograph)
    session = run(stack, "session", "create", "cli", "--minimum-group-size", 1).stdout.strip()

    classified = run(stack, "classify", tmp_path, "--session", session, "--source", "front", "--json")
    frame = json.loads(classified.stdout)
    assert classified.returncode == 0
    assert frame["recorded"]
    assert frame["image_size"] == {"width": 512, "height": 512}
    assert sum(score["score"] for score in frame["faces"][0]["emotions"]) == pytest.approx(1, abs=1e-3)

    timeline = run(stack, "timeline", session, "--json")
    assert sum(json.loads(line)["frames"] for line in timeline.stdout.splitlines()) == 1
    assert run(stack, "report", session, "--html", tmp_path / "class.html").returncode == 0
    assert session in (tmp_path / "class.html").read_text()
    assert run(stack, "session", "delete", session, "--yes").returncode == 0
    assert "there is no session" in run(stack, "timeline", session).stderr


def test_a_small_group_is_never_shown(stack, photograph, tmp_path):
    (tmp_path / "astronaut.jpg").write_bytes(photograph)
    session = run(stack, "session", "create", "cli").stdout.strip()
    run(stack, "classify", tmp_path, "--session", session, "--source", "front")

    shown = run(stack, "timeline", session).stdout

    assert "suppressed" in shown
    assert "╱" in shown
    assert not any(f"{number / 100:.2f}" in shown for number in range(10, 101))


@pytest.fixture
def lesson(photograph, tmp_path):
    """Ten seconds of video, recorded three days ago."""
    pixels = cv2.imdecode(np.frombuffer(photograph, np.uint8), cv2.IMREAD_COLOR)
    path = tmp_path / "lesson.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 4, pixels.shape[1::-1])
    for _ in range(40):
        writer.write(pixels)
    writer.release()
    ended = time.time() - 3 * 86400
    os.utime(path, (ended, ended))
    return path


def test_a_recorded_lesson_has_its_own_time(stack, lesson):
    classified = run(stack, "classify", lesson, "--classroom", "recorded")

    assert classified.returncode == 0, classified.stderr
    assert "20 of 20 frames classified, 20 recorded." in classified.stderr
    session = re.search(r"Recording into (\S+)", classified.stderr)[1]
    with LiveClass(stack.detection_address, stack.session_address) as lc:
        buckets = lc.timeline(session, resolution=60).buckets
        assert lc.get_session(session).end_time is not None
    assert time.time() - 3 * 86400 - 120 < buckets[0].start_time.timestamp() < time.time() - 3 * 86400
    assert len(buckets) <= 2


@pytest.mark.parametrize("track", [(), ("--track",)])
def test_a_session_that_began_after_the_lesson_says_what_to_do(stack, lesson, track):
    session = run(stack, "session", "create", "recorded").stdout.strip()

    answer = run(stack, "classify", lesson, "--session", session, *track)

    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1, answer.stderr
    assert "--start" in answer.stderr
    assert "--classroom" in answer.stderr
    assert (
        run(
            stack, "classify", lesson, "--session", session, "--start", datetime.now(timezone.utc).isoformat()
        ).returncode
        == 0
    )


@pytest.mark.parametrize("track", [(), ("--track",)])
def test_a_mistyped_or_ended_session_is_said_before_the_first_frame(stack, lesson, track):
    session = run(stack, "session", "create", "recorded").stdout.strip()
    run(stack, "session", "end", session)

    mistyped = run(stack, "classify", lesson, "--session", "recorded/typo", *track)
    ended = run(stack, "classify", lesson, "--session", session, *track)

    assert mistyped.stderr == "error: there is no session 'classrooms/recorded/sessions/typo'\n"
    assert ended.stderr == f"error: {session} has ended: it takes no more observations\n"
    assert (mistyped.returncode, ended.returncode) == (1, 1)


def test_a_part_can_be_killed_and_started_again(stack):
    before = stack.pid("session")
    stack.kill("session")
    assert not stack.is_ready("session")
    with pytest.raises(StackError, match="session was killed by SIGKILL"):
        stack.check()

    stack.restart("session")

    assert stack.is_ready("session")
    assert stack.pid("session") != before
    stack.check()
    assert stack.logs("session")
