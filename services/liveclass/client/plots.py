"""Plots of timelines with matplotlib's object interface, which needs no global state and no display."""

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from liveclass.client.colours import colour
from liveclass.client.errors import LiveClassError
from liveclass.client.results import TimelineBucket
from liveclass.emotions import Emotion
from liveclass.install_hints import install_hint


class PlotError(LiveClassError):
    """The plot cannot be drawn: matplotlib is missing, the file cannot be written, or the timeline is empty."""


def plot_timeline(buckets: Sequence[TimelineBucket], path: Path, *, title: str, dark: bool = False) -> Path:
    """Draws the class over time: the mean scores stacked to 1, suppressed stretches hatched, the group size below.

    Times are local. Raises PlotError.
    """
    if not buckets:
        raise PlotError("the timeline is empty: there is nothing to draw")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  an extra
        from matplotlib.figure import Figure  # noqa: PLC0415  an extra
    except ImportError as error:
        raise PlotError(f"plots need more than the SDK: {install_hint(error)}") from error
    ink, ground = ("#e6e6e6", "#16181d") if dark else ("#222222", "#ffffff")
    figure = Figure(figsize=(11, 5), facecolor=ground, layout="constrained")
    FigureCanvasAgg(figure)
    emotions, group = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1])
    _draw_emotions(emotions, buckets, ink, ground)
    _draw_group(group, buckets, ink)
    for axes in (emotions, group):
        _style(axes, ink, ground)
    _label_times(group, buckets)
    emotions.set_title(title, color=ink, loc="left", fontsize=11)
    try:
        figure.savefig(path, dpi=150, facecolor=ground)
    except (OSError, ValueError) as error:
        raise PlotError(f"{path} cannot be written: {error}") from error
    return path


def _days(bucket: TimelineBucket) -> tuple[float, float]:
    """Left edge and width in days, matplotlib's unit."""
    return bucket.start_time.timestamp() / 86400, bucket.duration.total_seconds() / 86400


def _draw_emotions(axes: Any, buckets: Sequence[TimelineBucket], ink: str, ground: str) -> None:
    from matplotlib.patches import Patch  # noqa: PLC0415  an extra

    visible = [bucket for bucket in buckets if bucket.emotions]
    edges = [_days(bucket) for bucket in visible]
    bottoms = [0.0] * len(visible)
    for emotion in Emotion:
        heights = [bucket.emotions[emotion].mean_score for bucket in visible]
        axes.bar([e[0] for e in edges], heights, [e[1] for e in edges], bottoms, align="edge", color=colour(emotion))
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    suppressed = [_days(bucket) for bucket in buckets if bucket.suppressed]
    for left, width in suppressed:
        axes.axvspan(left, left + width, facecolor=ground, edgecolor=ink, alpha=0.45, hatch="////", linewidth=0)
    handles = [Patch(facecolor=colour(emotion), label=emotion.label) for emotion in reversed(Emotion)]
    if suppressed:
        handles.append(Patch(facecolor=ground, edgecolor=ink, hatch="////", label="suppressed"))
    axes.legend(
        handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, labelcolor=ink, fontsize=9
    )
    axes.set_ylim(0, 1)
    axes.set_ylabel("mean score", color=ink)


def _draw_group(axes: Any, buckets: Sequence[TimelineBucket], ink: str) -> None:
    visible = [bucket for bucket in buckets if not bucket.suppressed]
    lefts, widths = [_days(bucket)[0] for bucket in visible], [_days(bucket)[1] for bucket in visible]
    axes.bar(lefts, [bucket.group_size for bucket in visible], widths, align="edge", color=ink, alpha=0.55)
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("group size", color=ink)


def _style(axes: Any, ink: str, ground: str) -> None:
    axes.set_facecolor(ground)
    axes.tick_params(colors=ink)
    for name, spine in axes.spines.items():
        spine.set_color(ink)
        spine.set_visible(name in ("left", "bottom"))


def _label_times(axes: Any, buckets: Sequence[TimelineBucket]) -> None:
    from matplotlib import dates  # noqa: PLC0415  an extra

    library: Any = dates  # this part of matplotlib has no types

    zone = datetime.now(timezone.utc).astimezone().tzinfo
    locator = library.AutoDateLocator(tz=zone, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(library.ConciseDateFormatter(locator, tz=zone))
    axes.set_xlim(_days(buckets[0])[0], sum(_days(buckets[-1])))
