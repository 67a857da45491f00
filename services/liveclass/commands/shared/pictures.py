"""Drawing: faces on a picture, and a picture in the terminal."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import typer
from rich.text import Text

from liveclass.client.colours import rgb
from liveclass.client.errors import UnreadableFrameError
from liveclass.client.frames import Pixels, encode
from liveclass.client.results import Box, Face

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SHADES = " .:-=+*#%@"
_PNG = b"\x89PNG\r\n\x1a\n"


def astronaut() -> Path:
    """The photograph of an astronaut in scikit-image, found without importing that, which takes seconds."""
    spec = find_spec("skimage")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        photograph = Path(folder) / "data" / "astronaut.png"
        if photograph.exists():
            return photograph
    raise typer.BadParameter("scikit-image is not installed; give a photograph of your own", param_hint="--image")


def read_photograph(path: Path) -> Pixels:
    """Pixels of the image file at `path`, as `read_pixels` gives them."""
    return read_pixels(encode(path))


def read_pixels(image: bytes) -> Pixels:
    """Blue-green-red pixels [H, W, 3] of an encoded picture, upright as the detection service sees it.

    Raises UnreadableFrameError.
    """
    pixels = cv2.imdecode(np.frombuffer(_without_colour_profile(image), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise UnreadableFrameError("the picture is damaged and cannot be decoded")
    return np.asarray(pixels, np.uint8)


def _without_colour_profile(image: bytes) -> bytes:
    """Removes a PNG's colour profile: OpenCV ignores it, and libpng prints warnings about common ones."""
    if not image.startswith(_PNG):
        return image
    kept, position = [_PNG], len(_PNG)
    while position + 8 <= len(image):
        length = int.from_bytes(image[position : position + 4], "big")
        end = position + 12 + length  # length, type, data, checksum
        if image[position + 4 : position + 8] != b"iCCP":
            kept.append(image[position:end])
        position = end
    return b"".join(kept)


def draw_faces(pixels: Pixels, faces: Sequence[Face]) -> Pixels:
    """A copy of `pixels` [H, W, 3] with every face's box and its two strongest emotions."""
    picture: Pixels = pixels.copy()
    scale = max(pixels.shape[:2]) / 900
    for face in faces:
        if face.box:
            _draw_face(picture, face, face.box, scale)
    return picture


def _draw_face(picture: Pixels, face: Face, box: Box, scale: float) -> None:
    red, green, blue = rgb(face.emotion)
    line = max(1, round(2 * scale))
    cv2.rectangle(picture, (box.x, box.y), (box.x + box.width, box.y + box.height), (blue, green, red), line)
    size, thickness = max(0.35, 0.5 * scale), max(1, round(scale))
    labels = [f"{emotion.label} {score:.2f}" for emotion, score in face.top(2)]
    height = max(cv2.getTextSize(label, _FONT, size, thickness)[0][1] for label in labels) + 2 * line + 2
    width = max(cv2.getTextSize(label, _FONT, size, thickness)[0][0] for label in labels) + 2 * line
    # Above the box if there is room, else below; never beyond the right edge.
    top = box.y - len(labels) * height - line
    top = top if top >= 0 else min(box.y + box.height + line, picture.shape[0] - len(labels) * height)
    left = max(0, min(box.x, picture.shape[1] - width))
    cv2.rectangle(picture, (left, top), (left + width, top + len(labels) * height), (blue, green, red), cv2.FILLED)
    ink = (0, 0, 0) if red * 0.3 + green * 0.59 + blue * 0.11 > 140 else (255, 255, 255)
    for index, label in enumerate(labels):
        foot = (left + line, top + (index + 1) * height - line - 1)
        cv2.putText(picture, label, foot, _FONT, size, ink, thickness, cv2.LINE_AA)


def terminal_picture(pixels: Pixels, faces: Sequence[Face], width: int, *, colours: bool) -> list[Text]:
    """`pixels` [H, W, 3] with the faces' boxes as lines of text, with two rows of pixels in each line.

    Without `colours`, shades are ASCII characters and boxes are drawn with lines.
    """
    rows, columns = pixels.shape[:2]
    height = max(2, 2 * round(width * rows / columns / 2))
    small = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    boxes = [_scaled(face.box, width / columns) for face in faces if face.box]
    if not colours:
        return _shaded(small, boxes)
    for face, box in zip((face for face in faces if face.box), boxes, strict=True):
        cv2.rectangle(small, box, rgb(face.emotion)[::-1], 1)
    lines = []
    for upper, lower in zip(small[::2], small[1::2], strict=True):
        line = Text(no_wrap=True)
        for above, below in zip(upper, lower, strict=True):
            line.append("▀", f"{_hex(above)} on {_hex(below)}")
        lines.append(line)
    return lines


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(side * scale) for side in box))


def _shaded(small: Pixels, boxes: Sequence[Box]) -> list[Text]:
    """Takes every second row of pixels, since characters are about twice as high as wide."""
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)[::2]
    grid = [[_SHADES[int(value) * len(_SHADES) // 256] for value in row] for row in gray]
    for box in boxes:
        left, right = max(0, box.x), min(len(grid[0]), box.x + box.width) - 1
        top, bottom = max(0, box.y // 2), min(len(grid), (box.y + box.height) // 2) - 1
        for row, corners in ((top, "┌┐"), (bottom, "└┘")):
            grid[row][left : right + 1] = [corners[0], *"─" * (right - left - 1), corners[1]]
        for row in range(top + 1, bottom):
            grid[row][left] = grid[row][right] = "│"
    return [Text("".join(row)) for row in grid]


def _hex(pixel: Pixels) -> str:
    blue, green, red = (int(value) for value in pixel)
    return f"#{red:02x}{green:02x}{blue:02x}"
