"""Which sources are live and show no face, on a clock that the test turns."""

from liveclass.detection.sources import FACELESS_SECONDS, LIVE_SECONDS, LiveSources


class Class:
    """Cameras that send a frame every ten seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sources = LiveSources(lambda: self.now)

    def run(self, seconds: float, **faces: int) -> tuple[int, int]:
        """Lets each camera show so many faces; returns how many are live, and how many of them without a face."""
        end = self.now + seconds
        while self.now < end:
            self.now += 10
            for name, number in faces.items():
                self.sources.note_frame(name, number)
        return self.sources.live, self.sources.without_faces


def test_a_source_is_live_for_a_while_after_its_last_frame() -> None:
    room = Class()
    assert room.run(10, left=2, right=1) == (2, 0)
    assert room.run(LIVE_SECONDS, left=2) == (1, 0)
    assert room.run(LIVE_SECONDS) == (0, 0)


def test_a_source_is_without_faces_once_it_has_shown_none_for_a_while() -> None:
    room = Class()
    room.run(100, left=2, right=1)
    assert room.run(FACELESS_SECONDS - 10, left=2, right=0) == (2, 0)
    assert room.run(10, left=2, right=0) == (2, 1)
    assert room.run(10, left=2, right=1) == (2, 0)


def test_a_source_that_never_showed_a_face_is_without_one_too() -> None:
    assert Class().run(FACELESS_SECONDS + 10, left=0) == (1, 1)


def test_a_source_that_comes_back_has_time_to_show_a_face() -> None:
    room = Class()
    assert room.run(FACELESS_SECONDS + 10, left=0) == (1, 1)
    room.run(LIVE_SECONDS)
    assert room.run(10, left=0) == (1, 0)
