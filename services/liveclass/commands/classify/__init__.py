"""`liveclass classify`: the faces and emotions of pictures, folders, videos and cameras."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveclass.commands.shared.common import (
    DETECTION,
    INTERRUPTED,
    SESSION,
    DetectionAddress,
    SessionAddress,
    connect,
    full_session_name,
    lesson_time,
    stderr,
)

if TYPE_CHECKING:
    from rich.progress import Progress

    from liveclass.client import LiveClass, ServiceError
    from liveclass.commands.classify.inputs import Input, Reader
    from liveclass.commands.classify.output import Output
    from liveclass.commands.classify.sending import Sending

_FEW = 4
"""Up to this many frames, there is no progress bar."""


def classify(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Pictures, folders, videos, and network cameras (rtsp://…, http://…).", show_default=False),
    ] = None,
    *,
    camera: Annotated[
        int | None, typer.Option(min=0, help="Classify this camera instead, until Ctrl-C.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines: one object per frame.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Print every face of every frame of a video, not a summary.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Save pictures with the faces drawn into this folder.", file_okay=False, show_default=False),
    ] = None,
    session: Annotated[
        str,
        typer.Option(
            parser=full_session_name,
            metavar="SESSION",
            help="Record into this session, such as 7b/math-monday.",
            show_default=False,
        ),
    ] = "",
    classroom: Annotated[
        str, typer.Option(help="Record into a new session of this classroom, and end it.", show_default=False)
    ] = "",
    source: Annotated[str, typer.Option(help="Pseudonym of the camera or participant.", show_default=False)] = "",
    frames_per_second: Annotated[
        float, typer.Option("--fps", min=0.01, help="Frames per second to take from a video or camera.")
    ] = 2.0,
    start: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="Start of a recorded video: 2026-03-02T09:00, or 9:00 for today; otherwise the file's own time.",
            show_default=False,
        ),
    ] = "",
    track: Annotated[
        bool, typer.Option("--track", help="In videos and cameras, follow faces and smooth their scores over time.")
    ] = False,
    min_face_size: Annotated[int, typer.Option(min=0, help="Smallest face in pixels; 0: the operator's default.")] = 0,
    detection: DetectionAddress = DETECTION,
    session_service: SessionAddress = SESSION,
) -> None:
    """Classify the emotion of every face. With --session or --classroom, the observations are recorded too.

    Frames are retried while a service is busy or restarting. Exits 1 if a frame was refused or could not be recorded.
    """
    from liveclass.client import ClassifyOptions
    from liveclass.client.delivery import Destination
    from liveclass.commands.classify.inputs import Reader
    from liveclass.commands.classify.output import Output
    from liveclass.commands.classify.sending import Sending

    if session and classroom:
        raise typer.BadParameter("give either --session or --classroom", param_hint="--classroom")
    began = lesson_time(start, "--start", datetime.now().astimezone().date())
    inputs = _inputs(paths or [], camera, began)
    announce = _Announcements()
    reader = Reader(frames_per_second, began, announce.show)
    output = Output(as_json=as_json, verbose=verbose, save=save, session=session or classroom)
    output.refuse_to_overwrite(inputs)
    with connect(detection, session_service) as lc, _session(lc, session, classroom, inputs, reader) as recorded_in:
        options = ClassifyOptions(min_face_size=min_face_size)
        sending = Sending(lc, Destination(recorded_in, source, options), reader, announce.waiting)
        interrupted = _classify(inputs, reader, sending, output, track=track)
    if interrupted and not all(given.is_camera for given in inputs):
        raise typer.Exit(INTERRUPTED)
    if not output.all_done:
        raise typer.Exit(1)


def _inputs(paths: list[str], camera: int | None, start: datetime | None) -> "list[Input]":
    from liveclass.commands.classify.inputs import camera_input, find_inputs

    if (camera is None) == (not paths):
        raise typer.BadParameter("give either pictures, folders or videos, or --camera N", param_hint="PATHS")
    inputs = find_inputs(paths) if camera is None else [camera_input(camera)]
    if not inputs:
        raise typer.BadParameter(f"no pictures or videos in {', '.join(paths)}", param_hint="PATHS")
    if start is not None and (len(inputs) != 1 or not inputs[0].is_video):
        raise typer.BadParameter("says when one recorded video began: give a single video", param_hint="--start")
    return inputs


@contextmanager
def _session(lc: "LiveClass", session: str, classroom: str, inputs: "list[Input]", reader: "Reader") -> "Iterator[str]":
    """The session to record into, or an empty name; with `classroom`, a new session that is ended on exit."""
    from liveclass.client.delivery import check_session

    if session:
        check_session(lc, session)
    if not classroom:
        yield session
        return
    videos = [given for given in inputs if given.is_video and not given.is_camera]
    name = lc.create_session(classroom, start_time=min(map(reader.start_of, videos), default=None)).name
    stderr().print(f"Recording into {name}", soft_wrap=True)
    try:
        yield name
    finally:
        lc.end_session(name)


def _classify(inputs: "list[Input]", reader: "Reader", sending: "Sending", output: "Output", *, track: bool) -> bool:
    """Sends all frames and shows the results. Returns whether Ctrl-C ended it."""
    total = reader.count_frames(inputs)
    # Tracking needs one stream per video; without it, the frames of all inputs are sent concurrently.
    groups = [[given] for given in inputs] if track else [inputs]
    interrupted = threading.Event()
    try:
        with _on_ctrl_c(interrupted, reader), _progress(total) as progress:
            task = progress.add_task("", total=total)
            for group in groups:
                items = (item for given in group for item in reader.frames_of(given))
                send = sending.tracked if track and group[0].is_video else sending.concurrent
                for item, result in send(items):
                    output.show(item, result)
                    progress.advance(task)
    finally:  # results so far are shown even after an error
        output.finish(dropped=reader.dropped, was_stopped=interrupted.is_set())
    return interrupted.is_set()


def _progress(total: int | None) -> "Progress":
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("classifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = stderr()
    is_needless = not console.is_terminal or (total is not None and total <= _FEW)
    return Progress(*columns, console=console, transient=True, disable=is_needless)


@contextmanager
def _on_ctrl_c(interrupted: threading.Event, reader: "Reader") -> "Iterator[None]":
    """The first Ctrl-C stops reading, and frames in flight are finished; the second one ends the program."""
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: Any) -> None:  # noqa: ARG001  the signal module passes both
        signal.signal(signal.SIGINT, before)
        interrupted.set()
        reader.stop()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Announcements:
    """Messages while frames are sent; each is printed once, not for every frame."""

    def __init__(self) -> None:
        self._printed: set[str] = set()

    def show(self, sentence: str) -> None:
        from rich.text import Text

        stderr().print(Text(sentence), soft_wrap=True)

    def waiting(self, error: "ServiceError") -> None:
        """Reports a service that is unavailable; one that is only busy is not worth a message."""
        from liveclass.client import ResourceExhaustedError

        if not isinstance(error, ResourceExhaustedError) and error.message not in self._printed:
            self._printed.add(error.message)
            self.show(f"Waiting, and trying again: {error.message}")
