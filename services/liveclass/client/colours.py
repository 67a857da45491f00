"""The colour of each emotion in the terminal, in plots, on pictures and in reports.

They are distinguishable with a colour vision deficiency, on light and dark backgrounds. Colour is never the only sign.
"""

from liveclass.emotions import Emotion

_COLOURS = {
    Emotion.ANGER: "#d1383d",
    Emotion.DISGUST: "#6b8e23",
    Emotion.FEAR: "#8e5bb5",
    Emotion.HAPPINESS: "#e8a317",
    Emotion.SADNESS: "#2f7fc1",
    Emotion.SURPRISE: "#13a89e",
    Emotion.NEUTRAL: "#8a8f98",
}


def colour(emotion: Emotion) -> str:
    """As "#rrggbb"."""
    return _COLOURS[emotion]


def rgb(emotion: Emotion) -> tuple[int, int, int]:
    """As red, green and blue in 0 … 255."""
    value = int(colour(emotion)[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255
