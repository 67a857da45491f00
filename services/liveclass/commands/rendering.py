"""Faces, scores and timelines as tables for the terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from liveclass.client.colours import colour
from liveclass.client.results import ClassifiedFrame, EmotionShare, Face, Session, TimelineBucket

_PARTS = " ▏▎▍▌▋▊▉█"


def bar(score: float, width: int, style: str) -> Text:
    """A horizontal bar; `score` in [0, 1] fills `width` characters."""
    eighths = round(max(0.0, min(1.0, score)) * width * 8)
    filled = "█" * (eighths // 8) + (_PARTS[eighths % 8] if eighths % 8 else "")
    return Text(f"{filled:<{width}}", style)


def score_bars(face: Face, width: int = 30) -> Table:
    """All seven scores of a face, highest first."""
    table = Table.grid(padding=(0, 1))
    for emotion, score in face.emotions:
        strongest = "bold" if emotion is face.emotion else ""
        table.add_row(
            Text(emotion.label, strongest), bar(score, width, colour(emotion)), Text(f"{score:.3f}", strongest)
        )
    return table


def face_table(*, with_session: bool) -> Table:
    """An empty table for the faces of frames; see `add_faces`."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("frame", overflow="fold")
    table.add_column("face", justify="right")
    table.add_column("x, y")
    table.add_column("size")
    table.add_column("emotion")
    table.add_column("")
    table.add_column("then")
    if with_session:
        table.add_column("recorded")
    return table


def add_faces(table: Table, name: str, frame: ClassifiedFrame) -> None:
    """One row per face, or one that says that there is none."""
    recorded = [_recorded(frame)] if len(table.columns) > 7 else []
    if not frame.faces:
        table.add_row(name, "–", "", "", Text("no face", "dim"), "", "", *recorded)
    for index, face in enumerate(frame.faces):
        (first, score), (second, next_score) = face.top(2)
        table.add_row(
            name if index == 0 else "",
            face.track_id[:6] or str(index + 1),
            f"{face.box.x}, {face.box.y}" if face.box else "",
            f"{face.box.width}×{face.box.height}" if face.box else "",
            Text(f"{first.label} {score:.2f}", colour(first)),
            bar(score, 10, colour(first)),
            Text(f"{second.label} {next_score:.2f}", "dim"),
            *(recorded if index == 0 else []),
        )


def _recorded(frame: ClassifiedFrame) -> Text:
    if frame.recorded:
        return Text("yes", "green")
    return Text(f"no: {frame.record_error}", "red") if frame.record_error else Text("–", "dim")


def mix(shares: Sequence[EmotionShare], width: int = 24) -> Text:
    """Mean scores as one stacked bar."""
    text, filled, total = Text(), 0, 0.0
    for share in shares:
        total += share.mean_score
        end = min(width, round(total * width))
        text.append("█" * (end - filled), colour(share.emotion))
        filled = end
    return text


def timeline_table(buckets: Iterable[TimelineBucket]) -> Table:
    """One row per bucket, times local."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("from")
    for name in ("frames", "faces", "group", "coverage"):
        table.add_column(name, justify="right")
    table.add_column("strongest, 95 %")
    table.add_column("mean of the class")
    for bucket in buckets:
        table.add_row(*bucket_row(bucket))
    return table


def bucket_row(bucket: TimelineBucket) -> list[str | Text]:
    """The cells of one bucket."""
    start = local_time(bucket.start_time) + (" …" if bucket.open else "")
    if bucket.suppressed:
        return [start, "", "", "", "", Text("suppressed", "dim"), Text("╱" * 24, "dim")]
    counts: list[str | Text] = [start, str(bucket.frames), str(bucket.faces), str(bucket.group_size)]
    top = bucket.top
    if top is None:
        return [*counts, f"{bucket.coverage:.0%}", Text("no face", "dim"), ""]
    strongest = Text(f"{top.emotion.label} {top.mean_score:.2f}", colour(top.emotion))
    strongest.append(f" {top.mean_score_low:.2f}–{top.mean_score_high:.2f}", "dim")
    return [*counts, f"{bucket.coverage:.0%}", strongest, mix(bucket.emotions)]


def session_table(sessions: Iterable[Session]) -> Table:
    """One row per session."""
    table = Table(header_style="bold", box=None, pad_edge=False)
    table.add_column("session", overflow="fold")
    for name in ("state", "began", "ended", "minimum group", "kept", "called"):
        table.add_column(name)
    for session in sessions:
        active = session.end_time is None
        table.add_row(
            session.name,
            Text(session.state.value, "green" if active else "dim"),
            local_time(session.start_time, with_date=True),
            "" if session.end_time is None else local_time(session.end_time, with_date=True),
            str(session.minimum_group_size),
            f"{session.retention.total_seconds() / 86400:g} days",
            session.display_name,
        )
    return table


def local_time(time: datetime, *, with_date: bool = False) -> str:
    """As people here read it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}" if with_date else f"{time.astimezone():%H:%M:%S}"
