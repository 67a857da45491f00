"""The page of `liveclass report`: figures become positions and SVG here, and the template is filled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from string import ascii_uppercase

from mako.template import Template  # type: ignore[import-untyped]  # Mako has no types

from liveclass.client.colours import colour
from liveclass.client.results import TimelineBucket
from liveclass.commands.report import lesson_text as words
from liveclass.commands.report.lesson import Lesson, strongest_first
from liveclass.commands.shared.rendering import scored_by
from liveclass.emotions import Emotion

MOST_TICKS = 7
TICKS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
)


@dataclass(frozen=True)
class Place:
    """A stretch or a point of the time axis, in percent of its length."""

    left: float
    width: float = 0.0
    label: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Layer:
    """One emotion of the stacked chart: an SVG path in a box of 1000 × 100."""

    name: str
    colour: str
    path: str


@dataclass(frozen=True)
class Bar:
    """One emotion of the distribution; all figures in percent, and in words how its mean changed."""

    name: str
    colour: str
    mean: float
    low: float
    high: float
    top: float
    trend: str


@dataclass(frozen=True)
class Moment:
    """A moment of the lesson: where it stands on the axis, if it is on it, and what is said about it."""

    badge: str
    left: float | None
    since: str
    clock: str
    text: str
    colour: str = ""


class _Axis:
    """From a time to percent of the chart's width."""

    def __init__(self, lesson: Lesson, length: timedelta) -> None:
        self.begin, self.start, self.end, self.length = lesson.begin, lesson.start, lesson.end, length

    def percent(self, time: datetime) -> float:
        return round(100 * ((time - self.start) / self.length), 3)

    def inside(self, time: datetime) -> float | None:
        return self.percent(time) if self.start <= time <= self.end else None

    def place(self, bucket: TimelineBucket, label: str = "") -> Place:
        return Place(self.percent(bucket.start_time), round(100 * (bucket.duration / self.length), 3), label)

    def ticks(self) -> list[Place]:
        """Round times since the beginning, not too many, none so close to the end that its label would not fit."""
        step = next((step for step in TICKS if self.length / step <= MOST_TICKS), TICKS[-1])
        time = self.begin + -(-(self.start - self.begin) // step) * step
        places = []
        while time <= self.start + self.length * 0.94:
            shape = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M"
            passed = words.length(time - self.begin) if time > self.begin else "0 min"
            places.append(Place(self.percent(time), label=passed, clock=f"{time.astimezone():{shape}}"))
            time += step
        return places


class Chart:
    """A lesson as the template draws it, on an axis of `length`."""

    def __init__(self, lesson: Lesson, length: timedelta) -> None:
        axis, buckets = _Axis(lesson, length), lesson.buckets
        self.lesson = lesson
        self.title, self.name = words.title(lesson), lesson.session.name
        self.when, self.scored_by = words.when(lesson), scored_by(lesson.session.labels)
        self.paragraph = words.paragraph(lesson)
        self.is_running = lesson.session.end_time is None
        self.resolution = words.length(lesson.resolution)
        self.layers, self.groups = _layers(buckets, axis), _groups(buckets, axis)
        self.suppressed = [axis.place(bucket, words.tell_bucket(bucket)) for bucket in _joined(buckets)]
        self.stretches = [axis.place(one, _told(lesson, one)) for one in buckets if not one.suppressed]
        self.ticks = axis.ticks()
        self.changes = _changes(lesson, axis)
        self.no_changes = words.no_moments(lesson)
        self.markers = _markers(lesson, axis)
        self.bars = _bars(lesson)
        self.has_trends = bool(lesson.trends())
        self.pairs = [(pair.first.label, pair.second.label, f"{pair.share:.0%}") for pair in lesson.pairs]
        self.rows = [(words.since(lesson.begin, one.start_time), words.clock(one.start_time), words.tell_bucket(one))
                     for one in buckets]  # fmt: skip
        self.tiles = _tiles(lesson)


def report_page(lessons: Sequence[Lesson]) -> str:
    """One lesson, or two that are compared, as a self-contained HTML page."""
    length = max(lesson.length for lesson in lessons)
    charts = [Chart(lesson, length) for lesson in lessons]
    template = Template(filename=str(Path(__file__).with_name("report.html.mako")), default_filters=["str", "h"])  # noqa: S702  # h escapes everything
    page: str = template.render(
        charts=charts,
        title=" and ".join(chart.title for chart in charts),
        minimum=max(lesson.session.minimum_group_size for lesson in lessons),
        legend=[(emotion.label, colour(emotion)) for emotion in Emotion],
        compared=words.compared(*lessons) if len(lessons) == 2 else "",
        differences=_differences(*lessons) if len(lessons) == 2 else [],
    )
    return page


def _tiles(lesson: Lesson) -> list[tuple[str, str, str]]:
    """(what, figure, explanation): the figures that are read first."""
    total, watched = lesson.total, lesson.time_shown + lesson.time_hidden
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
            f"{lesson.time_shown / watched:.0%}",
            f"{words.length(lesson.time_shown)} of {words.length(watched)}",
        ),
        (
            "faces read",
            f"{total.coverage:.0%}" if total.faces else "–",
            f"of those seen; {total.faces:,} in {total.frames:,} frames" if total.faces else nothing,
        ),
    ]


def _layers(buckets: Sequence[TimelineBucket], axis: _Axis) -> list[Layer]:
    """The layers in the order in which they are painted: each covers the foot of the one before, so that none gapes."""
    shown = [(axis.place(bucket), bucket.emotions) for bucket in buckets if bucket.emotions]
    layers = []
    for emotion in reversed(Emotion):
        parts = []
        for place, shares in shown:
            height = 100 * min(1.0, sum(share.mean_score for share in shares[: emotion + 1]))
            parts.append(_rectangle(place, 100 - height, height))
        layers.append(Layer(emotion.label, colour(emotion), "".join(parts)))
    return layers


def _groups(buckets: Sequence[TimelineBucket], axis: _Axis) -> str:
    """The group sizes as one SVG path, the largest being full height."""
    largest = max((bucket.group_size for bucket in buckets), default=0) or 1
    heights = ((axis.place(bucket), 100 * bucket.group_size / largest) for bucket in buckets if bucket.group_size)
    return "".join(_rectangle(place, 100 - height, height) for place, height in heights)


def _rectangle(place: Place, top: float, height: float) -> str:
    return f"M{place.left * 10:.2f} {top:.2f}h{place.width * 10:.2f}v{height:.2f}h{-place.width * 10:.2f}z"


def _joined(buckets: Iterable[TimelineBucket]) -> list[TimelineBucket]:
    """Suppressed buckets that follow one another, as one."""
    joined: list[TimelineBucket] = []
    for bucket in buckets:
        if not bucket.suppressed:
            continue
        if joined and joined[-1].end_time == bucket.start_time:
            last = joined.pop()
            bucket = replace(last, duration=bucket.end_time - last.start_time)  # noqa: PLW2901  # the two are one from here on
        joined.append(bucket)
    return joined


def _told(lesson: Lesson, bucket: TimelineBucket) -> str:
    times = f"{words.since(lesson.begin, bucket.start_time)}, {words.clock(bucket.start_time)}"
    return f"{times}: {words.tell_bucket(bucket)}"


def _changes(lesson: Lesson, axis: _Axis) -> list[Moment]:
    return [
        Moment(
            str(number),
            axis.inside(point.time),
            words.since(lesson.begin, point.time),
            words.clock(point.time),
            words.tell_change(point),
            colour(point.emotion),
        )
        for number, point in enumerate(lesson.changes, start=1)
    ]


def _markers(lesson: Lesson, axis: _Axis) -> list[Moment]:
    return [
        Moment(
            _letters(number),
            axis.inside(marker.time),
            words.since(lesson.begin, marker.time),
            words.clock(marker.time),
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
            words.tell_trend(trends[share.emotion]) if share.emotion in trends else "",
        )
        for share in strongest_first(lesson.total)
    ]


def _differences(first: Lesson, second: Lesson) -> list[tuple[str, str, float, float, str]]:
    """(emotion, colour, mean score in each lesson, difference) where both show any, by the same labels."""
    if not words.are_comparable(first, second):
        return []
    pairs = zip(first.total.emotions, second.total.emotions, strict=False)
    return [
        (one.emotion.label, colour(one.emotion), one.mean_score, other.mean_score,
         words.signed(other.mean_score - one.mean_score))
        for one, other in sorted(pairs, key=lambda pair: -max(share.mean_score for share in pair))
    ]  # fmt: skip
