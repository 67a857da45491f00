"""Renders the page of `liveclass report`: computes positions and SVG paths, and fills the template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from string import ascii_uppercase

from mako.template import Template  # type: ignore[import-untyped]  # Mako has no types

from liveclass.client.colours import colour
from liveclass.client.results import TimelineBucket
from liveclass.commands.report import lesson_text
from liveclass.commands.report.lesson import Lesson, strongest_first
from liveclass.commands.shared.rendering import scored_by
from liveclass.emotions import Emotion

MAX_TICKS = 7
TICKS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
)


@dataclass(frozen=True)
class Place:
    """An interval or a point on the time axis, in percent of its length."""

    left: float
    width: float = 0.0
    label: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Layer:
    """One emotion of the stacked chart: an SVG path in a view box of 1000 × 100."""

    name: str
    colour: str
    path: str


@dataclass(frozen=True)
class Bar:
    """One emotion of the distribution: numbers in percent, and its trend in words."""

    name: str
    colour: str
    mean: float
    low: float
    high: float
    top: float
    trend: str


@dataclass(frozen=True)
class Moment:
    """A change point or mark: its position on the axis (None if outside) and its text."""

    badge: str
    left: float | None
    since: str
    clock: str
    text: str
    colour: str = ""


class _Axis:
    """Converts times to percent of the chart's width."""

    def __init__(self, lesson: Lesson, length: timedelta) -> None:
        self.begin, self.start, self.end, self.length = lesson.begin, lesson.start, lesson.end, length

    def percent(self, time: datetime) -> float:
        return round(100 * ((time - self.start) / self.length), 3)

    def inside(self, time: datetime) -> float | None:
        return self.percent(time) if self.start <= time <= self.end else None

    def place(self, bucket: TimelineBucket, label: str = "") -> Place:
        return Place(self.percent(bucket.start_time), round(100 * (bucket.duration / self.length), 3), label)

    def ticks(self) -> list[Place]:
        """At most `MAX_TICKS` round times since the beginning, except near the end, where a label would not fit."""
        step = next((step for step in TICKS if self.length / step <= MAX_TICKS), TICKS[-1])
        time = self.begin + -(-(self.start - self.begin) // step) * step
        places = []
        while time <= self.start + self.length * 0.94:
            shape = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M"
            passed = lesson_text.length(time - self.begin) if time > self.begin else "0 min"
            places.append(Place(self.percent(time), label=passed, clock=f"{time.astimezone():{shape}}"))
            time += step
        return places


class Chart:
    """What the template needs of a lesson, on a time axis of `length`."""

    def __init__(self, lesson: Lesson, length: timedelta) -> None:
        axis, buckets = _Axis(lesson, length), lesson.buckets
        self.lesson = lesson
        self.title, self.name = lesson_text.title(lesson), lesson.session.name
        self.when, self.scored_by = lesson_text.when(lesson), scored_by(lesson.session.labels)
        self.paragraph = lesson_text.paragraph(lesson)
        self.is_running = lesson.session.end_time is None
        self.resolution = lesson_text.length(lesson.resolution)
        self.layers, self.groups = _layers(buckets, axis), _groups(buckets, axis)
        self.suppressed = [axis.place(bucket, lesson_text.describe_bucket(bucket)) for bucket in _joined(buckets)]
        self.intervals = [axis.place(one, _bucket_label(lesson, one)) for one in buckets if not one.suppressed]
        self.ticks = axis.ticks()
        self.changes = _changes(lesson, axis)
        self.no_changes = lesson_text.no_moments(lesson)
        self.markers = _markers(lesson, axis)
        self.bars = _bars(lesson)
        self.has_trends = bool(lesson.trends())
        self.pairs = [(pair.first.label, pair.second.label, f"{pair.share:.0%}") for pair in lesson.pairs]
        self.rows = [_row(lesson, bucket) for bucket in buckets]
        self.tiles = _tiles(lesson)


def report_page(lessons: Sequence[Lesson]) -> str:
    """A self-contained HTML page about one lesson, or a comparison of two."""
    length = max(lesson.length for lesson in lessons)
    charts = [Chart(lesson, length) for lesson in lessons]
    template = Template(filename=str(Path(__file__).with_name("report.html.mako")), default_filters=["str", "h"])  # noqa: S702  # h escapes all values
    page: str = template.render(
        charts=charts,
        title=" and ".join(chart.title for chart in charts),
        minimum=max(lesson.session.minimum_group_size for lesson in lessons),
        legend=[(emotion.label, colour(emotion)) for emotion in Emotion],
        compared=lesson_text.compared(*lessons) if len(lessons) == 2 else "",
        differences=_differences(*lessons) if len(lessons) == 2 else [],
    )
    return page


def _tiles(lesson: Lesson) -> list[tuple[str, str, str]]:
    """(name, value, explanation) of the numbers at the top."""
    total, watched = lesson.total, lesson.visible_time + lesson.suppressed_time
    nothing = "too few people"
    strongest = total.top
    return [
        (
            "strongest",
            strongest.emotion.label if strongest else "not shown",
            f"mean score {strongest.mean_score:.2f}" if strongest else nothing,
        ),
        ("largest group", str(lesson.largest_group or "–"), "faces seen at once"),
        (
            "time shown",
            f"{lesson.visible_time / watched:.0%}",
            f"{lesson_text.length(lesson.visible_time)} of {lesson_text.length(watched)}",
        ),
        (
            "faces read",
            f"{total.coverage:.0%}" if total.faces else "–",
            f"of those seen; {total.faces:,} in {total.frames:,} frames" if total.faces else nothing,
        ),
    ]


def _layers(buckets: Sequence[TimelineBucket], axis: _Axis) -> list[Layer]:
    """The layers in painting order: each covers the lower part of the one before, so that there are no gaps."""
    visible = [(axis.place(bucket), bucket.emotions) for bucket in buckets if bucket.emotions]
    layers = []
    for emotion in reversed(Emotion):
        parts = []
        for place, shares in visible:
            height = 100 * min(1.0, sum(share.mean_score for share in shares[: emotion + 1]))
            parts.append(_rectangle(place, 100 - height, height))
        layers.append(Layer(emotion.label, colour(emotion), "".join(parts)))
    return layers


def _groups(buckets: Sequence[TimelineBucket], axis: _Axis) -> str:
    """The group sizes as one SVG path, scaled to the largest."""
    largest = max((bucket.group_size for bucket in buckets), default=0) or 1
    heights = ((axis.place(bucket), 100 * bucket.group_size / largest) for bucket in buckets if bucket.group_size)
    return "".join(_rectangle(place, 100 - height, height) for place, height in heights)


def _rectangle(place: Place, top: float, height: float) -> str:
    return f"M{place.left * 10:.2f} {top:.2f}h{place.width * 10:.2f}v{height:.2f}h{-place.width * 10:.2f}z"


def _joined(buckets: Iterable[TimelineBucket]) -> list[TimelineBucket]:
    """Suppressed buckets, with consecutive ones merged."""
    joined: list[TimelineBucket] = []
    for bucket in buckets:
        if not bucket.suppressed:
            continue
        if joined and joined[-1].end_time == bucket.start_time:
            last = joined.pop()
            bucket = replace(last, duration=bucket.end_time - last.start_time)  # noqa: PLW2901  # merged
        joined.append(bucket)
    return joined


def _row(lesson: Lesson, bucket: TimelineBucket) -> tuple[str, str, str]:
    """(time since the beginning, time of day, content) of a bucket."""
    start = bucket.start_time
    return lesson_text.since(lesson.begin, start), lesson_text.clock(start), lesson_text.describe_bucket(bucket)


def _bucket_label(lesson: Lesson, bucket: TimelineBucket) -> str:
    since, clock, content = _row(lesson, bucket)
    return f"{since}, {clock}: {content}"


def _changes(lesson: Lesson, axis: _Axis) -> list[Moment]:
    return [
        Moment(
            str(number),
            axis.inside(point.time),
            lesson_text.since(lesson.begin, point.time),
            lesson_text.clock(point.time),
            lesson_text.describe_change(point),
            colour(point.emotion),
        )
        for number, point in enumerate(lesson.changes, start=1)
    ]


def _markers(lesson: Lesson, axis: _Axis) -> list[Moment]:
    return [
        Moment(
            _letters(number),
            axis.inside(marker.time),
            lesson_text.since(lesson.begin, marker.time),
            lesson_text.clock(marker.time),
            marker.text,
        )
        for number, marker in enumerate(lesson.markers)
    ]


def _letters(number: int) -> str:
    """A … Z, AA, AB …"""
    rounds, letter = divmod(number, len(ascii_uppercase))
    return (ascii_uppercase[rounds - 1] if rounds else "") + ascii_uppercase[letter]


def _bars(lesson: Lesson) -> list[Bar]:
    trends = lesson.trends()
    return [
        Bar(
            share.emotion.label,
            colour(share.emotion),
            100 * share.mean_score,
            100 * share.mean_score_low,
            100 * share.mean_score_high,
            100 * share.top_share,
            lesson_text.describe_trend(trends[share.emotion]) if share.emotion in trends else "",
        )
        for share in strongest_first(lesson.total)
    ]


def _differences(first: Lesson, second: Lesson) -> list[tuple[str, str, float, float, str]]:
    """(emotion, colour, mean score in each lesson, difference) where both show any, by the same labels."""
    if not lesson_text.are_comparable(first, second):
        return []
    pairs = zip(first.total.emotions, second.total.emotions, strict=False)
    return [
        (one.emotion.label, colour(one.emotion), one.mean_score, other.mean_score,
         lesson_text.signed(other.mean_score - one.mean_score))
        for one, other in sorted(pairs, key=lambda pair: -max(share.mean_score for share in pair))
    ]  # fmt: skip
