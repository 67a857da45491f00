"""A timeline as a strip chart for the terminal: time runs to the right, with one row per emotion; height is the score.

It does not depend on colour: rows are labelled, heights are block characters, and suppressed time is hatched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group
from rich.text import Text

from liveclass.client.colours import colour
from liveclass.client.results import TimelineBucket
from liveclass.emotions import Emotion

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
