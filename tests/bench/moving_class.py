"""Video of a class in which people move, look away and come back, change their face, and walk in; with the truth.

The faces are photographs that scikit-image carries. A video is made once and kept as JPEG files, so that both sides of
a comparison see the same bytes.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from skimage import data

Image = npt.NDArray[np.uint8]

VERSION = 1
"""Of what is drawn: files of another version are made anew."""

JPEG_QUALITY = 85
NOISE = 3.0
"""Standard deviation of the sensor's noise, in gray values."""
CUT_SECONDS = 20.0
"""How long the camera shows the class from one side."""
TURN_SECONDS, CHANGE_SECONDS, WALK_SECONDS = 0.3, 0.4, 2.0
"""How long it takes to turn away, to change the expression, and to walk in."""

_PATCH = 96
_FACE = (2 / 25, 2 / 25, 21 / 25)
"""Left, top and side of the face in a patch, as shares of it."""


class Seen(NamedTuple):
    """A person in a frame."""

    person: int
    x: float
    y: float
    side: float
    is_clear: bool
    """Whether the whole face looks at the camera; not while somebody turns, or is partly out of the frame."""


@dataclass(frozen=True)
class Class:
    """What is filmed."""

    width: int = 1280
    height: int = 720
    columns: int = 4
    rows: int = 3
    people: int = 12
    """Two of them come later, and one in five looks away: about nine are seen at a time."""
    seconds: float = 40.0
    frames_per_second: float = 10.0
    faces: tuple[float, float] = (64, 112)
    """Sides of the smallest and the largest face, in pixels."""
    pans: bool = False
    """Whether the camera moves slowly, too."""
    seed: int = 1

    @property
    def frames(self) -> int:
        return round(self.seconds * self.frames_per_second)


class Video(NamedTuple):
    """Frames as JPEG, and who is in each of them."""

    jpegs: list[bytes]
    truth: list[list[Seen]]
    folder: Path


def video(scene: Class, folder: Path) -> Video:
    """The video of `scene`, from `folder` where it has been made before."""
    name = f"v{VERSION}-{scene.width}x{scene.height}-{scene.people}-{scene.seconds:g}s-{scene.frames_per_second:g}fps"
    made = folder / f"{name}-{'pans' if scene.pans else 'stands'}-{scene.seed}"
    if not made.exists():
        making = made.with_suffix(".part")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        truth = []
        for number, (pixels, seen) in enumerate(_drawn(scene)):
            cv2.imwrite(str(making / f"{number:05}.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            truth.append(seen)
        (making / "truth.json").write_text(json.dumps(truth), "utf-8")
        making.rename(made)
    truth = [[Seen(*one) for one in seen] for seen in json.loads((made / "truth.json").read_text("utf-8"))]
    return Video([path.read_bytes() for path in sorted(made.glob("*.jpg"))], truth, made)


def _drawn(scene: Class) -> Iterator[tuple[Image, list[Seen]]]:
    rng = np.random.default_rng(scene.seed)
    people = [_Person(number, scene, rng) for number in range(scene.people)]
    views = [_background(scene, view) for view in range(int(np.ceil(scene.seconds / CUT_SECONDS)))]
    noise = [rng.normal(0, NOISE, (scene.height, scene.width, 1)).astype(np.int16) for _ in range(5)]
    for number in range(scene.frames):
        now = number / scene.frames_per_second
        view = int(now / CUT_SECONDS)
        pan = rng.normal(0, 0.4, 2) + (np.array([40 * np.sin(now / 1.9), 12 * np.sin(now / 2.7)]) if scene.pans else 0)
        shift = np.array([[1, 0, pan[0] - 60], [0, 1, pan[1] - 60]])
        pixels = cv2.warpAffine(views[view], shift, (scene.width, scene.height))
        seen = [one for person in people if (one := person.draw(pixels, now, view, pan)) is not None]
        grain = np.roll(noise[number % len(noise)], tuple(rng.integers(0, scene.height, 2)), (0, 1))
        yield np.clip(pixels.astype(np.int16) + grain, 0, 255).astype(np.uint8), seen


class _Person:
    """Where somebody is and what the face looks like, as functions of the time."""

    def __init__(self, number: int, scene: Class, rng: np.random.Generator) -> None:
        self.number, self._size = number, (scene.width, scene.height)
        views = int(np.ceil(scene.seconds / CUT_SECONDS))
        seats = [
            np.random.default_rng([scene.seed, view]).permutation(scene.columns * scene.rows) for view in range(views)
        ]
        cell = np.array([scene.width / scene.columns, scene.height / scene.rows])
        self._seats = [
            cell * (seat[number] % scene.columns + 0.5, seat[number] // scene.columns + 0.5) for seat in seats
        ]
        self._side = rng.uniform(*scene.faces)
        self._reach = np.array([rng.uniform(0.1, 0.35), rng.uniform(0.03, 0.1)]) * self._side
        self._periods, self._phases = rng.uniform(2.5, 9, 4), rng.uniform(0, 6, 4)
        late = number - (scene.people - 2)
        self._comes = (0.3 + 0.5 * late) * CUT_SECONDS + late * 0.5 * CUT_SECONDS if late >= 0 else None
        self._away = _moments(rng, scene.seconds, (9, 14), (2, 4))
        self._changes = [start for start, _ in _moments(rng, scene.seconds, (4, 8), (0, 0))]
        self._faces = _faces(number, rng)
        self._back = _back_of_head(rng)
        self._shirt = tuple(int(value) for value in rng.integers(40, 180, 3))

    def draw(self, pixels: Image, now: float, view: int, pan: npt.NDArray[np.float64]) -> Seen | None:
        """Draws the person, and returns where the face is; None while it cannot be seen at all."""
        if self._comes is not None and now < self._comes:
            return None
        wave = np.sin(2 * np.pi * now / self._periods + self._phases)
        middle = self._seats[view] + self._reach * wave[:2] + pan
        if self._comes is not None and now < self._comes + WALK_SECONDS:
            edge = -self._side if middle[0] < self._size[0] / 2 else self._size[0] + self._side
            middle[0] += (edge - middle[0]) * (1 - (now - self._comes) / WALK_SECONDS)
        side = self._side * (1 + 0.04 * wave[2])
        turned = self._turned(now)
        head = cv2.addWeighted(self._back, turned, self._face(now), 1 - turned, 0) if turned else self._face(now)
        _draw_body(pixels, middle, side, self._shirt)
        _draw_head(pixels, head, middle, side, 6 * wave[3])
        inside = bool((middle > side / 2).all() and (middle < np.array(self._size) - side / 2).all())
        left, top = middle - side / 2
        if turned == 1:
            return None
        return Seen(self.number, round(float(left), 1), round(float(top), 1), round(side, 1), inside and turned == 0)

    def _turned(self, now: float) -> float:
        """From 0, to the camera, to 1, away from it."""
        for start, end in self._away:
            if start <= now <= end:
                return float(min(1.0, (now - start) / TURN_SECONDS, (end - now) / TURN_SECONDS))
        return 0.0

    def _face(self, now: float) -> Image:
        begun = [start for start in self._changes if start <= now]
        face = self._faces[len(begun) % len(self._faces)]
        if not begun or now - begun[-1] >= CHANGE_SECONDS:
            return face
        before = self._faces[(len(begun) - 1) % len(self._faces)]
        part = (now - begun[-1]) / CHANGE_SECONDS
        return cv2.addWeighted(face, part, before, 1 - part, 0)


def _moments(
    rng: np.random.Generator, seconds: float, pause: tuple[float, float], length: tuple[float, float]
) -> list[tuple[float, float]]:
    """Start and end of what somebody does now and then."""
    moments, now = [], rng.uniform(1, pause[1])
    while now < seconds:
        end = now + rng.uniform(*length)
        moments.append((now, end))
        now = end + rng.uniform(*pause)
    return moments


def _faces(number: int, rng: np.random.Generator) -> list[Image]:
    """Three expressions of one person."""
    if number == 0:
        astronaut = cv2.cvtColor(data.astronaut()[57:172, 168:283], cv2.COLOR_RGB2BGR)
        face = cv2.resize(astronaut, (_PATCH, _PATCH), interpolation=cv2.INTER_AREA)
        return [face, np.ascontiguousarray(face[:, ::-1])]
    skin = np.array([0.72, 0.86, 1.04]) * rng.uniform(0.9, 1.05)
    patches = (data.lfw_subset()[rng.choice(100, 3, replace=False)] * 255).astype(np.uint8)
    large = [cv2.resize(patch, (_PATCH, _PATCH), interpolation=cv2.INTER_CUBIC) for patch in patches]
    return [np.clip(patch[..., np.newaxis] * skin, 0, 255).astype(np.uint8) for patch in large]


def _back_of_head(rng: np.random.Generator) -> Image:
    """Hair."""
    strands = rng.normal(0, 40, (_PATCH, _PATCH, 1)) + rng.uniform(30, 90, 3)
    return cv2.GaussianBlur(np.clip(strands, 0, 255).astype(np.uint8), (5, 21), 0)


def _draw_head(pixels: Image, head: Image, middle: npt.NDArray[np.float64], side: float, degrees: float) -> None:
    """Blends a patch into the picture, so that its face has this middle and side."""
    scale = side / (_FACE[2] * _PATCH)
    reach = int(0.75 * side + 2)
    left, top = (int(value) - reach for value in middle)
    turn = cv2.getRotationMatrix2D(
        (_PATCH * (_FACE[0] + _FACE[2] / 2), _PATCH * (_FACE[1] + _FACE[2] / 2)), degrees, scale
    )
    turn[:, 2] += middle - (left, top) - np.array([_FACE[0] + _FACE[2] / 2, _FACE[1] + _FACE[2] / 2]) * _PATCH
    size = (2 * reach, 2 * reach)
    drawn = cv2.warpAffine(head, turn, size, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(_OPAQUE, turn, size)[..., np.newaxis]
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + size[0]), min(height, top + size[1])
    if x0 >= x1 or y0 >= y1:
        return
    part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    below = pixels[y0:y1, x0:x1]
    pixels[y0:y1, x0:x1] = (below + share[part] * (drawn[part].astype(np.float32) - below)).astype(np.uint8)


def _draw_body(pixels: Image, middle: npt.NDArray[np.float64], side: float, colour: tuple[int, ...]) -> None:
    x, y = (int(value) for value in middle)
    cv2.ellipse(pixels, (x, y + int(1.35 * side)), (int(0.95 * side), int(0.8 * side)), 0, 180, 360, colour, -1)


def _opaque() -> npt.NDArray[np.float32]:
    """How much of a patch covers what is behind it: all but its rim."""
    share = np.zeros((_PATCH, _PATCH), np.float32)
    share[3:-3, 3:-3] = 1
    return cv2.GaussianBlur(share, (7, 7), 0)


_OPAQUE = _opaque()


def _background(scene: Class, view: int) -> Image:
    """A room out of focus, another one from each side, 60 pixels wider than the frame on every side."""
    size = (scene.width + 120, scene.height + 120)
    room = cv2.cvtColor(data.coffee(), cv2.COLOR_RGB2BGR)
    room = room[:, ::-1] if view % 2 else room
    return cv2.GaussianBlur(cv2.resize(np.ascontiguousarray(room), size), (0, 0), 4)
