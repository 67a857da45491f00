"""`liveclass demo`: the whole path on a real photograph."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from liveclass.commands.shared.common import say_error, stdout
from liveclass.commands.shared.stored_token import token_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from liveclass.client import ClassifiedFrame, LiveClass, Session, Timeline
    from liveclass.client.frames import Pixels
    from liveclass.commands.shared.console import WholeLines
    from liveclass.stack import Stack

Answer = TypeVar("Answer")

FRAMES_PER_SECOND = 4.0
WATCH_SECONDS = 0.25
RETRY_SECONDS = 90.0
SMALL_GROUP = 5
"""The default minimum group size; one face is less."""
PICTURE_WIDTH = 40
CROP = 0.92
"""Fraction of each side kept by a crop, as if the camera moved slightly."""


def demo(
    image: Annotated[
        Path | None,
        typer.Option(help="A photograph with a face; otherwise scikit-image's astronaut.", dir_okay=False, exists=True),
    ] = None,
) -> None:
    """Start everything on free ports, send a real photograph, and show the face, its scores and the timeline.

    The database is temporary. Exits 1 if no face was found or a frame was not recorded.
    """
    import tempfile

    from liveclass.commands.shared.local_stack import end_on_signals, start_with_status
    from liveclass.commands.shared.pictures import astronaut, read_photograph
    from liveclass.stack import Ports, Stack

    end_on_signals()
    console = stdout()
    path = image or astronaut()
    photograph = read_photograph(path)
    with tempfile.TemporaryDirectory(prefix="liveclass-demo-") as folder:
        database = {"LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/demo.db"}
        stack = Stack(Path(folder), Ports.free(), database)
        try:
            start_with_status(stack, console)
            succeeded = _run_supervised(stack, console, lambda: _run(stack, photograph, path, console))
        finally:
            with console.status("Stopping …"):
                stack.stop()
    if not succeeded:
        raise typer.Exit(1)


def variations(photograph: "Pixels") -> "list[Pixels]":
    """Twenty pictures from one [H, W, 3]; the first is the photograph itself."""
    import numpy as np

    views = list(_views(photograph))
    return [*views, *(np.ascontiguousarray(view[:, ::-1]) for view in views)]


def _views(photograph: "Pixels") -> "Iterator[Pixels]":
    import numpy as np

    yield photograph
    for gain in (0.75, 0.88, 1.12, 1.25):
        yield np.clip(photograph.astype(np.float32) * gain, 0, 255).astype(np.uint8)
    rows, columns = photograph.shape[:2]
    height, width = round(rows * CROP), round(columns * CROP)
    middle = ((rows - height) // 2, (columns - width) // 2)
    for top, left in ((0, 0), (0, columns - width), (rows - height, 0), (rows - height, columns - width), middle):
        yield photograph[top : top + height, left : left + width]


def _run_supervised(stack: "Stack", console: "WholeLines", demonstration: "Callable[[], bool]") -> bool:
    """Runs the demonstration on a thread, while the main thread, which must own the parts, restarts what ends."""
    import time
    from concurrent.futures import Future
    from threading import Thread

    result: Future[bool] = Future()

    def run() -> None:
        try:
            result.set_result(demonstration())
        except BaseException as error:  # noqa: BLE001  # raised on the main thread
            result.set_exception(error)

    Thread(target=run, daemon=True).start()  # a daemon, so that Ctrl-C does not wait for its calls
    while not result.done():
        stack.keep_running(console.print)
        time.sleep(WATCH_SECONDS)
    return result.result()


def retry(call: "Callable[[], Answer]", is_enough: "Callable[[Answer], bool]" = lambda _: True) -> "Answer":
    """Repeats `call` until `is_enough` accepts its answer, for at most `RETRY_SECONDS`: time to restart a part.

    After that it returns the last answer, or raises the last error.
    """
    import time

    from liveclass.client import DeadlineExceededError, ResourceExhaustedError, UnavailableError

    end = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            answer = call()
        except (UnavailableError, DeadlineExceededError, ResourceExhaustedError):
            if time.monotonic() > end:
                raise
        else:
            if is_enough(answer) or time.monotonic() > end:
                return answer
        time.sleep(WATCH_SECONDS)


def _run(stack: "Stack", photograph: "Pixels", path: Path, console: "WholeLines") -> bool:
    """The demonstration; returns whether it succeeded."""
    from rich.text import Text

    from liveclass.client import LiveClass

    pictures = variations(photograph)
    addresses = stack.detection_address, stack.session_address
    with LiveClass(*addresses, timeout=30, tls=stack.tls, token=token_for(stack.environment)) as lc:
        session = retry(lambda: lc.create_session("classrooms/demo", "photograph", minimum_group_size=1))
        hidden = retry(lambda: lc.create_session("classrooms/demo", "small-group", minimum_group_size=SMALL_GROUP))
        console.print(
            Text.assemble("\nSending ", (path.name, "bold"), f" as {len(pictures)} live frames: "),
            "the photograph itself, mirrored, cropped, brighter and darker.\n",
            sep="",
        )
        frames = _send(lc, session, pictures, console)
        for index, picture in enumerate(pictures[: SMALL_GROUP - 1]):
            _record(lc, hidden, picture, index)
        retry(lambda: lc.end_session(session.name))
        timeline = retry(lambda: lc.timeline(session.name, resolution=1))
        suppressed = retry(lambda: lc.timeline(hidden.name, resolution=60))
    _show(console, photograph, frames[0], timeline, suppressed)
    problems = find_problems(frames, timeline, suppressed)
    for problem in problems:
        say_error(problem)
    return not problems


def _send(
    lc: "LiveClass", session: "Session", pictures: "list[Pixels]", console: "WholeLines"
) -> "list[ClassifiedFrame]":
    """Sends the pictures at a camera's frame rate."""
    import time

    from rich.progress import track

    frames, began = [], time.monotonic()
    for index, picture in enumerate(track(pictures, "frames", console=console, transient=True)):
        time.sleep(max(0.0, began + index / FRAMES_PER_SECOND - time.monotonic()))
        frames.append(_record(lc, session, picture, index))
    return frames


def _record(lc: "LiveClass", session: "Session", picture: "Pixels", index: int) -> "ClassifiedFrame":
    """Sends a frame until it is recorded; it is counted once, since its frame_id stays the same."""
    frame_id = f"frame-{index}"
    return retry(
        lambda: lc.classify(picture, session=session.name, source="camera", frame_id=frame_id),
        lambda frame: frame.recorded,
    )


def _show(
    console: "WholeLines", photograph: "Pixels", first: "ClassifiedFrame", timeline: "Timeline", suppressed: "Timeline"
) -> None:
    """Prints the results."""
    from rich.table import Table
    from rich.text import Text

    from liveclass.commands.shared.rendering import strip_chart, timeline_table

    side_by_side = Table.grid(padding=(0, 2))
    side_by_side.add_column(no_wrap=True, min_width=PICTURE_WIDTH)  # a wrapped picture is unreadable
    side_by_side.add_column()
    side_by_side.add_row(_picture(console, photograph, first), _faces(first))
    console.print(side_by_side)
    console.print(Text.assemble("\n", ("The session, second by second", "bold"), "  ", (timeline.session, "dim"), "\n"))
    console.print(timeline_table(timeline.buckets))
    console.print()
    if timeline.buckets:
        console.print(strip_chart(timeline.buckets, console.chart_width))
    hidden = sum(bucket.suppressed for bucket in suppressed.buckets)
    console.print(
        f"\nThe same face in a session whose minimum group size is {SMALL_GROUP}: "
        f"{hidden} of {len(suppressed.buckets)} bucket(s) suppressed, no emotion shown."
    )


def _picture(console: "WholeLines", photograph: "Pixels", frame: "ClassifiedFrame") -> "RenderableType":
    """The photograph with its faces' boxes, as text."""
    from rich.console import Group

    from liveclass.commands.shared.pictures import terminal_picture

    colours = console.is_terminal and not console.no_color
    return Group(*terminal_picture(photograph, frame.faces, PICTURE_WIDTH, colours=colours))


def _faces(frame: "ClassifiedFrame") -> "RenderableType":
    """The highest-scoring face in detail, and one line for each other face."""
    from rich.console import Group
    from rich.text import Text

    from liveclass.commands.shared.rendering import score_bars

    if not frame.faces:
        return Text("No face was found in the photograph.", "red")
    face, *others = frame.faces
    parts: list[RenderableType] = [Text("")]
    if face.box and frame.image_size:
        width, height = frame.image_size
        parts.append(Text(f"face at x {face.box.x}, y {face.box.y}, {face.box.width}×{face.box.height} pixels"))
        parts.append(Text(f"of {width}×{height}; model {frame.model} version {frame.model_version}\n", "dim"))
    parts.append(score_bars(face, 18))
    stages = "  ".join(f"{stage} {seconds * 1000:.0f} ms" for stage, seconds in frame.timings.items())
    parts.append(Text(f"\n{stages}", "dim"))
    parts += [Text(f"and another: {other.emotion.label} {other.emotions[0].score:.2f}") for other in others]
    return Group(*parts)


def find_problems(frames: "list[ClassifiedFrame]", timeline: "Timeline", suppressed: "Timeline") -> list[str]:
    """What went wrong, one sentence each."""
    problems = []
    if not frames[0].faces:
        problems.append("no face was found in the photograph; try another one with --image")
    unrecorded = [frame for frame in frames if not frame.recorded]
    if unrecorded:
        problems.append(f"{len(unrecorded)} of {len(frames)} frames were not recorded: {unrecorded[0].record_error}")
    counted = sum(bucket.frames for bucket in timeline.buckets)
    if counted != len(frames):
        problems.append(f"the timeline counts {counted} frames, and {len(frames)} were sent")
    if not all(bucket.suppressed and not bucket.emotions for bucket in suppressed.buckets):
        problems.append("a group that is too small was not suppressed")
    return problems
