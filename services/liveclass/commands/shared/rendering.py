"""Tables of faces, scores, sessions and timelines for the terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from liveclass.client.colours import colour
from liveclass.client.results import ClassifiedFrame, EmotionShare, Face, Session, TimelineBucket
from liveclass.commands.shared.console import NameTable
from liveclass.emotions import Emotion

MIX_WIDTH = 24
LABEL_SETS = {"votes": "the votes of ten annotators (FER+)", "fer2013": "FER2013's labels"}
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


def face_table(*, with_session: bool) -> NameTable:
    """An empty table for the faces of frames; see `add_faces`."""
    last = ("then", "recorded") if with_session else ("", "then")  # 80 columns have no room for the bar as well
    return NameTable("frame", "face", "x, y", "size", "emotion", *last, numbers=("face",))


def add_faces(table: NameTable, name: str, frame: ClassifiedFrame) -> None:
    """Adds a row for each face, or one row that says there is none."""
    with_session = "recorded" in table.columns
    recorded = [_recorded(frame)] if with_session else []
    if not frame.faces:
        table.add_row(name, "–", "", "", Text("no face", "dim"), *([] if with_session else [""]), "", *recorded)
    for index, face in enumerate(frame.faces):
        (first, score), (second, next_score) = face.top(2)
        table.add_row(
            name if index == 0 else "",
            face.track_id[:6] or str(index + 1),
            f"{face.box.x}, {face.box.y}" if face.box else "",
            f"{face.box.width}×{face.box.height}" if face.box else "",
            Text(f"{first.label} {score:.2f}", colour(first)),
            *([] if with_session else [bar(score, 10, colour(first))]),
            Text(f"{second.label} {next_score:.2f}", "dim"),
            *(recorded if index == 0 else []),
        )


def _recorded(frame: ClassifiedFrame) -> Text:
    if frame.recorded:
        return Text("yes", "green")
    return Text("no", "red") if frame.record_error else Text("–", "dim")


def mix(shares: Sequence[EmotionShare], width: int = MIX_WIDTH) -> Text:
    """Mean scores as a stacked bar."""
    text, filled, total = Text(), 0, 0.0
    for share in shares:
        total += share.mean_score
        end = min(width, round(total * width))
        text.append("█" * (end - filled), colour(share.emotion))
        filled = end
    return text


@dataclass(frozen=True)
class Mix:
    """`mix` at the width of its column."""

    shares: Sequence[EmotionShare]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield mix(self.shares, min(MIX_WIDTH, options.max_width))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, MIX_WIDTH)


def timeline_table(buckets: Iterable[TimelineBucket]) -> Table:
    """One row per bucket, times local."""
    rows = list(buckets)
    legend = "…  is still open: more is expected" if any(bucket.open for bucket in rows) else None
    table = Table(header_style="bold", box=None, pad_edge=False, caption=legend, caption_justify="left")
    table.add_column("from", no_wrap=True)
    for name in ("frames", "faces", "group", "coverage"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("strongest, 95 %", no_wrap=True)
    table.add_column("mean")  # shrinks on a narrow terminal
    for bucket in rows:
        hidden = Text("╱" * MIX_WIDTH, "dim", no_wrap=True, overflow="crop")
        table.add_row(*bucket_row(bucket), hidden if bucket.suppressed else Mix(bucket.emotions))
    return table


def bucket_row(bucket: TimelineBucket) -> list[str | Text]:
    """The cells of one bucket."""
    start = local_time(bucket.start_time) + (" …" if bucket.open else "")
    if bucket.suppressed:
        return [start, "", "", "", "", Text("suppressed", "dim")]
    counts: list[str | Text] = [start, str(bucket.frames), str(bucket.faces), str(bucket.group_size)]
    top = bucket.top
    if top is None:
        return [*counts, f"{bucket.coverage:.0%}", Text("no face", "dim")]
    strongest = Text(f"{top.emotion.label} {top.mean_score:.2f}", colour(top.emotion))
    strongest.append(f" {top.mean_score_low:.2f}–{top.mean_score_high:.2f}", "dim")
    return [*counts, f"{bucket.coverage:.0%}", strongest]


def scored_by(labels: str) -> str:
    """A sentence that says by which labels the scores are; empty if not known."""
    return f"The scores are by {LABEL_SETS[labels]}." if labels else ""


def session_table(sessions: Iterable[Session]) -> NameTable:
    """One row per session, its title below its name."""
    table = NameTable("session", "began", "ended", "group", "kept")
    for session in sessions:
        title = f"\n{session.display_name}" if session.display_name else ""
        table.add_row(
            Text.assemble(session.name, (title, "dim")),
            local_time(session.start_time, with_date=True),
            local_time(session.end_time, with_date=True) if session.end_time else Text("active", "green"),
            f"≥ {session.minimum_group_size}",
            f"{session.retention.total_seconds() / 86400:g} d",
        )
    return table


def local_time(time: datetime, *, with_date: bool = False) -> str:
    """In the local time zone."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}" if with_date else f"{time.astimezone():%H:%M:%S}"


LABEL_WIDTH = 10
_BLOCKS = " ▁▂▃▄▅▆▇█"
_HATCH = "╱"
_WIDEST_COLUMN = 4


@dataclass(frozen=True)
class Column:
    """One column of the chart: an interval of time."""

    start: datetime
    scores: dict[Emotion, float]
    """Mean scores weighted by faces; empty if there is nothing to show."""
    group_size: int
    suppressed: bool


def columns_of(buckets: Sequence[TimelineBucket], max_columns: int) -> list[Column]:
    """The buckets on an even grid of at most `max_columns` columns, including gaps.

    A column is suppressed if all of its buckets are.
    """
    if not buckets:
        return []
    first, step = buckets[0].start_time, buckets[0].duration
    slots = round((buckets[-1].start_time - first) / step) + 1
    per_column = -(-slots // max_columns)
    groups: list[list[TimelineBucket]] = [[] for _ in range(-(-slots // per_column))]
    for bucket in buckets:
        groups[round((bucket.start_time - first) / step) // per_column].append(bucket)
    return [_column(first + index * per_column * step, group) for index, group in enumerate(groups)]


def _column(start: datetime, buckets: Sequence[TimelineBucket]) -> Column:
    visible = [bucket for bucket in buckets if bucket.emotions]
    faces = sum(bucket.faces for bucket in visible)
    scores = {
        emotion: sum(bucket.emotions[emotion].mean_score * bucket.faces for bucket in visible) / faces
        for emotion in Emotion
        if faces
    }
    suppressed = bool(buckets) and all(bucket.suppressed for bucket in buckets)
    return Column(start, scores, max((bucket.group_size for bucket in buckets), default=0), suppressed)


def strip_chart(buckets: Sequence[TimelineBucket], width: int) -> Group:
    """The chart, at most `width` characters wide."""
    room = max(10, width - LABEL_WIDTH)
    columns = columns_of(buckets, room)
    cells = max(1, min(_WIDEST_COLUMN, room // max(1, len(columns))))
    rows = [_strongest_row(columns, cells)]
    rows += [_emotion_row(emotion, columns, cells) for emotion in Emotion]
    rows.append(_group_row(columns, cells))
    rows.append(_time_row(columns, cells, room))
    if any(column.suppressed for column in columns):
        rows.append(Text(f"{'':{LABEL_WIDTH}}{_HATCH * 3} suppressed: the group was too small to be shown", "dim"))
    return Group(*rows)


def _row(label: str, style: str = "") -> Text:
    text = Text(no_wrap=True, overflow="crop")
    text.append(f"{label:<{LABEL_WIDTH}}", style)
    return text


def _strongest_row(columns: Sequence[Column], cells: int) -> Text:
    row = _row("strongest", "bold")
    for column in columns:
        if column.suppressed:
            row.append(_HATCH * cells, "dim")
        elif column.scores:
            row.append("█" * cells, colour(max(column.scores, key=column.scores.__getitem__)))
        else:
            row.append(" " * cells)
    return row


def _emotion_row(emotion: Emotion, columns: Sequence[Column], cells: int) -> Text:
    row = _row(emotion.label, colour(emotion))
    for column in columns:
        if column.suppressed:
            row.append(_HATCH * cells, "dim")
        else:
            level = min(8, round(column.scores.get(emotion, 0.0) * 8 + 0.3))
            row.append(_BLOCKS[level] * cells, colour(emotion))
    return row


def _group_row(columns: Sequence[Column], cells: int) -> Text:
    row = _row("group", "dim")
    largest = max((column.group_size for column in columns), default=0)
    for column in columns:
        height = 0 if largest == 0 else -(-column.group_size * 8 // largest)
        row.append(_HATCH * cells if column.suppressed else _BLOCKS[height] * cells, "dim")
    row.append(f" {largest}" if largest else "", "dim")
    return row


def _time_row(columns: Sequence[Column], cells: int, room: int) -> Text:
    """Local times below their columns, as many as fit with space between them."""
    labels = [" "] * room
    position = 0
    for index, column in enumerate(columns):
        label = f"{column.start.astimezone():%H:%M:%S}"
        if index * cells >= position and index * cells + len(label) <= room:
            labels[index * cells : index * cells + len(label)] = label
            position = index * cells + max(16, len(label) + 2)
    row = _row("")
    row.append("".join(labels).rstrip(), "dim")
    return row
