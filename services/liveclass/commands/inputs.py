"""What `liveclass classify` is pointed at: pictures, folders of them, and videos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from liveclass.client import Camera, Frame, UnreadableFrameError

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg"})


_WRITTEN = PICTURES  # what OpenCV can write, too


@dataclass(frozen=True)
class Input:
    """A file to classify."""

    path: Path
    label: str
    """What to call it in a table: relative to the folder that was given."""
    save_as: Path
    """Where its picture goes in the folder of saved pictures: no two inputs share it."""

    @property
    def is_video(self) -> bool:
        return self.path.suffix.lower() in VIDEOS


@dataclass(frozen=True)
class Item:
    """A frame to classify, or why there is none."""

    path: Path
    name: str
    """The path, and of a video's frame its number, for programs."""
    label: str
    """A shorter one, for people."""
    save_as: Path
    frame: Frame | None
    error: UnreadableFrameError | None = None


def find_inputs(paths: Sequence[Path]) -> list[Input]:
    """Files as they are given, whatever their suffix; of folders all pictures and videos below.

    What is hidden is left out, files and folders alike: caches of thumbnails, the trash, resource forks of macOS.
    """
    found: dict[Path, Input] = {}
    for path in paths:
        files = [path]
        if path.is_dir():
            found_below = (file for file in sorted(path.rglob("*")) if file.is_file())
            files = [file for file in found_below if _looks_right(file.relative_to(path))]
        for file in files:
            wanted = file.relative_to(path) if path.is_dir() else Path(file.name)
            label = str(wanted if path.is_dir() else file)
            if wanted.suffix.lower() not in _WRITTEN | VIDEOS:
                wanted = wanted.with_name(f"{wanted.name}.jpg")
            save_as = next(name for name in _numbered(wanted) if name not in found)
            found[save_as] = Input(file, label, save_as)
    return list(found.values())


def _looks_right(file: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in file.parts)
    return not is_hidden and file.suffix.lower() in PICTURES | VIDEOS


def _numbered(name: Path) -> Iterator[Path]:
    """The name, then the same with -2, -3 … added."""
    yield name
    for number in count(2):
        yield name.with_name(f"{name.stem}-{number}{name.suffix}")


def frames_of(given: Input, frames_per_second: float) -> Iterator[Item]:
    """The frame of a picture, or those of a video; what cannot be read comes as an error, last."""
    if not given.is_video:
        yield Item(given.path, str(given.path), given.label, given.save_as, Frame(given.path))
        return
    try:
        with Camera(given.path, frames_per_second=frames_per_second) as camera:
            for number, frame in enumerate(camera, start=1):
                numbered = given.save_as.with_name(f"{given.save_as.stem}-{number:06}.jpg")
                yield Item(given.path, f"{given.path}#{number}", f"{given.label}#{number}", numbered, frame)
    except UnreadableFrameError as error:
        yield Item(given.path, str(given.path), given.label, given.save_as, None, error)


def count_frames(inputs: Sequence[Input], frames_per_second: float) -> int | None:
    """How many frames there are in all, for a progress bar; None where a video does not say."""
    total = 0
    for given in inputs:
        if not given.is_video:
            total += 1
            continue
        try:
            with Camera(given.path, frames_per_second=frames_per_second) as camera:
                if camera.length is None:
                    return None
                total += camera.length
        except UnreadableFrameError:
            total += 1
    return total
