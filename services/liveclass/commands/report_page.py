"""The page of `liveclass report`: figures become positions, sentences and SVG here; the rest is in the template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from mako.template import Template  # type: ignore[import-untyped]  # Mako has no types

from liveclass.client.colours import colour
from liveclass.client.results import (
    ChangePoint,
    EmotionShare,
    EmotionTrend,
    Session,
    SessionSummary,
    TimelineBucket,
)
from liveclass.client.timeline import Timeline
from liveclass.emotions import Emotion

MOST_TICKS = 7
TICKS = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
)
STEADY = 0.02
"""Slopes per hour below this are called steady."""


@dataclass(frozen=True)
class Place:
    """A stretch or a point of the time axis, in percent of its length."""

    left: float
    width: float = 0.0
    label: str = ""


@dataclass(frozen=True)
class Layer:
    """One emotion of the stacked chart: an SVG path in a box of 1000 × 100."""

    name: str
    colour: str
    path: str


@dataclass(frozen=True)
class Bar:
    """One emotion of the distribution; all figures in percent."""

    name: str
    colour: str
    mean: float
    low: float
    high: float
    top: float
    trend: str


class _Axis:
    """From a time to percent of the chart's width."""

    def __init__(self, buckets: Sequence[TimelineBucket]) -> None:
        self.start, self.end = buckets[0].start_time, buckets[-1].end_time
        self.length = self.end - self.start

    def percent(self, time: datetime) -> float:
        return round(100 * ((time - self.start) / self.length), 3)

    def place(self, bucket: TimelineBucket, label: str = "") -> Place:
        return Place(self.percent(bucket.start_time), round(100 * (bucket.duration / self.length), 3), label)

    def ticks(self) -> list[Place]:
        """Round local times, not too many, none so close to the end that its label would not fit."""
        step = next((step for step in TICKS if self.length / step <= MOST_TICKS), TICKS[-1])
        offset = self.start.astimezone().utcoffset() or timedelta()
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc) - offset
        time = epoch + -(-(self.start - epoch) // step) * step
        places = []
        while time <= self.end - self.length * 0.04:
            shape = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M"
            places.append(Place(self.percent(time), label=f"{time.astimezone():{shape}}"))
            time += step
        return places


def report_page(session: Session, timeline: Timeline, summary: SessionSummary) -> str:
    """A self-contained HTML page. The timeline must not be empty."""
    buckets = timeline.buckets
    axis = _Axis(buckets)
    template = Template(filename=str(Path(__file__).with_name("report.html.mako")), default_filters=["str", "h"])  # noqa: S702  # h escapes everything
    page: str = template.render(
        session=session,
        when=_when(axis.start, axis.end),
        resolution=_length(timeline.resolution),
        total=summary.total,
        strongest=summary.total.top,
        largest_group=max(bucket.group_size for bucket in buckets),
        legend=[(emotion.label, colour(emotion)) for emotion in Emotion],
        layers=_layers(buckets, axis),
        groups=_groups(buckets, axis),
        suppressed=[axis.place(bucket, _tell(bucket)) for bucket in _joined(buckets)],
        stretches=[axis.place(bucket, _tell(bucket)) for bucket in buckets if not bucket.suppressed],
        ticks=axis.ticks(),
        moments=[(axis.percent(point.time), *_moment(point)) for point in summary.change_points],
        bars=_bars(summary),
        pairs=[(pair.first.label, pair.second.label, f"{pair.share:.0%}") for pair in summary.top_pairs],
        rows=[(_clock(bucket.start_time), _tell(bucket)) for bucket in buckets],
    )
    return page


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


def _tell(bucket: TimelineBucket) -> str:
    """A bucket in words."""
    if bucket.suppressed:
        return f"{_clock(bucket.start_time)} to {_clock(bucket.end_time)}: suppressed, the group was too small"
    if not bucket.emotions:
        return f"{bucket.frames} frames, no face"
    strongest = sorted(bucket.emotions, key=lambda share: -share.mean_score)[:3]
    shares = ", ".join(f"{share.emotion.label} {share.mean_score:.2f}" for share in strongest)
    return f"{shares}; group of {bucket.group_size}, {bucket.faces} faces in {bucket.frames} frames"


def _moment(point: ChangePoint) -> tuple[str, str, str]:
    verb = "rose" if point.after > point.before else "fell"
    sentence = f"{point.emotion.label} {verb} from {point.before:.2f} to {point.after:.2f}"
    return _clock(point.time), sentence, colour(point.emotion)


def _bars(summary: SessionSummary) -> list[Bar]:
    trends = {trend.emotion: trend for trend in summary.trends}
    shares = sorted(summary.total.emotions, key=lambda share: -share.mean_score)
    return [_bar(share, trends.get(share.emotion)) for share in shares]


def _bar(share: EmotionShare, trend: EmotionTrend | None) -> Bar:
    slope = trend.slope_per_hour if trend else 0.0
    words = "steady" if abs(slope) < STEADY else f"{'↗' if slope > 0 else '↘'} {slope:+.2f}"
    return Bar(
        share.emotion.label,
        colour(share.emotion),
        100 * share.mean_score,
        100 * share.mean_score_low,
        100 * share.mean_score_high,
        100 * share.top_share,
        words if trend else "",
    )


def _clock(time: datetime) -> str:
    return f"{time.astimezone():%H:%M:%S}"


def _when(start: datetime, end: datetime) -> str:
    first, last = start.astimezone(), end.astimezone()
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%A %Y-%m-%d, %H:%M} to {until} ({_length(end - start)})"


def _length(duration: timedelta) -> str:
    """Such as "50 min" or "1 h 20 min"."""
    seconds = round(duration.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    minutes = seconds % 3600 // 60
    return f"{seconds // 3600} h" + (f" {minutes} min" if minutes else "")
