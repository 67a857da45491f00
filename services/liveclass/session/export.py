"""A timeline as a file: CSV or JSON Lines."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple

from liveclass.emotions import LABELS
from liveclass.session import sums, timeline
from liveclass.session.timeline_reader import View
from liveclass.v1 import session_pb2

CHUNK_BYTES = 64 * 1024

Row = dict[str, Any]

_SHARES = ("mean_score", "top_share", "mean_score_low", "mean_score_high")


class FileFormat(NamedTuple):
    """A kind of file that a timeline can be exported as."""

    content_type: str
    suffix: str
    """Of the file's name."""
    chunks: Callable[[View], Iterator[bytes]]


def file_format(asked: session_pb2.ExportTimelineRequest.Format.ValueType) -> FileFormat:
    """CSV unless JSON Lines is asked for."""
    if asked == session_pb2.ExportTimelineRequest.FORMAT_JSON_LINES:
        return FileFormat("application/jsonl", "jsonl", json_chunks)
    return FileFormat("text/csv; charset=utf-8", "csv", csv_chunks)


def csv_chunks(view: View) -> Iterator[bytes]:
    """A header line, then a line for each bucket. What is suppressed, or was not seen, is left empty."""
    columns = ("start_time", "duration_seconds", "frames", "faces", "group_size", "coverage", "suppressed")
    shares = [f"{label}_{share}" for label in LABELS for share in _SHARES]
    with io.StringIO(newline="") as text:
        writer = csv.DictWriter(text, [*columns, *shares], restval="", lineterminator="\n")
        writer.writeheader()
        for row in _rows(view):
            emotions = row.pop("emotions", {})
            flat = {f"{label}_{share}": value for label, of in emotions.items() for share, value in of.items()}
            writer.writerow({**row, **flat, "suppressed": str(row["suppressed"]).lower()})
            if text.tell() >= CHUNK_BYTES:
                yield _take(text)
        yield _take(text)


def json_chunks(view: View) -> Iterator[bytes]:
    """One object a line for each bucket; `emotions` by label. What is suppressed, or was not seen, is left out."""
    with io.StringIO() as text:
        for row in _rows(view):
            text.write(json.dumps(row, separators=(",", ":")) + "\n")
            if text.tell() >= CHUNK_BYTES:
                yield _take(text)
        if text.tell():
            yield _take(text)


def _rows(view: View) -> Iterator[Row]:
    series = view.series
    shares = timeline.shares(series, hides=view.session.hides)
    coverage = timeline.coverage(series.sums)
    for index, start in enumerate(series.starts.tolist()):
        row: Row = {
            "start_time": datetime.fromtimestamp(start, timezone.utc).isoformat().replace("+00:00", "Z"),
            "duration_seconds": series.resolution,
            "suppressed": bool(view.suppressed[index]),
        }
        if not view.suppressed[index]:
            row["frames"] = int(series.sums[index, sums.FRAMES])
            row["faces"] = int(series.sums[index, sums.FACES])
            row["group_size"] = int(series.group[index])
            row["coverage"] = round(float(coverage[index]), 6)
            if row["faces"]:
                parts = (shares.mean[index], shares.top[index], shares.low[index], shares.high[index])
                row["emotions"] = {
                    label: {name: round(float(part[at]), 6) for name, part in zip(_SHARES, parts, strict=True)}
                    for at, label in enumerate(LABELS)
                }
        yield row


def _take(text: io.StringIO) -> bytes:
    """What is in `text`, which is empty afterwards."""
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data
