"""What `liveclass classify` prints: faces, summaries of videos, JSON Lines, and at the end a count of all frames."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import typer
from rich.text import Text

from liveclass.client import ClassifiedFrame, Frame, LiveClassError, ServiceError, as_json
from liveclass.client.delivery import DeliveryStoppedError
from liveclass.commands.classify.inputs import Input, Item
from liveclass.commands.classify.video_summary import VideoSummary
from liveclass.commands.shared.common import print_json, say_error, stderr, stdout
from liveclass.commands.shared.console import NameTable
from liveclass.commands.shared.rendering import add_faces, face_table

ROWS_AT_ONCE = 500
"""Rows of faces that are held back, so that their columns line up."""

MOST_MESSAGES = 5
"""Frames of one video whose refusal is told one by one."""


class Output:
    """Shows results as they come, and counts what became of the frames."""

    def __init__(self, *, as_json: bool, verbose: bool, save: Path | None, session: str) -> None:
        self.frames = self.classified = self.recorded = self.unsent = 0
        self.refused: Counter[str] = Counter()
        self.unrecorded: Counter[str] = Counter()
        self._as_json, self._verbose, self._save, self._session = as_json, verbose, save, session
        self._saved = 0
        self._told: Counter[Input] = Counter()
        self._summaries: dict[Input, VideoSummary] = {}
        self._table = self._new_table()

    @property
    def all_done(self) -> bool:
        """Whether every frame was classified, and recorded where a session is named."""
        return not (self.refused or self.unrecorded)

    def show(self, item: Item, result: ClassifiedFrame | LiveClassError) -> None:
        """What became of one frame."""
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
            self._tell(item, result)
            return
        self.classified += 1
        self.recorded += result.recorded
        if self._session and not result.recorded:
            self.unrecorded[str(result.record_error or "no reason given")] += 1
            self._tell(item, f"not recorded: {result.record_error}")

    def _add(self, item: Item, frame: ClassifiedFrame) -> None:
        if item.given.is_video and not self._verbose:
            self._summaries.setdefault(item.given, VideoSummary()).add(item.position, frame)
            return
        add_faces(self._table, item.label, frame)
        if self._table.row_count >= ROWS_AT_ONCE or item.given.is_camera:
            self._flush()

    def _tell(self, item: Item, error: LiveClassError | str) -> None:
        self._told[item.given] += 1
        if not self._as_json and self._told[item.given] <= MOST_MESSAGES:
            say_error(str(error) if item.given.name in str(error) else f"{item.name}: {error}")

    def refuse_to_overwrite(self, inputs: Iterable[Input]) -> None:
        """Raises BadParameter where a saved picture would take the place of one that was given."""
        for given in inputs:
            if self._save is not None and (self._save / given.save_as).resolve() == Path(given.name).resolve():
                raise typer.BadParameter(
                    f"{given.name} would be overwritten; choose another folder", param_hint="--save"
                )

    def finish(self, *, dropped: int, was_stopped: bool) -> None:
        """The summaries, and one line that says what became of all frames."""
        self._flush()
        for given, summary in self._summaries.items():
            title = Text(f"{given.label}: ", "bold").append(Text(summary.sentence(), "not bold"))
            stdout().print(title, soft_wrap=True)
            stdout().print(summary.table())
        if self._saved:
            stderr().print(Text(f"{self._saved} picture(s) saved in {self._save}"), soft_wrap=True)
        if self.frames or was_stopped:
            stderr().print(Text(self._account(dropped, was_stopped)), soft_wrap=True)

    def _account(self, dropped: int, was_stopped: bool) -> str:
        parts = [f"{self.classified} of {_count_of(self.frames, 'frame')} classified"]
        if self._session:
            parts[0] += f", {self.recorded} recorded"
        if self.refused:
            parts.append(f"{self.refused.total()} refused: {_listed(self.refused)}")
        if self.unrecorded:
            parts.append(f"{self.unrecorded.total()} not recorded: {_listed(self.unrecorded)}")
        if self.unsent:
            parts.append(f"{self.unsent} read and not sent")
        if dropped:
            parts.append(f"{dropped} dropped, since the camera gives more than the service takes")
        return ("Stopped. " if was_stopped else "") + "; ".join(parts) + "."

    def _flush(self) -> None:
        """Prints what the table holds, and begins another."""
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
    """Why, without the name of the file that it is about: many share one reason."""
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
