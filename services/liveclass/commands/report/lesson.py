"""A lesson, or a part of one, in the figures that a report shows."""

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

MOST_PAIRS = 5

LEAST_PAIR_SHARE = 0.005
"""A pair of fewer faces would be one of "0 %"."""

SHORTEST_TREND = timedelta(minutes=10)
"""A line through less than this says nothing about a lesson."""

STEADY = 0.03
"""Changes of a mean score from beginning to end that are smaller are called none."""


@dataclass(frozen=True)
class Lesson:
    """What is known about a lesson. Its `buckets` are those that are shown; there is at least one."""

    session: Session
    resolution: timedelta
    buckets: tuple[TimelineBucket, ...]
    summary: SessionSummary
    begin: datetime
    """When something was first observed: the beginning of the lesson, from which minutes are counted."""
    is_part: bool
    """Whether only a part of the lesson is shown."""

    @classmethod
    def whole(cls, session: Session, timeline: Timeline, summary: SessionSummary) -> "Lesson":
        """All of it."""
        return cls(
            session, timeline.resolution, timeline.buckets, summary, timeline.buckets[0].start_time, is_part=False
        )

    @classmethod
    def part(cls, session: Session, timeline: Timeline, summary: SessionSummary, begin: datetime) -> "Lesson":
        """The part that `timeline` covers: its own mean scores, and of the `summary` the changes within it."""
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
    def time_shown(self) -> timedelta:
        """How much of it shows emotions, or that there was no face."""
        return sum((bucket.duration for bucket in self.buckets if not bucket.suppressed), timedelta())

    @property
    def time_hidden(self) -> timedelta:
        """How much of it is suppressed."""
        return sum((bucket.duration for bucket in self.buckets if bucket.suppressed), timedelta())

    @property
    def is_hidden(self) -> bool:
        """Whether all of it is suppressed."""
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
        """Those of the part that is shown."""
        if not self.is_part:
            return self.session.markers
        return tuple(marker for marker in self.session.markers if self.start <= marker.time < self.end)

    @property
    def pairs(self) -> tuple[EmotionPair, ...]:
        """The most frequent ones."""
        return tuple(pair for pair in self.summary.top_pairs[:MOST_PAIRS] if pair.share >= LEAST_PAIR_SHARE)

    def trends(self) -> dict[Emotion, float]:
        """By how much each mean score changed from beginning to end, as a straight line has it.

        Empty where that line would be drawn through too little.
        """
        if self.length < SHORTEST_TREND:
            return {}
        hours = self.length / timedelta(hours=1)
        return {trend.emotion: trend.slope_per_hour * hours for trend in self.summary.trends}

    def times_led(self) -> dict[Emotion, timedelta]:
        """For how long each emotion was the strongest, longest first."""
        led: dict[Emotion, timedelta] = {}
        for bucket in self.buckets:
            if bucket.top:
                led[bucket.top.emotion] = led.get(bucket.top.emotion, timedelta()) + bucket.duration
        return dict(sorted(led.items(), key=lambda item: -item[1]))


def strongest_first(bucket: TimelineBucket) -> list[EmotionShare]:
    """Its emotions by their mean scores."""
    return sorted(bucket.emotions, key=lambda share: -share.mean_score)


def _total(buckets: Sequence[TimelineBucket]) -> TimelineBucket:
    """Buckets as one, by what each of them shows. The intervals of the means cannot be told from those of the parts."""
    shown = [bucket for bucket in buckets if bucket.emotions]
    faces = sum(bucket.faces for bucket in shown)
    seen = sum(bucket.faces / bucket.coverage for bucket in shown if bucket.coverage)
    return replace(
        buckets[0],
        duration=buckets[-1].end_time - buckets[0].start_time,
        frames=sum(bucket.frames for bucket in buckets),
        faces=faces,
        group_size=max(bucket.group_size for bucket in buckets),
        emotions=tuple(_mean(shown, emotion, faces) for emotion in Emotion) if faces else (),
        suppressed=not shown,
        coverage=min(1.0, faces / seen) if seen else 0.0,
    )


def _mean(shown: Sequence[TimelineBucket], emotion: Emotion, faces: int) -> EmotionShare:
    score = sum(bucket.emotions[emotion].mean_score * bucket.faces for bucket in shown) / faces
    top = sum(bucket.emotions[emotion].top_share * bucket.faces for bucket in shown) / faces
    return EmotionShare(emotion, score, top, score, score)
