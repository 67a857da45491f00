"""The seven emotions in the order used everywhere: labels, tensors, tables and plots."""

from enum import IntEnum


class Emotion(IntEnum):
    """An emotion; its value is its index in every vector of seven scores."""

    ANGER = 0
    DISGUST = 1
    FEAR = 2
    HAPPINESS = 3
    SADNESS = 4
    SURPRISE = 5
    NEUTRAL = 6

    @property
    def label(self) -> str:
        return self.name.lower()


LABELS: tuple[str, ...] = tuple(emotion.label for emotion in Emotion)
