"""The output of `liveclass classify`: faces, summaries of videos, JSON Lines, and a final count of frames."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from liveclass.client import ClassifiedFrame, Emotion, Frame, LiveClassError, ServiceError, as_json
from liveclass.client.colours import colour
from liveclass.client.delivery import DeliveryStoppedError
from liveclass.commands.classify.inputs import Input, Item
from liveclass.commands.shared.common import print_json, say_error, stderr, stdout
from liveclass.commands.shared.console import NameTable
from liveclass.commands.shared.rendering import add_faces, bar, face_table

ROWS_AT_ONCE = 500
"""Rows collected before a table is printed, so that columns line up."""

MAX_MESSAGES = 5
"""Error messages printed for one video."""


class Output:
    """Prints results as they arrive, and counts them."""

    def __init__(self, *, as_json: bool, verbose: bool, save: Path | None, session: str) -> None:
        self.frames = self.classified = self.recorded = self.unsent = 0
        self.refused: Counter[str] = Counter()
        self.unrecorded: Counter[str] = Counter()
        self._as_json, self._verbose, self._save, self._session = as_json, verbose, save, session
        self._saved = 0
        self._messages: Counter[Input] = Counter()
        self._summaries: dict[Input, VideoSummary] = {}
        self._table = self._new_table()

    @property
    def all_done(self) -> bool:
        """Whether every frame was classified and, if a session is named, recorded."""
        return not (self.refused or self.unrecorded)

    def show(self, item: Item, result: ClassifiedFrame | LiveClassError) -> None:
        """Prints and counts the result of one frame."""
        self.frames += 1
        if isinstance(result, DeliveryStoppedError):
            self.unsent += 1
            return
        self._count(item, result)
        if self._as_json:
            _print_json_line(item, result)
        elif isinstance(result, ClassifiedFrame):
            self._add(item, result)
        if self._save is not None and item.frame is not None and isinstance(result, ClassifiedFrame):
            _save_picture(self._save / item.save_as, item.frame, result)
            self._saved += 1

    def _count(self, item: Item, result: ClassifiedFrame | LiveClassError) -> None:
        if isinstance(result, LiveClassError):
            self.refused[_reason(item, result)] += 1
            self._print_error(item, result)
            return
        self.classified += 1
        self.recorded += result.recorded
        if self._session and not result.recorded:
            self.unrecorded[str(result.record_error or "no reason given")] += 1
            self._print_error(item, f"not recorded: {result.record_error}")

    def _add(self, item: Item, frame: ClassifiedFrame) -> None:
        if item.given.is_video and not self._verbose:
            self._summaries.setdefault(item.given, VideoSummary()).add(item.position, frame)
            return
        add_faces(self._table, item.label, frame)
        if self._table.row_count >= ROWS_AT_ONCE or item.given.is_camera:
            self._flush()

    def _print_error(self, item: Item, error: LiveClassError | str) -> None:
        self._messages[item.given] += 1
        if not self._as_json and self._messages[item.given] <= MAX_MESSAGES:
            say_error(str(error) if item.given.name in str(error) else f"{item.name}: {error}")

    def refuse_to_overwrite(self, inputs: Iterable[Input]) -> None:
        """Raises BadParameter if a saved picture would overwrite an input."""
        for given in inputs:
            if self._save is not None and (self._save / given.save_as).resolve() == Path(given.name).resolve():
                raise typer.BadParameter(
                    f"{given.name} would be overwritten; choose another folder", param_hint="--save"
                )

    def finish(self, *, dropped: int, was_stopped: bool) -> None:
        """Prints the summaries, and one line with the counts."""
        self._flush()
        for given, summary in self._summaries.items():
            title = Text(f"{given.label}: ", "bold").append(Text(summary.sentence(), "not bold"))
            stdout().print(title, soft_wrap=True)
            stdout().print(summary.table())
        if self._saved:
            stderr().print(Text(f"{self._saved} picture(s) saved in {self._save}"), soft_wrap=True)
        if self.frames or was_stopped:
            stderr().print(Text(self._counts(dropped, was_stopped)), soft_wrap=True)

    def _counts(self, dropped: int, was_stopped: bool) -> str:
        parts = [f"{self.classified} of {_count_of(self.frames, 'frame')} classified"]
        if self._session:
            parts[0] += f", {self.recorded} recorded"
        if self.refused:
            parts.append(f"{self.refused.total()} refused: {_listed(self.refused)}")
        if self.unrecorded:
            parts.append(f"{self.unrecorded.total()} not recorded: {_listed(self.unrecorded)}")
        if self.unsent:
            parts.append(f"{self.unsent} read but not sent")
        if dropped:
            parts.append(f"{dropped} dropped, since the camera is faster than the service")
        return ("Stopped. " if was_stopped else "") + "; ".join(parts) + "."

    def _flush(self) -> None:
        """Prints the table and starts a new one."""
        if self._table.row_count:
            stdout().print(self._table)
            self._table = self._new_table()

    def _new_table(self) -> NameTable:
        return face_table(with_session=bool(self._session))


def _count_of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason} ({number})" for reason, number in reasons.most_common(5))


def _reason(item: Item, error: LiveClassError) -> str:
    """The message without the file's name, so that equal reasons are counted together."""
    if isinstance(error, ServiceError):
        return error.message
    return str(error).removeprefix(item.given.name).strip()


def _print_json_line(item: Item, result: ClassifiedFrame | LiveClassError) -> None:
    if not isinstance(result, LiveClassError):
        fields = as_json(result)
        print_json({"path": item.name, **(fields if isinstance(fields, dict) else {})})
    elif isinstance(result, ServiceError):
        print_json({"path": item.name, "error": result})
    else:
        print_json({"path": item.name, "error": {"message": str(result)}})


def _save_picture(path: Path, frame: Frame, result: ClassifiedFrame) -> None:
    import cv2

    from liveclass.client.frames import encode
    from liveclass.commands.shared.pictures import draw_faces, read_pixels

    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(path.suffix, draw_faces(read_pixels(encode(frame.image)), result.faces))
    if done:
        path.write_bytes(data.tobytes())


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
