"""The windows that pass a cascade are OpenCV's."""

from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from cv2.data import haarcascades
from skimage import data

from liveclass.vision.windows import Region, WindowSearch, read_stages, search

ALT2, DEFAULT = (f"{haarcascades}haarcascade_frontalface_{name}.xml" for name in ("alt2", "default"))
EVERY_STAGE = 100


def gray(name: str, width: int) -> np.ndarray:
    image = getattr(data, name)()
    image = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    height = round(image.shape[0] * width / image.shape[1])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def shortened(file: str, stages: int, folder) -> cv2.CascadeClassifier:
    """OpenCV's classifier without its later stages."""
    tree = ET.parse(file)
    listed = tree.getroot()[0].find("stages")
    for stage in listed[stages:]:
        listed.remove(stage)
    path = folder / "shortened.xml"
    path.write_text('<?xml version="1.0"?>\n' + ET.tostring(tree.getroot(), encoding="unicode"))
    return cv2.CascadeClassifier(str(path))


@pytest.mark.parametrize("stages", [2, 5, 13, EVERY_STAGE])
@pytest.mark.parametrize(("file", "side"), [(ALT2, 20), (DEFAULT, 24)])
@pytest.mark.parametrize(("name", "width"), [("astronaut", 110), ("astronaut", 131), ("coffee", 301)])
def test_the_windows_and_their_weights_are_opencvs(file, side, stages, name, width, tmp_path) -> None:
    image = gray(name, width)
    boxes, _, weights = shortened(file, stages, tmp_path).detectMultiScale3(
        image, minNeighbors=0, minSize=(side, side), maxSize=(side, side), outputRejectLevels=True
    )
    theirs = {(x, y): weight for (x, y, *_), weight in zip(boxes, np.ravel(weights), strict=True)}
    ours = {(hit.x, hit.y): hit.weight for hit in search(image, read_stages(file, stages))}
    tried = tried_by_opencv(image, file, side)
    bottom = image.shape[0] - side  # in some sizes OpenCV leaves it out
    assert {place: weight for place, weight in theirs.items() if place[1] < bottom} == pytest.approx(
        {place: weight for place, weight in ours.items() if place in tried}, abs=1e-3
    )


def tried_by_opencv(image: np.ndarray, file: str, side: int) -> set[tuple[int, int]]:
    """Every second place of every second row, without those after one that fails the first stage."""
    first_stage = {(hit.x, hit.y) for hit in search(image, read_stages(file, 1))}
    tried = set()
    for y in range(0, image.shape[0] - side, 2):
        x = 0
        while x <= image.shape[1] - side:
            tried.add((x, y))
            # A place without contrast is given up before the first stage.
            has_contrast = image[y + 1 : y + side - 1, x + 1 : x + side - 1].std() > 10
            x += 4 if has_contrast and (x, y) not in first_stage else 2
    return tried


@pytest.mark.parametrize("file", [ALT2, DEFAULT])
def test_a_face_passes_every_stage(file) -> None:
    hits = search(gray("astronaut", 120), read_stages(file, EVERY_STAGE))
    assert hits
    assert all(abs(hit.x - 41) < 8 and abs(hit.y - 15) < 8 for hit in hits)


def test_where_there_is_nothing_there_is_no_window() -> None:
    stages = read_stages(ALT2, 13)
    assert search(np.full((100, 100), 128, np.uint8), stages) == []
    faint = (128 + 5 * np.random.default_rng(0).standard_normal((100, 100))).astype(np.uint8)
    assert search(faint, stages) == []


@pytest.mark.parametrize("shape", [(19, 100), (100, 19), (1, 1)])
def test_an_image_smaller_than_a_window_has_none(shape) -> None:
    assert search(np.zeros(shape, np.uint8), read_stages(ALT2, 13)) == []


@pytest.mark.parametrize("shape", [(20, 20), (21, 20), (20, 21), (22, 20), (24, 46), (23, 47)])
def test_an_image_barely_larger_is_searched_to_its_edges(shape) -> None:
    stages = read_stages(ALT2, 13)
    image = gray("astronaut", 120)
    best = max(search(image, stages), key=lambda hit: hit.weight)
    face = image[best.y : best.y + 20, best.x : best.x + 20]
    down, across = (side - 20 for side in shape)
    hits = search(np.pad(face, [(down, 0), (across, 0)], mode="edge"), stages)
    # Every second place is tried.
    assert ((across, down) in {(hit.x, hit.y) for hit in hits}) == (across % 2 == 0 and down % 2 == 0)
    assert all(0 <= hit.x <= across and 0 <= hit.y <= down for hit in hits)


def test_a_cascade_of_larger_trees_is_refused(tmp_path) -> None:
    tree = ET.parse(ALT2)
    nodes = tree.getroot()[0].find("stages")[0].find("weakClassifiers")[0].find("internalNodes")
    nodes.text = f"{nodes.text} 0 -1 0 0.5"
    tree.write(tmp_path / "larger.xml")
    with pytest.raises(ValueError, match="trees of 3 nodes"):
        read_stages(str(tmp_path / "larger.xml"), 1)


def test_a_bright_image_of_many_megapixels_has_the_same_windows() -> None:
    """From 8.4 megapixels on, the sums of a white image do not fit into 32 bits."""
    stages, part = read_stages(ALT2, 13), gray("astronaut", 512)
    alone = {(hit.x, hit.y) for hit in search(part, stages)}
    large = np.full((3000, 3500), 255, np.uint8)
    large[-512:, -512:] = part
    left, top = 3500 - 512, 3000 - 512
    inside = {(hit.x - left, hit.y - top) for hit in search(large, stages) if hit.x >= left and hit.y >= top}
    assert alone
    assert inside == alone


def opencvs_best(image: np.ndarray, region: Region, neighbours: int) -> tuple[int, int, int, float] | None:
    """The group of windows with the highest weight, as OpenCV finds it."""
    boxes, _, weights = cv2.CascadeClassifier(ALT2).detectMultiScale3(
        image,
        scaleFactor=1.05,
        minNeighbors=neighbours,
        minSize=(region.low, region.low),
        maxSize=(region.high, region.high),
        outputRejectLevels=True,
    )
    found = [(*map(int, box[:3]), float(weight)) for box, weight in zip(boxes, np.ravel(weights), strict=True)]
    return max(found, key=lambda group: group[3], default=None)


@pytest.mark.parametrize("neighbours", [1, 2])
def test_the_best_group_of_each_region_is_opencvs(neighbours) -> None:
    """Around faces and around what is none, of different sizes, and all in one call."""
    pictures = [(data.lfw_subset()[index] * 255).astype(np.uint8) for index in (*range(0, 100, 5), 120, 150, 180)]
    regions = [
        Region(cv2.resize(picture, (51 - index % 7, 51 - index % 7)), 22, 41) for index, picture in enumerate(pictures)
    ]
    regions += [Region(gray("astronaut", 131)[10:61, 30:81], 22, 41), Region(gray("coffee", 131)[:51, :51], 22, 41)]
    ours = WindowSearch(read_stages(ALT2)).best(regions, 1.05, neighbours)
    theirs = [opencvs_best(region.pixels, region, neighbours) for region in regions]
    assert [group is None for group in ours] == [group is None for group in theirs]
    both = [(group, their) for group, their in zip(ours, theirs, strict=True) if group and their]
    assert len(both) > 15
    for group, their in both:
        # OpenCV leaves out the window after one that fails the first stage, which moves the middle of a group a little.
        assert group[:3] == pytest.approx(their[:3], abs=1)
        assert group.weight == pytest.approx(their[3], abs=1)
