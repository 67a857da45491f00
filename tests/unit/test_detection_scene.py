"""Faces followed from frame to frame on real pixels, and how well they can be read."""

import asyncio
import random

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.detection.scene import NO_SAVINGS, Savings, SceneMemory, SingleFrameScene, StreamScene
from liveclass.detection.tracking import overlap
from liveclass.preprocessing import Box, crop_face
from liveclass.runtime.deadline import NO_DEADLINE
from liveclass.vision.faces import HaarDetector
from liveclass.vision.quality import QualityReason, face_quality

FACE = Box(177, 66, 96, 96)
SAVINGS = Savings(0.5, 0.5, 0.25)
"""As a service has them by default."""


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY)


class CountingDetector(HaarDetector):
    """Counts the searches of whole frames, and the pixels that are searched for new faces."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = self.pixels = 0

    def detect(self, pixels, smallest, largest=None, known=(), deadline=NO_DEADLINE):
        self.whole += largest is None
        self.pixels += pixels.size
        return super().detect(pixels, smallest, largest, known, deadline)


def moved(image: np.ndarray, x: int, y: int = 0) -> np.ndarray:
    return cv2.warpAffine(image, np.float32([[1, 0, x], [0, 1, y]]), image.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("savings", [NO_SAVINGS, SAVINGS])
def test_a_moving_face_is_followed_under_one_id_without_searching_the_whole_frame(astronaut, savings: Savings) -> None:
    detector, scene = CountingDetector(), StreamScene(3.0, savings)
    ids = set()
    for step in range(12):
        (track,) = scene.find(moved(astronaut, 8 * step, 3 * step), 40, detector, step / 10)
        ids.add(track.track_id)
        assert overlap([track.box], [Box(FACE.x + 8 * step, FACE.y + 3 * step, 96, 96)])[0, 0] > 0.6
    assert len(ids) == 1
    assert detector.whole == 1


def test_a_new_face_is_found_within_the_interval(astronaut) -> None:
    detector, scene = CountingDetector(), StreamScene(2.0)
    ground = cv2.GaussianBlur(astronaut, (0, 0), 12)
    arrived = ground.copy()
    arrived[40:240, 130:330] = astronaut[40:240, 130:330]
    scene.find(ground, 40, detector, 0.0)
    seen = [scene.find(arrived, 40, detector, step / 10) for step in range(1, 23)]
    assert len(seen[-1]) == 1
    assert detector.whole == 1


@pytest.mark.parametrize("kind", [StreamScene, SingleFrameScene])
@pytest.mark.parametrize("rate", [1.0, 4.0, 10.0])
def test_a_new_face_is_seen_within_half_a_second_where_the_picture_changes(astronaut, kind, rate: float) -> None:
    ground = cv2.GaussianBlur(astronaut, (0, 0), 12)
    arrived = ground.copy()
    arrived[40:240, 130:330] = astronaut[40:240, 130:330]
    for before in (3, 4, 5):  # it comes at any moment between two searches
        detector, scene = CountingDetector(), kind(10.0, SAVINGS)
        for step in range(before):
            assert scene.find(ground, 40, detector, step / rate) == []
        seen = [len(scene.find(arrived, 40, detector, (before + step) / rate)) for step in range(8)]
        assert seen.index(1) / rate <= 0.5
        assert detector.whole == 1


def test_a_still_scene_is_searched_rarely(astronaut) -> None:
    searched = {}
    for savings in (NO_SAVINGS, SAVINGS):
        detector, scene, rng = CountingDetector(), SingleFrameScene(savings=savings), np.random.default_rng(1)
        for step in range(30):
            noisy = np.clip(astronaut + rng.normal(0, 3, astronaut.shape), 0, 255).astype(np.uint8)
            assert len(scene.find(noisy, 40, detector, step / 10)) == 1
        searched[savings] = detector.pixels
    assert searched[SAVINGS] < 0.2 * searched[NO_SAVINGS]


def test_a_face_that_turns_away_is_not_followed_by_what_it_looked_like(astronaut) -> None:
    detector, scene = CountingDetector(), StreamScene(10.0, SAVINGS)
    x, y, side, _ = FACE
    away = astronaut.copy()
    hair = np.random.default_rng(1).normal(60, 30, (side + 20, side + 20))
    away[y - 10 : y + side + 10, x - 10 : x + side + 10] = cv2.GaussianBlur(
        hair.clip(0, 255).astype(np.uint8), (5, 21), 0
    )
    shown = [len(scene.find(astronaut if step < 5 else away, 40, detector, step / 10)) for step in range(10)]
    assert shown == [1] * 5 + [0] * 5


@pytest.mark.parametrize("savings", [NO_SAVINGS, SAVINGS])
def test_a_scene_cut_is_noticed_and_faces_are_others(astronaut, savings: Savings) -> None:
    detector, scene = CountingDetector(), StreamScene(3.0, savings)
    (before,) = scene.find(astronaut, 40, detector, 0.0)
    (after,) = scene.find(np.ascontiguousarray(astronaut[:, ::-1]), 40, detector, 0.1)
    assert detector.whole == 2
    assert after.track_id != before.track_id


def test_a_stream_that_loses_its_only_face_searches_for_it_once(astronaut) -> None:
    detector, scene = CountingDetector(), StreamScene(3.0)
    ground = cv2.GaussianBlur(astronaut, (0, 0), 12)
    scene.find(astronaut, 40, detector, 0.0)
    assert [scene.find(ground, 40, detector, step / 10) for step in (1, 2, 3)] == [[], [], []]
    assert detector.whole == 2


@pytest.mark.parametrize("savings", [NO_SAVINGS, SAVINGS])
async def test_a_single_frame_with_a_memory_is_as_good_as_without(astronaut, savings: Savings) -> None:
    memory, detector = SceneMemory(savings=savings), HaarDetector()
    for step, shift in enumerate([0, 5, 90, -60, 150]):
        frame = moved(astronaut, shift)
        async with memory.checkout("camera", step * 0.4) as scene:
            warm = scene.find(frame, 40, detector, step * 0.4)
        cold = SingleFrameScene().find(frame, 40, detector, 0.0)
        assert len(warm) == len(cold)
        assert all(overlap([one.box], [other.box])[0, 0] > 0.6 for one, other in zip(warm, cold, strict=True))


def test_frames_that_follow_quickly_show_no_more_faces_than_one_alone(astronaut) -> None:
    """Between whole searches parts of the frame are searched, each at places of its own; none may add a face."""
    detector, photograph = HaarDetector(), cv2.imdecode(cv2.imencode(".jpg", astronaut)[1], cv2.IMREAD_GRAYSCALE)
    for scene, scan_interval in (
        (SingleFrameScene(0.15), 0.15),
        (StreamScene(2.0), 2.0),
        (SingleFrameScene(0.15, SAVINGS), 0.15),
        (StreamScene(2.0, SAVINGS), 2.0),
    ):
        pace, now = random.Random(1), 0.0
        for _ in range(30):
            now += pace.uniform(0.005, scan_interval / 2)
            assert len(scene.find(photograph, 48, detector, now)) == 1


async def use(memory: SceneMemory, source: str | None, now: float) -> SingleFrameScene:
    async with memory.checkout(source, now) as scene:
        return scene


async def test_a_scene_is_kept_for_the_next_frame_of_its_source_and_forgotten_soon() -> None:
    memory = SceneMemory(lifetime=2.0, capacity=2)
    scene = await use(memory, "a", 0.0)
    assert await use(memory, "a", 1.0) is scene
    assert await use(memory, "a", 3.1) is not scene
    first = {source: await use(memory, source, 4.0) for source in "bcd"}
    assert [await use(memory, source, 4.0) is first[source] for source in "dcb"] == [True, True, False]


async def test_two_frames_of_a_source_at_once_take_turns() -> None:
    memory, order = SceneMemory(), []

    async def frame(name: str, source: str) -> None:
        async with memory.checkout(source, 0.0):
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    await asyncio.gather(frame("first", "a"), frame("second", "a"), frame("other", "b"))
    assert [step for step in order if "other" not in step] == [
        "first begins", "first ends", "second begins", "second ends"
    ]  # fmt: skip
    assert order.index("other begins") < order.index("second begins")


async def test_nothing_is_remembered_of_an_unknown_source() -> None:
    memory = SceneMemory()
    assert await use(memory, None, 0.0) is not await use(memory, None, 0.1)


async def test_a_scene_is_kept_whatever_happens_to_its_frame() -> None:
    memory = SceneMemory()
    with pytest.raises(ZeroDivisionError):
        async with memory.checkout("a", 0.0) as scene:
            raise ZeroDivisionError
    assert await use(memory, "a", 1.0) is scene


def quality_of(pixels: np.ndarray, box: Box = FACE):
    return face_quality(crop_face(pixels, box), box.width)


def test_a_clear_face_is_good(astronaut) -> None:
    assert quality_of(astronaut).score > 0.7


@pytest.mark.parametrize(
    ("spoil", "box", "reason"),
    [
        (lambda image: cv2.GaussianBlur(image, (0, 0), 14), FACE, QualityReason.BLURRED),
        (lambda image: image // 16, FACE, QualityReason.EXPOSURE),
        (lambda image: np.clip(image.astype(int) * 8, 0, 255).astype(np.uint8), FACE, QualityReason.EXPOSURE),
    ],
)
def test_a_poor_face_says_what_is_wrong_with_it(astronaut, spoil, box, reason) -> None:
    quality = quality_of(spoil(astronaut), box)
    assert quality.score < 0.15
    assert quality.weakest is reason


def test_a_flat_gray_face_has_nothing_to_read(astronaut) -> None:
    assert quality_of(np.full_like(astronaut, 128)) == (1.0, 0.0, 0.0, 0.0)  # no sharpness, exposure or symmetry


def test_fewer_pixels_and_half_a_face_are_worse(astronaut) -> None:
    assert face_quality(crop_face(astronaut, FACE), 24).size == 0.5
    turned = astronaut.copy()
    turned[:, FACE.x + 48 :] = cv2.rotate(astronaut, cv2.ROTATE_180)[:, FACE.x + 48 :]
    assert quality_of(turned).frontality < 0.8 * quality_of(astronaut).frontality
