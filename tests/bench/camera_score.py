"""What the cameras' answers are worth: faces found, tracks, how soon a new face is seen, and the timeline."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import pairwise

import numpy as np
from camera_client import FoundFace
from camera_run import Sent
from moving_class import CUT_SECONDS, Class, Seen, Video

from liveclass.client import ClassifiedFrame, LiveClass, Observation

CALLERS = 3
BATCH = 100


def same_person(seen: Sequence[Seen], faces: Sequence[FoundFace]) -> dict[int, int]:
    """Index of the face found for each person who looks at the camera."""
    found = {}
    for one in seen:
        if one.is_clear:
            shares = [_overlap(one, face) for face in faces]
            if shares and max(shares) > 0.3:
                found[one.person] = int(np.argmax(shares))
    return found


def _overlap(seen: Seen, face: FoundFace) -> float:
    """Intersection over union."""
    width = min(seen.x + seen.side, face.x + face.width) - max(seen.x, face.x)
    height = min(seen.y + seen.side, face.y + face.height) - max(seen.y, face.y)
    both = max(0.0, width) * max(0.0, height)
    return both / (seen.side**2 + face.width * face.height - both)


@dataclass(frozen=True)
class Full:
    """A video whose frames were searched and classified each on its own."""

    scene: Class
    truth: list[list[Seen]]
    frames: dict[int, ClassifiedFrame]
    """By their number in the video: those that a camera has sent."""

    def people(self, number: int) -> set[int]:
        """Who was found in frame `number`."""
        if number not in self.frames:
            return set()
        return set(same_person(self.truth[number], faces_of(self.frames[number])))


def faces_of(frame: ClassifiedFrame) -> list[FoundFace]:
    return [FoundFace(*face.box, face.track_id) for face in frame.faces]


def full_computation(client: LiveClass, scene: Class, video: Video, cameras: Sequence[Sent]) -> Full:
    """Each frame that the cameras of this scene have sent, as one of which nothing is known: no saving applies."""
    numbers = sorted({number for camera in cameras if camera.scene == scene for number in _numbers(camera, video)})
    with ThreadPoolExecutor(CALLERS) as callers:
        frames = callers.map(lambda number: client.classify(video.jpegs[number], timeout=30), numbers)
        return Full(scene, video.truth, dict(zip(numbers, frames, strict=True)))


def _numbers(camera: Sent, video: Video) -> set[int]:
    """Of the video's frames, those from the first to the last one that was answered."""
    answered = [answer.number for answer in camera.answers]
    return {(camera.first + number) % len(video.jpegs) for number in range(min(answered), max(answered) + 1)}


@dataclass
class Score:
    """Sums over cameras."""

    true_faces: int = 0
    found: int = 0
    """Of the true faces."""
    full_found: int = 0
    """True faces that the full computation found."""
    also_found: int = 0
    """Of these."""
    false: int = 0
    """Faces where nobody is."""
    appearances: int = 0
    """How often somebody looked at the camera for a while, and was found."""
    tracks: int = 0
    """Of all appearances together."""
    switches: int = 0
    """How often a person's track became another one within one appearance."""
    delays: list[float] = field(default_factory=list)
    """Seconds from the capture of the first frame in which the full computation finds a person anew until an answer has
    this person."""

    def add(self, camera: Sent, full: Full) -> None:
        known = [full.people(number) for number in range(len(full.truth))]
        answers = sorted(answer for answer in camera.answers)
        shown = {answer.number: same_person(_truth(camera, full, answer.number), answer.faces) for answer in answers}
        for answer in answers:
            index = (camera.first + answer.number) % len(known)
            clear = {one.person for one in full.truth[index] if one.is_clear}
            self.true_faces += len(clear)
            self.found += len(shown[answer.number])
            self.full_found += len(known[index])
            self.also_found += len(known[index] & shown[answer.number].keys())
            self.false += sum(not any(_overlap(one, face) > 0.2 for one in full.truth[index]) for face in answer.faces)
        for person, numbers in _appearances(camera, full, [answer.number for answer in answers]):
            self._add_appearance(person, numbers, camera, known, shown)

    def _add_appearance(
        self, person: int, numbers: range, camera: Sent, known: list[set[int]], shown: dict[int, dict[int, int]]
    ) -> None:
        answers = {answer.number: answer for answer in camera.answers}
        first_full = next((n for n in numbers if person in known[(camera.first + n) % len(known)]), None)
        if first_full is None or numbers[-1] - first_full < 1:
            return
        hits = [n for n in numbers if person in shown.get(n, {})]
        tracks = [answers[n].faces[shown[n][person]].track_id for n in hits]
        self.appearances += bool(hits)
        self.tracks += len(set(tracks))
        self.switches += sum(one != other for one, other in pairwise(tracks))
        period = 1 / camera.scene.frames_per_second
        due = answers[numbers[0]].due - numbers[0] * period
        seen_at = due + hits[0] * period + answers[hits[0]].seconds if hits else due + numbers[-1] * period
        self.delays.append(max(0.0, seen_at - (due + first_full * period)))


def _truth(camera: Sent, full: Full, number: int) -> list[Seen]:
    return full.truth[(camera.first + number) % len(full.truth)]


def _appearances(camera: Sent, full: Full, numbers: list[int]) -> Iterator[tuple[int, range]]:
    """Each time that a person begins to look at the camera after the first frame, until the end of it or a cut."""
    cut = round(CUT_SECONDS * camera.scene.frames_per_second)
    begun: dict[int, int] = {}
    before: set[int] = set()
    for number in range(numbers[0], numbers[-1] + 1):
        clear = {one.person for one in _truth(camera, full, number) if one.is_clear}
        if (camera.first + number) % len(full.truth) % cut == 0:
            yield from ((person, range(start, number)) for person, start in begun.items())
            before, begun = set(), {}
        for person in before - clear:
            if person in begun:
                yield person, range(begun.pop(person), number)
        if number > numbers[0]:
            begun |= dict.fromkeys(clear - before, number)
        before = clear
    yield from ((person, range(start, numbers[-1] + 1)) for person, start in begun.items())


@dataclass(frozen=True)
class TimelineDifference:
    """The timeline of a camera against that of the full computation of the same frames."""

    differences: list[float]
    """Of the mean scores, for each bucket and emotion."""
    within: list[bool]
    """Whether it is less than half of the 95 % interval."""


def timeline_difference(client: LiveClass, camera: Sent, full: Full, session: str) -> TimelineDifference:
    """Records the full computation of the camera's frames as `session`, and compares the two timelines."""
    answers = sorted(answer for answer in camera.answers if answer.outcome == "recorded")
    began = datetime.fromtimestamp(answers[0].due, timezone.utc)
    name = client.create_session("bench", session, minimum_group_size=1, start_time=began).name
    for batch in _batches([_observation(camera, full, answer.number, answer.due) for answer in answers]):
        client.record(name, batch, timeout=60)
    for each in (camera.session, name):
        client.end_session(each)
    ours, theirs = ({b.start_time: b for b in client.timeline(s).buckets if b.emotions} for s in (camera.session, name))
    differences, within = [], []
    for start in sorted(ours.keys() & theirs.keys())[1:-1]:  # the first and the last are of other frames, too
        for one, other in zip(ours[start].emotions, theirs[start].emotions, strict=True):
            difference = abs(one.mean_score - other.mean_score)
            differences.append(difference)
            within.append(difference <= (other.mean_score_high - other.mean_score_low) / 2)
    return TimelineDifference(differences, within)


def _observation(camera: Sent, full: Full, number: int, due: float) -> Observation:
    frame = full.frames[(camera.first + number) % len(full.truth)]
    counted = tuple(dict(face.emotions) for face in frame.faces if face.quality is None or not face.quality.reason)
    return Observation(
        f"full-{number}",
        datetime.fromtimestamp(due, timezone.utc),
        counted,
        camera.name,
        len(frame.faces),
        model_version=frame.model_version,
        labels=frame.labels,
    )


def _batches(observations: list[Observation]) -> Iterable[list[Observation]]:
    return (observations[start : start + BATCH] for start in range(0, len(observations), BATCH))
