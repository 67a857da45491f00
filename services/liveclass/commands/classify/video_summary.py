"""Summary of a video: number of people and their emotions over time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from rich.table import Table
from rich.text import Text

from liveclass.client import ClassifiedFrame, Emotion
from liveclass.client.colours import colour
from liveclass.commands.shared.rendering import bar

ROWS = 12
"""Longest summary."""


@dataclass
class _Interval:
    """Sums over an interval of a video."""

    frames: int = 0
    faces: int = 0
    most: int = 0
    scores: list[float] = field(default_factory=lambda: [0.0] * len(Emotion))

    def add(self, other: "_Interval") -> None:
        self.frames += other.frames
        self.faces += other.faces
        self.most = max(self.most, other.most)
        self.scores = [mine + theirs for mine, theirs in zip(self.scores, other.scores, strict=True)]

    @property
    def strongest(self) -> list[tuple[Emotion, float]]:
        """Emotions with their mean scores, highest first; empty without faces."""
        if not self.faces:
            return []
        means = [(emotion, self.scores[emotion] / self.faces) for emotion in Emotion]
        return sorted(means, key=lambda pair: -pair[1])


class VideoSummary:
    """Sums of the frames so far, in at most `ROWS` intervals."""

    def __init__(self) -> None:
        self.total = _Interval()
        self._seconds = 1
        """Length of an interval; doubled when there are too many."""
        self._intervals: dict[int, _Interval] = {}

    def add(self, position: timedelta, frame: ClassifiedFrame) -> None:
        """Adds a frame at `position` since the start."""
        scores = [sum(face.score(emotion) for face in frame.faces) for emotion in Emotion]
        seen = _Interval(1, len(frame.faces), len(frame.faces), scores)
        self.total.add(seen)
        self._put(int(position.total_seconds()) // self._seconds, seen)
        while len(self._intervals) > ROWS:
            old, self._intervals = self._intervals, {}
            self._seconds *= 2
            for index, interval in old.items():
                self._put(index // 2, interval)

    def _put(self, index: int, interval: _Interval) -> None:
        self._intervals.setdefault(index, _Interval()).add(interval)

    def table(self) -> Table:
        """A row for each interval: time, number of people, and the two strongest emotions."""
        table = Table(header_style="bold", box=None, pad_edge=False)
        table.add_column("time", no_wrap=True)
        for name in ("frames", "people"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("strongest", no_wrap=True)
        table.add_column("", no_wrap=True)
        table.add_column("then", no_wrap=True)
        for row in self._rows():
            table.add_row(*row)
        return table

    def _rows(self) -> Iterator[tuple[str | Text, ...]]:
        for index, interval in sorted(self._intervals.items()):
            people = f"{interval.faces / interval.frames:.1f}"
            counts = (_clock(index * self._seconds), str(interval.frames), people)
            strongest = interval.strongest
            if not strongest:
                yield (*counts, Text("no face", "dim"), "", "")
                continue
            (first, score), (second, next_score) = strongest[:2]
            first_text = Text(f"{first.label} {score:.2f}", colour(first))
            yield (*counts, first_text, bar(score, 10, colour(first)), Text(f"{second.label} {next_score:.2f}", "dim"))

    def sentence(self) -> str:
        """The whole video in one sentence."""
        people = "1 person" if self.total.most == 1 else f"{self.total.most} people"
        felt = ", ".join(f"{emotion.label} {score:.2f}" for emotion, score in self.total.strongest[:2])
        return f"at most {people} at once" + (f"; on the whole {felt}" if felt else "")


def _clock(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
