"""Reading FER2013: both forms give the same faces, and whatever is wrong is named and never skipped."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveclass.emotions import LABELS, Emotion
from liveclass.training.cleaning import crosses_splits, duplicate_groups, has_conflict
from liveclass.training.data import BadDataError, Dataset, Faces, differences, hold_out, load, read

PIXELS = " ".join(["7"] * 2303 + ["9"])
ROW = f"3,{PIXELS},Training"


@pytest.fixture
def csv_of(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: str, header: str = "emotion,pixels,Usage") -> Path:
        path = tmp_path / "fer2013.csv"
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def test_csv_gives_faces_by_split(csv_of: Callable[..., Path]) -> None:
    splits = read(csv_of(ROW, f"6,{PIXELS},PublicTest", f"0,{PIXELS},Training"))
    assert {name: list(faces.labels) for name, faces in splits.items()} == {"Training": [3, 0], "PublicTest": [6]}
    image = splits["Training"].images[0]
    assert image.shape == (48, 48, 1)
    assert (image[0, 0, 0], image[47, 47, 0]) == (7, 9)


def test_columns_in_another_order_are_told_by_their_header(csv_of: Callable[..., Path]) -> None:
    """The challenge's second file has ` Usage` before ` pixels`, each with a space."""
    splits = read(csv_of(f"3,Training,{PIXELS}", header="emotion, Usage, pixels"))
    assert list(splits["Training"].labels) == [Emotion.HAPPINESS]


def test_folder_with_the_csv_in_it_is_read(csv_of: Callable[..., Path]) -> None:
    assert len(read(csv_of(ROW).parent)["Training"]) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"3,{PIXELS[:-2]},Training", "2303 pixels instead of 2304"),
        (f"7,{PIXELS},Training", "emotion '7' instead of 0 to 6"),
        (f"happy,{PIXELS},Training", "emotion 'happy' instead of 0 to 6"),
        (f"3,x{PIXELS[1:]},Training", "pixel 1 is 'x' instead of a number from 0 to 255"),
        (f"3,{PIXELS[:-1]}256,Training", "pixel 2304 is '256'"),
        (f"3,{PIXELS[:-1]}-1,Training", "pixel 2304 is '-1'"),
        (f"3,{PIXELS[:-1]}{'9' * 5000},Training", "pixel 2304 is '999"),
        (f"3,{PIXELS},Test", "Usage 'Test' instead of Training, PublicTest, PrivateTest"),
        (f"3,{PIXELS}", "2 fields instead of 3"),
        ("", "0 fields instead of 3"),
    ],
)
def test_bad_row_is_named_with_line_and_reason(csv_of: Callable[..., Path], row: str, reason: str) -> None:
    with pytest.raises(BadDataError, match=r"fer2013\.csv: 1 problem\n") as error:
        read(csv_of(ROW, row, ROW))
    assert f"line 3: {reason}" in str(error.value)


def test_all_bad_rows_are_in_one_message(csv_of: Callable[..., Path]) -> None:
    with pytest.raises(BadDataError) as error:
        read(csv_of(ROW, f"3,{PIXELS[:-2]},Training", f"9,{PIXELS},Training", f"3,{PIXELS[:-1]}x,Training"))
    message = str(error.value)
    assert "3 problems" in message
    assert all(f"line {line}: " in message for line in (3, 4, 5))


def test_thousand_bad_rows_are_counted(csv_of: Callable[..., Path]) -> None:
    with pytest.raises(BadDataError, match="… and 990 more") as error:
        read(csv_of(*["0,1,Training"] * 1000))
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "columns"),
        (b"emotion,pixels\n0,1\n", "columns"),
        (b"emotion,pixels,Usage\n", "only a header"),
        (b"\xff\xd8\xff\xe0 a JPEG", "not a CSV file"),
        (b'emotion,pixels,Usage\n0,"1 2,Training\n', "not a CSV file"),
    ],
)
def test_file_that_is_no_fer2013_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "faces.csv"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match=reason):
        read(path)


@given(st.binary(max_size=300))
def test_whatever_is_in_the_file_the_error_is_ours(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "faces.csv"
    path.write_bytes(b"emotion,pixels,Usage\n" + content)
    with pytest.raises(BadDataError):
        read(path)


def write_face(path: Path, shade: int, size: int = 48) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.full((size, size), shade, np.uint8)
    image[0, 0] = 255 - shade
    cv2.imwrite(str(path), image)


def test_folders_and_csv_give_the_same_faces(tmp_path: Path) -> None:
    write_face(tmp_path / "fer2013/train/angry/1.png", 10)
    write_face(tmp_path / "fer2013/train/happy/1.png", 30)
    write_face(tmp_path / "fer2013/test/neutral/1.png", 60)
    rows = [("0", 10, "Training"), ("3", 30, "Training"), ("6", 60, "PublicTest")]
    text = "\n".join(f"{label},{255 - gray} {' '.join([str(gray)] * 2303)},{split}" for label, gray, split in rows)
    (tmp_path / "faces.csv").write_text(f"emotion,pixels,Usage\n{text}\n")
    folders, csv = read(tmp_path), read(tmp_path / "faces.csv")
    assert folders.keys() == csv.keys()
    assert all(folders[split].fingerprint() == csv[split].fingerprint() for split in csv)


def test_own_folder_of_faces_is_one_split(tmp_path: Path) -> None:
    write_face(tmp_path / "surprise/1.png", 10)
    write_face(tmp_path / "happiness/1.png", 10)
    assert list(read(tmp_path)["All"].labels) == [Emotion.HAPPINESS, Emotion.SURPRISE]
    with pytest.raises(BadDataError, match="nothing to train on"):
        load(tmp_path)


def test_every_bad_file_is_named(tmp_path: Path) -> None:
    write_face(tmp_path / "train/happy/fine.png", 1)
    write_face(tmp_path / "train/happy/large.png", 1, size=64)
    (tmp_path / "train/happy/notes.txt").write_text("no image")
    write_face(tmp_path / "train/bored/1.png", 1)
    with pytest.raises(BadDataError) as error:
        read(tmp_path)
    message = str(error.value)
    assert "happy/large.png: 64×64 pixels instead of 48×48" in message
    assert "happy/notes.txt: not an image" in message
    assert "bored: not the folder of an emotion" in message


@pytest.mark.parametrize("make", [lambda path: path / "missing", lambda path: path])
def test_nothing_there_is_said_so(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(BadDataError, match=r"no such file|neither folders"):
        read(make(tmp_path))


VOTES = "neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def test_votes_by_file_name_go_with_their_images(tmp_path: Path) -> None:
    write_face(tmp_path / "fer2013/train/angry/a.png", 10)
    write_face(tmp_path / "fer2013/train/happy/b.png", 30)
    write_face(tmp_path / "fer2013/test/neutral/c.png", 60)
    (tmp_path / "ferplus-training.csv").write_text(f"image,{VOTES}\nb.png,0,8,0,0,0,0,0,1,1,0\n")
    (tmp_path / "ferplus-publictest.csv").write_text(f"image,{VOTES}\nc.png,6,0,0,4,0,0,0,0,0,0\n")
    splits = read(tmp_path)
    assert splits["Training"].votes.tolist() == [[0] * 10, [0, 0, 0, 8, 0, 0, 0, 1, 1, 0]]
    assert splits["PublicTest"].votes.tolist() == [[0, 0, 0, 0, 4, 0, 6, 0, 0, 0]]


def test_published_votes_go_row_by_row_and_without_a_name_it_is_no_face(csv_of: Callable[..., Path]) -> None:
    path = csv_of(ROW, f"6,{PIXELS},PublicTest", f"0,{PIXELS},Training")
    rows = [
        "Training,a.png,0,10,0,0,0,0,0,0,0,0",
        "PublicTest,b.png,5,0,0,5,0,0,0,0,0,0",
        "Training,,0,0,0,0,0,0,0,0,0,10",
    ]
    path.with_name("fer2013new.csv").write_text("\n".join([f"Usage,Image name,{VOTES}", *rows]) + "\n")
    splits = read(path)
    assert splits["Training"].votes.tolist() == [[0, 0, 0, 10, 0, 0, 0, 0, 0, 0], [0] * 10]
    assert splits["PublicTest"].votes.tolist() == [[0, 0, 0, 0, 5, 0, 5, 0, 0, 0]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"image,{VOTES}\nb.png,0,8,0,0,0,0,0,1,x,0\n", "line 2: votes must be whole numbers from 0 to 10"),
        (f"image,{VOTES}\nb.png,0,11,0,0,0,0,0,0,0,0\n", "line 2: votes must be whole numbers from 0 to 10"),
        (f"image,{VOTES}\nb.png,0,8\n", "line 2: votes must be whole numbers from 0 to 10"),
        (f"name,{VOTES}\n", "no column image"),
        ("\xff", "no column image, anger"),
    ],
)
def test_bad_votes_are_named(tmp_path: Path, text: str, reason: str) -> None:
    write_face(tmp_path / "train/happy/b.png", 30)
    (tmp_path / "ferplus-training.csv").write_text(text)
    with pytest.raises(BadDataError, match=reason):
        read(tmp_path)


def test_held_out_faces_are_a_fixed_part_with_copies_on_one_side() -> None:
    once = random_faces(*range(7), *range(7), *range(7))
    faces = Faces(np.tile(once.images, (4, 1, 1, 1)), np.tile(once.labels, 4), np.full((84, 10), 1, np.uint8))
    held, again = (hold_out(Dataset({"Training": faces})).splits["HeldOut"] for _ in range(2))
    assert held.fingerprint() == again.fingerprint()
    assert held.counts() == dict.fromkeys(LABELS, 4)
    rest = hold_out(Dataset({"Training": faces})).training
    assert len(rest) + len(held) == 84
    assert len(rest.votes) == len(rest)
    assert not {image.tobytes() for image in rest.images} & {image.tobytes() for image in held.images}


def test_too_few_faces_to_hold_out_is_said_so() -> None:
    with pytest.raises(BadDataError, match="too few faces to hold some out"):
        hold_out(Dataset({"Training": random_faces(*range(7))}))


def random_faces(*labels: int, seed: int = 0) -> Faces:
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), 48, 48, 1), np.uint8)
    return Faces(images, np.array(labels, np.int64))


def test_training_loses_constant_images_and_copies_of_evaluation_images(tmp_path: Path) -> None:
    rows = [
        (3, "1", "2", "Training"),
        (3, "5", "5", "Training"),
        (2, "8", "9", "Training"),
        (4, "8", "9", "PublicTest"),
    ]
    text = "\n".join(f"{label},{' '.join([first] * 2303)} {last},{split}" for label, first, last, split in rows)
    path = tmp_path / "fer2013.csv"
    path.write_text(f"emotion,pixels,Usage\n{text}\n")
    dataset = load(path)
    assert list(dataset.training.labels) == [3]
    assert (dataset.cleaning.constant, dataset.cleaning.duplicates_of_evaluation) == (1, 1)
    assert len(dataset.splits["PublicTest"]) == 1


def test_duplicates_are_grouped_across_splits_and_labels() -> None:
    one, two = random_faces(0, 1, 2), random_faces(3, 4, seed=1)
    training = Faces(np.concatenate([one.images, one.images[:1]]), np.array([0, 1, 2, 5]))
    public = Faces(np.concatenate([two.images, one.images[1:2]]), np.array([3, 4, 1]))
    groups = duplicate_groups({"Training": training, "PublicTest": public})
    assert [[(place.split, place.position) for place in group] for group in groups] == [
        [("Training", 0), ("Training", 3)],
        [("Training", 1), ("PublicTest", 2)],
    ]
    assert [crosses_splits(group) for group in groups] == [False, True]
    assert [has_conflict(group) for group in groups] == [True, False]


def test_what_differs_from_the_published_counts_is_said() -> None:
    sentences = differences({"Training": random_faces(0, 3)})
    assert sentences[0].startswith("Training has 2 faces instead of 28,709: 1 anger instead of 3,995")
    assert sentences[1:] == ["PublicTest is missing.", "PrivateTest is missing."]
