"""`liveclass classify`: the faces and emotions of pictures, folders, videos and cameras."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.common import (
    DETECTION,
    SESSION,
    DetectionAddress,
    SessionAddress,
    connect,
    print_json,
    say_error,
    stderr,
    stdout,
)

if TYPE_CHECKING:
    from liveclass.client import ClassifiedFrame, ClassifyOptions, Frame, LiveClass, LiveClassError
    from liveclass.commands.console import NameTable
    from liveclass.commands.inputs import Input, Item

IN_FLIGHT = 4
"""Frames on their way at once: enough to keep a service on one machine busy."""


def classify(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Pictures, folders and videos.", show_default=False)
    ] = None,
    *,
    camera: Annotated[
        int | None, typer.Option(min=0, help="Classify this camera instead, until Ctrl-C.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines: one object per frame.")] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Save pictures with the faces drawn into this folder.", file_okay=False, show_default=False),
    ] = None,
    session: Annotated[str, typer.Option(help="Record into this session.", show_default=False)] = "",
    source: Annotated[str, typer.Option(help="Pseudonym of the camera or participant.", show_default=False)] = "",
    frames_per_second: Annotated[
        float, typer.Option("--fps", min=0.01, help="Frames to take of a second of video or camera.")
    ] = 2.0,
    track: Annotated[
        bool, typer.Option("--track", help="In videos and cameras, follow faces and smooth their scores over time.")
    ] = False,
    min_face_size: Annotated[int, typer.Option(min=0, help="Smallest face in pixels; 0: the operator's default.")] = 0,
    detection: DetectionAddress = DETECTION,
    session_service: SessionAddress = SESSION,
) -> None:
    """Say what every face shows. With --session, the observations are recorded too."""
    from liveclass.client import ClassifyOptions

    if (camera is None) == (not paths):
        raise typer.BadParameter("give either pictures, folders or videos, or --camera N", param_hint="PATHS")
    with connect(detection, session_service) as lc:
        work = _Work(lc, session, source, ClassifyOptions(min_face_size=min_face_size), track)
        output = _Output(as_json=as_json, save=save, with_session=bool(session))
        if camera is not None:
            _classify_camera(work, output, camera, frames_per_second)
        else:
            _classify_files(work, output, paths or [], frames_per_second)
    if output.failures:
        if not as_json:
            say_error(f"{output.failures} of {output.frames} could not be classified or recorded, as said above.")
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Work:
    """How every frame is classified."""

    client: "LiveClass"
    session: str
    source: str
    options: "ClassifyOptions"
    track: bool

    def __call__(self, item: "Item") -> "ClassifiedFrame":
        """Raises the client's errors."""
        if item.frame is None:
            raise item.error or ValueError("there is no frame")
        return self.client.classify(item.frame, session=self.session, source=self.source, options=self.options)


class _Output:
    """Shows results as they come, and counts what has failed."""

    def __init__(self, *, as_json: bool, save: Path | None, with_session: bool) -> None:
        self.frames = self.failures = 0
        self._as_json, self._save, self._with_session = as_json, save, with_session
        self._saved = 0
        self._table = self._new_table()

    def show(self, item: "Item", result: "ClassifiedFrame | LiveClassError") -> None:
        from liveclass.client import LiveClassError
        from liveclass.commands.rendering import add_faces

        self.frames += 1
        if isinstance(result, LiveClassError):
            self.failures += 1
            if self._as_json:
                _print_json_line(item, result)
            else:
                self._say(item, result)
            return
        if result.record_error is not None:
            self.failures += 1
            if not self._as_json:
                self._say(item, f"not recorded: {result.record_error}")
        if self._as_json:
            _print_json_line(item, result)
        else:
            add_faces(self._table, item.label, result)
        if self._save is not None and item.frame is not None:
            _save_picture(self._save / item.save_as, item.frame, result)
            self._saved += 1

    def refuse_to_overwrite(self, inputs: "Iterable[Input]") -> None:
        """Raises BadParameter where a saved picture would take the place of one that was given."""
        for given in inputs:
            if self._save is not None and (self._save / given.save_as).resolve() == given.path.resolve():
                raise typer.BadParameter(
                    f"{given.path} would be overwritten; choose another folder", param_hint="--save"
                )

    def flush(self) -> None:
        """Prints what the table holds, and begins another."""
        if self._table.row_count:
            stdout().print(self._table)
            self._table = self._new_table()

    def finish(self) -> None:
        self.flush()
        if self._saved:
            stderr().print(f"{self._saved} picture(s) saved in {self._save}")

    def _new_table(self) -> "NameTable":
        from liveclass.commands.rendering import face_table

        return face_table(with_session=self._with_session)

    def _say(self, item: "Item", error: "LiveClassError | str") -> None:
        say_error(str(error) if str(item.path) in str(error) else f"{item.name}: {error}")


def _print_json_line(item: "Item", result: "ClassifiedFrame | LiveClassError") -> None:
    from liveclass.client import LiveClassError, ServiceError, as_json

    if not isinstance(result, LiveClassError):
        fields = as_json(result)
        print_json({"path": item.name, **(fields if isinstance(fields, dict) else {})})
    elif isinstance(result, ServiceError):
        print_json({"path": item.name, "error": result})
    else:
        print_json({"path": item.name, "error": {"message": str(result)}})


def _classify_files(work: _Work, output: _Output, paths: list[Path], frames_per_second: float) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from liveclass.commands.inputs import count_frames, find_inputs, frames_of

    inputs = find_inputs(paths)
    if not inputs:
        raise typer.BadParameter(f"no pictures or videos in {', '.join(map(str, paths))}", param_hint="PATHS")
    output.refuse_to_overwrite(inputs)
    total = count_frames(inputs, frames_per_second)
    # Tracking needs a stream of its own for every video; without it, the frames of all inputs go side by side.
    groups = [[given] for given in inputs] if work.track else [inputs]
    batches = [(item for given in group for item in frames_of(given, frames_per_second)) for group in groups]
    columns = (TextColumn("classifying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    is_short = total is not None and total <= IN_FLIGHT
    try:
        with Progress(*columns, console=stderr(), transient=True, disable=is_short) as progress:
            task = progress.add_task("", total=total)
            for group, items in zip(groups, batches, strict=True):
                is_stream = work.track and group[0].is_video
                for item, result in _tracked(work, items) if is_stream else _in_order(work, items):
                    output.show(item, result)
                    progress.advance(task)
    finally:  # what has been found is shown, whatever ends this
        output.finish()


def _in_order(work: _Work, items: "Iterable[Item]") -> "Iterator[tuple[Item, ClassifiedFrame | LiveClassError]]":
    """Classifies a few frames at once and gives the results in the order of the items."""
    waiting: deque[tuple[Item, Future[ClassifiedFrame]]] = deque()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for item in items:
            if len(waiting) == IN_FLIGHT:
                yield _result(*waiting.popleft())
            waiting.append((item, pool.submit(work, item)))
        while waiting:
            yield _result(*waiting.popleft())


def _tracked(work: _Work, items: "Iterable[Item]") -> "Iterator[tuple[Item, ClassifiedFrame | LiveClassError]]":
    """Classifies the frames of one camera as a stream; one that the service passes over is an error."""
    from liveclass.client import LiveClassError

    sent: dict[str, Item] = {}
    unreadable: list[Item] = []

    def frames() -> "Iterator[Frame]":
        for item in items:
            if item.frame is None:
                unreadable.append(item)
            else:
                sent[item.frame.frame_id] = item
                yield item.frame

    stream = work.client.classify_stream(
        frames(), session=work.session, source=work.source, options=work.options, in_flight=1
    )
    for answer in stream:
        passed_over = LiveClassError(f"the service passed this frame over: {answer.skipped.replace('_', ' ')}")
        yield sent.pop(answer.frame_id), answer.frame or answer.error or passed_over
    for item in unreadable:
        if item.error is not None:
            yield item, item.error


def _result(item: "Item", future: "Future[ClassifiedFrame]") -> "tuple[Item, ClassifiedFrame | LiveClassError]":
    """An error that concerns one frame is its result; one that would meet every frame ends the command."""
    from liveclass.client import InvalidArgumentError, UnreadableFrameError

    try:
        return item, future.result()
    except UnreadableFrameError as error:
        return item, error
    except InvalidArgumentError as error:
        if any(violation.field == "image" for violation in error.violations):
            return item, error
        raise


def _classify_camera(work: _Work, output: _Output, device: int, frames_per_second: float) -> None:
    """Classifies a camera's newest frame, over and over; while that takes time, its other frames are let go."""
    from liveclass.client import Camera
    from liveclass.commands.inputs import Item

    with Camera(device, frames_per_second=frames_per_second) as camera:
        stderr().print(f"Camera {device}: Ctrl-C ends.")
        try:
            names = (Path(f"camera{device}-{number:06}.jpg") for number in count(1))
            items = (Item(name, str(name), name.stem, name, frame) for name, frame in zip(names, camera, strict=False))
            shown = (
                _tracked(work, items) if work.track else (each for item in items for each in _in_order(work, [item]))
            )
            for item, result in shown:
                output.show(item, result)
                output.flush()
        except KeyboardInterrupt:
            stderr().print(f"{output.frames} frame(s) classified.")


def _save_picture(path: Path, frame: "Frame", result: "ClassifiedFrame") -> None:
    import cv2

    from liveclass.client.frames import encode
    from liveclass.commands.pictures import draw_faces, read_pixels

    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(path.suffix, draw_faces(read_pixels(encode(frame.image)), result.faces))
    if done:
        path.write_bytes(data.tobytes())
