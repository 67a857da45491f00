"""Choosing how to search by measuring it on pictures."""

from pathlib import Path

import cv2
from skimage import data

from liveclass.tools.detector_tuning import Candidate, best, combinations, compare, readable_pictures


def test_pictures_are_measured_and_others_are_named(tmp_path: Path) -> None:
    # Its face is 48 pixels wide, the least that is looked for: a coarse search passes over it.
    small = cv2.resize(cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY), (300, 300), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(tmp_path / "class.png"), small)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    pictures, refused = readable_pictures(tmp_path)
    assert len(pictures) == 1
    assert len(refused) == 1
    assert refused[0].startswith("broken.png ")
    candidates = list(compare(pictures, ["alt2"]))
    assert len(candidates) == combinations(["alt2"])
    recalls = {(candidate.step, candidate.slack): candidate.recall for candidate in candidates}
    assert [setting for setting, recall in recalls.items() if recall < 1] == [(1.45, 1.0)]


def test_the_quickest_of_the_good_is_chosen() -> None:
    slow = Candidate("alt2", 1.1, 2.0, 100.0, 1.0, 0.0)
    quick = Candidate("alt2", 1.2, 1.5, 50.0, 0.98, 0.0)
    blind = Candidate("alt2", 1.3, 1.2, 10.0, 0.6, 0.0)
    seeing_things = Candidate("default", 1.2, 1.5, 20.0, 1.0, 0.5)
    assert best([slow, quick, blind, seeing_things]) is quick
    assert best([slow, blind]) is slow
