"""FER+ (Barsoum et al., 2016): how many of ten annotators chose each emotion for an image of FER2013."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.errors import BadDataError

COLUMNS = (*LABELS, "contempt", "unknown", "NF")
"""What an annotator could choose, in the order of `Counts`; NF is "not a face"."""

PUBLISHED = "fer2013new.csv"
"""The file as published: one row for each row of `fer2013.csv`, in the same order."""

KEYED = "ferplus-*.csv"
"""Files with a column `image`: the name of the image's file."""

NO_MAJORITY = -1

Counts = npt.NDArray[np.uint8]
"""[N, 10]: annotators by `COLUMNS`. All zero: judged not to be a face, so there are no votes."""

VotesByKey = Mapping[str, Sequence[int]]
"""The counts of an image by its file name, or by its row in `fer2013.csv` counted from 0."""


def read_keyed(files: Iterable[Path]) -> dict[str, tuple[int, ...]]:
    """Votes by image file name. Raises `BadDataError` that names every bad row."""
    return {row["image"]: counts for file in files for row, counts in _rows(file, "image")}


def read_published(file: Path) -> dict[str, tuple[int, ...]]:
    """Votes by row number of `fer2013.csv`. A row without an image name was judged not to be a face, and is left out.

    Raises `BadDataError` that names every bad row.
    """
    rows = enumerate(_rows(file, "Image name"))
    return {str(number): counts for number, (row, counts) in rows if row["Image name"].strip()}


def _rows(file: Path, key: str) -> list[tuple[dict[str, str], tuple[int, ...]]]:
    found, problems = [], []
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines, strict=True)
            missing = [name for name in (key, *COLUMNS) if name not in (reader.fieldnames or ())]
            if missing:
                raise BadDataError(f"{file}: no column {', '.join(missing)}")
            for row in reader:
                counts = tuple(int(row[name]) if (row[name] or "").isdecimal() else -1 for name in COLUMNS)
                if min(counts) < 0 or max(counts) > 10:
                    problems.append(f"line {reader.line_num}: votes must be whole numbers from 0 to 10")
                else:
                    found.append((row, counts))
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadDataError(f"{file}: not a CSV file: {error}") from None
    if problems:
        raise BadDataError.listing(file, problems)
    return found


def counts_of(keys: Sequence[str], votes: VotesByKey | None) -> Counts | None:
    """The counts [N, 10] of the images `keys`; none where there are no votes at all."""
    if votes is None:
        return None
    nothing = (0,) * len(COLUMNS)
    return np.array([votes.get(key, nothing) for key in keys], np.uint8).reshape(-1, len(COLUMNS))


def kept_share(votes: Counts) -> npt.NDArray[np.float64]:
    """The share of an image's annotators that chose one of the seven emotions [N]; 0 without votes."""
    return np.asarray(votes[:, : len(LABELS)].sum(axis=1) / np.maximum(votes.sum(axis=1), 1), np.float64)


def distribution(votes: Counts) -> npt.NDArray[np.float64]:
    """The shares of the seven emotions among the annotators that chose one of them [N, 7]; zeros where none did."""
    seven = votes[:, : len(LABELS)].astype(np.float64)
    return np.asarray(seven / np.maximum(seven.sum(axis=1, keepdims=True), 1))


def majority(votes: Counts, least: int = 1) -> npt.NDArray[np.int64]:
    """The emotion that more annotators chose than anything else, at least `least` of them [N]; else `NO_MAJORITY`."""
    most = votes.max(axis=1)
    clear = ((votes == most[:, np.newaxis]).sum(axis=1) == 1) & (most >= max(1, least))
    answer = votes.argmax(axis=1)
    return np.where(clear & (answer < len(LABELS)), answer, NO_MAJORITY).astype(np.int64)


def one_against_the_others(votes: Counts) -> float:
    """How often one annotator chose what the majority of the image's other annotators chose.

    Counted over all annotators of images whose others have a majority (as in `majority`). NaN without any.
    """
    hits = asked = 0
    for choice in range(len(COLUMNS)):
        chose = votes[:, choice].astype(np.int64)
        others = votes.copy()
        others[:, choice] -= chose > 0
        answer = majority(others)
        asked += int(chose[answer != NO_MAJORITY].sum())
        hits += int(chose[answer == choice].sum())
    return hits / asked if asked else float("nan")
