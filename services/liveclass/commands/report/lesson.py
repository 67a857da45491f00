"""The data of a report: a lesson, or a part of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from liveclass.client.results import (
    ChangePoint,
    EmotionPair,
    EmotionShare,
    Marker,
    Session,
    SessionSummary,
    TimelineBucket,
)
from liveclass.client.timeline import Timeline
from liveclass.emotions import Emotion

MAX_PAIRS = 5

MIN_PAIR_SHARE = 0.005
"""A smaller share would be rounded to 0 %."""

MIN_TREND_LENGTH = timedelta(minutes=10)
"""Shorter lessons have no trend."""

STEADY = 0.03
"""A mean score that changes less than this from beginning to end is called steady."""


@dataclass(frozen=True)
class Lesson:
    """A lesson with its timeline (`buckets`, at least one) and summary."""

    session: Session
    resolution: timedelta
    buckets: tuple[TimelineBucket, ...]
    summary: SessionSummary
    begin: datetime
    """Time of the first observation: minutes in the report count from here."""
    is_part: bool
    """Whether this is only a part of the lesson."""

    @classmethod
    def whole(cls, session: Session, timeline: Timeline, summary: SessionSummary) -> "Lesson":
        """The whole lesson."""
        return cls(
            session, timeline.resolution, timeline.buckets, summary, timeline.buckets[0].start_time, is_part=False
        )

    @classmethod
    def part(cls, session: Session, timeline: Timeline, summary: SessionSummary, begin: datetime) -> "Lesson":
        """The part of a lesson in `timeline`, with its own mean scores and the change points within it."""
        first, last = timeline.buckets[0].start_time, timeline.buckets[-1].end_time
        changes = tuple(point for point in summary.change_points if first <= point.time < last)
        own = SessionSummary(_total(timeline.buckets), (), changes, ())
        return cls(session, timeline.resolution, timeline.buckets, own, begin, is_part=True)

    @property
    def start(self) -> datetime:
        return self.buckets[0].start_time

    @property
    def end(self) -> datetime:
        return self.buckets[-1].end_time

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def visible_time(self) -> timedelta:
        """Time that is not suppressed."""
        return sum((bucket.duration for bucket in self.buckets if not bucket.suppressed), timedelta())

    @property
    def suppressed_time(self) -> timedelta:
        """Time that is suppressed."""
        return sum((bucket.duration for bucket in self.buckets if bucket.suppressed), timedelta())

    @property
    def is_suppressed(self) -> bool:
        """Whether all buckets are suppressed."""
        return all(bucket.suppressed for bucket in self.buckets)

    @property
    def total(self) -> TimelineBucket:
        return self.summary.total

    @property
    def largest_group(self) -> int:
        return max(bucket.group_size for bucket in self.buckets)

    @property
    def changes(self) -> tuple[ChangePoint, ...]:
        return self.summary.change_points

    @property
    def markers(self) -> tuple[Marker, ...]:
        """The marks within this part."""
        if not self.is_part:
            return self.session.markers
        return tuple(marker for marker in self.session.markers if self.start <= marker.time < self.end)

    @property
    def pairs(self) -> tuple[EmotionPair, ...]:
        """The most frequent pairs of emotions."""
        return tuple(pair for pair in self.summary.top_pairs[:MAX_PAIRS] if pair.share >= MIN_PAIR_SHARE)

    def trends(self) -> dict[Emotion, float]:
        """The change of each mean score over the lesson, by linear trend; empty if the lesson is too short."""
        if self.length < MIN_TREND_LENGTH:
            return {}
        hours = self.length / timedelta(hours=1)
        return {trend.emotion: trend.slope_per_hour * hours for trend in self.summary.trends}

    def times_led(self) -> dict[Emotion, timedelta]:
        """How long each emotion was the strongest, longest first."""
        led: dict[Emotion, timedelta] = {}
        for bucket in self.buckets:
            if bucket.top:
                led[bucket.top.emotion] = led.get(bucket.top.emotion, timedelta()) + bucket.duration
        return dict(sorted(led.items(), key=lambda item: -item[1]))


def strongest_first(bucket: TimelineBucket) -> list[EmotionShare]:
    """Emotions by mean score, highest first."""
    return sorted(bucket.emotions, key=lambda share: -share.mean_score)


def _total(buckets: Sequence[TimelineBucket]) -> TimelineBucket:
    """Merges buckets into one, without confidence intervals, which cannot be derived from those of the parts."""
    visible = [bucket for bucket in buckets if bucket.emotions]
    faces = sum(bucket.faces for bucket in visible)
    seen = sum(bucket.faces / bucket.coverage for bucket in visible if bucket.coverage)
    return replace(
        buckets[0],
        duration=buckets[-1].end_time - buckets[0].start_time,
        frames=sum(bucket.frames for bucket in buckets),
        faces=faces,
        group_size=max(bucket.group_size for bucket in buckets),
        emotions=tuple(_mean(visible, emotion, faces) for emotion in Emotion) if faces else (),
        suppressed=not visible,
        coverage=min(1.0, faces / seen) if seen else 0.0,
    )


def _mean(visible: Sequence[TimelineBucket], emotion: Emotion, faces: int) -> EmotionShare:
    score = sum(bucket.emotions[emotion].mean_score * bucket.faces for bucket in visible) / faces
    top = sum(bucket.emotions[emotion].top_share * bucket.faces for bucket in visible) / faces
    return EmotionShare(emotion, score, top, score, score)
