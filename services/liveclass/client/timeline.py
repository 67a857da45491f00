"""A session over time, with export to pandas and to a plot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from liveclass.client.errors import MissingPackageError
from liveclass.client.results import TimelineBucket
from liveclass.emotions import Emotion
from liveclass.install_hints import install_hint

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # its stubs are a package of their own


@dataclass(frozen=True)
class Timeline:
    """A session over time: the buckets in which something was recorded, in order."""

    session: str
    resolution: timedelta
    source: str
    buckets: tuple[TimelineBucket, ...]
    labels: str = ""
    """The labels of the scores: "votes" (of ten annotators) or "fer2013"; empty: no face was recorded yet."""

    def to_pandas(self) -> "pd.DataFrame":
        """One row per bucket, indexed by `start_time` (UTC). Needs pandas: `pip install 'liveclass[pandas]'`.

        Columns: frames, faces, group_size, coverage, suppressed, open, then for each emotion its mean score ("anger"),
        the interval ("anger_low", "anger_high") and its top share ("anger_top"). NaN where suppressed.
        """
        try:
            import pandas as pd  # noqa: PLC0415  pandas is an extra
        except ModuleNotFoundError as error:
            raise MissingPackageError(f"to_pandas() needs more than the SDK: {install_hint(error)}") from error
        index = pd.DatetimeIndex([bucket.start_time for bucket in self.buckets], name="start_time", tz="UTC")
        return pd.DataFrame([_row(bucket) for bucket in self.buckets], index=index, columns=list(_columns()))

    def plot(self, path: str | Path, *, title: str = "", dark: bool = False) -> Path:
        """Draws the timeline to `path`, in the format of its suffix (.png, .svg, .pdf). Needs matplotlib."""
        from liveclass.client.plots import plot_timeline  # noqa: PLC0415  matplotlib is an extra

        source = f", source {self.source}" if self.source else ""
        return plot_timeline(self.buckets, Path(path), title=title or f"{self.session}{source}", dark=dark)


_COUNTS = ("frames", "faces", "group_size", "coverage", "suppressed", "open")
_SHARES = {"": "mean_score", "_low": "mean_score_low", "_high": "mean_score_high", "_top": "top_share"}
"""Attribute of `EmotionShare` by the suffix of its column."""


def _columns() -> Iterator[str]:
    yield from _COUNTS
    yield from (f"{emotion.label}{suffix}" for emotion in Emotion for suffix in _SHARES)


def _row(bucket: TimelineBucket) -> dict[str, float | int | bool]:
    row: dict[str, float | int | bool] = dict.fromkeys(_columns(), float("nan"))
    row |= {name: getattr(bucket, name) for name in _COUNTS}
    for share in bucket.emotions:
        row |= {f"{share.emotion.label}{suffix}": getattr(share, name) for suffix, name in _SHARES.items()}
    return row
