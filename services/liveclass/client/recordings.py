"""When a video file was recorded."""

import struct
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

_EPOCH = datetime(1904, 1, 1, tzinfo=timezone.utc)
"""Times in MP4 and QuickTime files count from here (ISO/IEC 14496-12, 8.2.2)."""


def recording_start(path: Path, duration: timedelta) -> datetime:
    """When the video in `path`, `duration` long, began: what an MP4 or QuickTime file says, or else its last change
    less its duration. Never so late that it would not be over by now.
    """
    now = datetime.now(timezone.utc)
    changed = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    return min(creation_time(path) or changed - duration, now - duration)


def creation_time(path: Path) -> datetime | None:
    """The creation time that an MP4 or QuickTime file carries (UTC); None where it has none."""
    try:
        with path.open("rb") as file:
            found = _find_box(file, b"moov", path.stat().st_size)
            header = _find_box(file, b"mvhd", found) if found else None
            if header is None:
                return None
            version = file.read(4)[0]
            (seconds,) = struct.unpack(">Q", file.read(8)) if version == 1 else struct.unpack(">I", file.read(4))
        return _EPOCH + timedelta(seconds=seconds) if seconds else None
    except (OSError, IndexError, struct.error, OverflowError):
        return None


def _find_box(file: BinaryIO, kind: bytes, end: int) -> int | None:
    """Leaves `file` at the content of the next box of a `kind` before `end`, and returns where that box ends."""
    while (begin := file.tell()) + 8 <= end:
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:  # the size is 64 bits long, and follows
            (size,) = struct.unpack(">Q", file.read(8))
        stop = begin + size if size else end
        if name == kind:
            return stop
        if size and size < 8:
            return None
        file.seek(stop)
    return None
