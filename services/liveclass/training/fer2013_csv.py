"""Reads `fer2013.csv` as downloaded: a row a face, with columns emotion, pixels (2,304 numbers) and Usage."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from liveclass.emotions import LABELS, Emotion
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.faces import SPLITS, BadDataError, Faces
from liveclass.training.votes import VotesByKey, counts_of

COLUMNS = ("emotion", "pixels", "Usage")
PIXELS = FACE_SIZE * FACE_SIZE


class _BadRowError(ValueError):
    """Why a row is no face."""


def read_csv(path: Path, votes: VotesByKey | None = None) -> dict[str, Faces]:
    """The splits of the file at `path` by name, rows in the file's order; `votes` go by row, counted from 0.

    Raises `BadDataError` that names every bad row by line and reason: no row is ever skipped.
    """
    rows: defaultdict[str, list[tuple[bytes, int, str]]] = defaultdict(list)
    problems: list[str] = []
    for number, (line, row) in enumerate(_rows(path)):
        try:
            split, emotion, pixels = _parse(row)
        except _BadRowError as error:  # noqa: PERF203  # every bad row is to be named
            problems.append(f"line {line}: {error}")
        else:
            rows[split].append((pixels, emotion, str(number)))
    if problems:
        raise BadDataError.listing(path, problems)
    if not rows:
        raise BadDataError(f"{path}: no faces, only a header")
    return {split: _faces(rows[split], votes) for split in SPLITS if split in rows}


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, fields in the order of `COLUMNS`) of every row; extra or missing fields are kept for the message."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if sorted(header) != sorted(COLUMNS):
                raise BadDataError(f"{path}: line 1: columns {header} instead of {list(COLUMNS)}")
            order = [header.index(name) for name in COLUMNS]
            for row in reader:
                yield reader.line_num, [row[index] for index in order] if len(row) == len(order) else row
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadDataError(f"{path}: not a CSV file: {error}") from None


def _parse(row: list[str]) -> tuple[str, int, bytes]:
    """(split, emotion, pixels) of a row in the order of `COLUMNS`."""
    if len(row) != len(COLUMNS):
        raise _BadRowError(f"{len(row)} fields instead of {len(COLUMNS)} ({', '.join(COLUMNS)})")
    label, pixels, usage = row
    if label.strip() not in {str(emotion.value) for emotion in Emotion}:
        raise _BadRowError(f"emotion {label!r} instead of 0 to {len(LABELS) - 1}")
    if usage.strip() not in SPLITS:
        raise _BadRowError(f"Usage {usage!r} instead of {', '.join(SPLITS)}")
    return usage.strip(), int(label), _parse_pixels(pixels)


def _parse_pixels(text: str) -> bytes:
    values = text.split()
    if len(values) != PIXELS:
        raise _BadRowError(f"{len(values)} pixels instead of {PIXELS}")
    try:
        return bytes(map(int, values))
    except ValueError:
        bad = next(index for index, value in enumerate(values) if not _is_pixel(value))
        raise _BadRowError(f"pixel {bad + 1} is {values[bad]!r} instead of a number from 0 to 255") from None


def _is_pixel(value: str) -> bool:
    return value.isdecimal() and len(value) <= 3 and int(value) <= 255


def _faces(rows: list[tuple[bytes, int, str]], votes: VotesByKey | None) -> Faces:
    pixels, emotions, numbers = zip(*rows, strict=True)
    images = np.frombuffer(b"".join(pixels), np.uint8).reshape(-1, FACE_SIZE, FACE_SIZE, 1)
    return Faces(images, np.array(emotions, np.int64), counts_of(numbers, votes))
