"""One photograph as a few seconds of a class: mirrored, cropped, brighter and darker."""

from collections.abc import Iterator

import numpy as np

from liveclass.client.frames import Pixels

CROP = 0.92
"""Share of each side that a crop keeps: a camera that moves a little."""


def variations(photograph: Pixels) -> list[Pixels]:
    """Twenty pictures from one [H, W, 3]; the first is the photograph itself."""
    views = list(_views(photograph))
    return [*views, *(np.ascontiguousarray(view[:, ::-1]) for view in views)]


def _views(photograph: Pixels) -> Iterator[Pixels]:
    yield photograph
    for gain in (0.75, 0.88, 1.12, 1.25):
        yield np.clip(photograph.astype(np.float32) * gain, 0, 255).astype(np.uint8)
    rows, columns = photograph.shape[:2]
    height, width = round(rows * CROP), round(columns * CROP)
    middle = ((rows - height) // 2, (columns - width) // 2)
    for top, left in ((0, 0), (0, columns - width), (rows - height, 0), (rows - height, columns - width), middle):
        yield photograph[top : top + height, left : left + width]
