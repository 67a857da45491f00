"""A session over time, and what can be made of it: a pandas frame, a picture."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from liveclass.client.errors import MissingPackageError
from liveclass.client.results import TimelineBucket
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
    """Whose labels the scores are by: "votes" (of ten annotators) or "fer2013"; empty: no face was recorded yet."""

    def to_pandas(self) -> "pd.DataFrame":
        """One row per bucket, indexed by its start (UTC): counts, and mean score and top share of each emotion.

        Needs pandas: `pip install 'liveclass[pandas]'`. Emotions of suppressed buckets are NaN.
        """
        try:
            from liveclass.client.tables import timeline_frame  # noqa: PLC0415  pandas is an extra
        except ModuleNotFoundError as error:
            raise MissingPackageError(f"to_pandas() needs more than the SDK: {install_hint(error)}") from error
        return timeline_frame(self.buckets)

    def plot(self, path: str | Path, *, title: str = "", dark: bool = False) -> Path:
        """Draws the timeline into `path`; its suffix (.png, .svg, .pdf) says as what. Needs matplotlib."""
        from liveclass.client.plots import plot_timeline  # noqa: PLC0415  matplotlib is an extra

        source = f", source {self.source}" if self.source else ""
        return plot_timeline(self.buckets, Path(path), title=title or f"{self.session}{source}", dark=dark)
