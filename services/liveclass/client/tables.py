"""Timelines as pandas frames."""

from collections.abc import Sequence

import pandas as pd  # type: ignore[import-untyped]  # its stubs are a package of their own

from liveclass.client.results import TimelineBucket
from liveclass.emotions import Emotion


def timeline_frame(buckets: Sequence[TimelineBucket]) -> pd.DataFrame:
    """One row per bucket, indexed by `start_time` in UTC. Emotions of suppressed buckets are NaN.

    Columns: frames, faces, group_size, coverage, suppressed, open, then for each emotion its mean score ("anger"),
    the interval ("anger_low", "anger_high") and its top share ("anger_top").
    """
    rows = []
    for bucket in buckets:
        shares = {share.emotion: share for share in bucket.emotions}
        row: dict[str, float | int | bool] = {
            "frames": bucket.frames,
            "faces": bucket.faces,
            "group_size": bucket.group_size,
            "coverage": bucket.coverage,
            "suppressed": bucket.suppressed,
            "open": bucket.open,
        }
        for emotion in Emotion:
            share = shares.get(emotion)
            row[emotion.label] = share.mean_score if share else float("nan")
            row[f"{emotion.label}_low"] = share.mean_score_low if share else float("nan")
            row[f"{emotion.label}_high"] = share.mean_score_high if share else float("nan")
            row[f"{emotion.label}_top"] = share.top_share if share else float("nan")
        rows.append(row)
    columns = ["frames", "faces", "group_size", "coverage", "suppressed", "open"]
    columns += [f"{emotion.label}{part}" for emotion in Emotion for part in ("", "_low", "_high", "_top")]
    starts = pd.DatetimeIndex([bucket.start_time for bucket in buckets], name="start_time", tz="UTC")
    return pd.DataFrame(rows, index=starts, columns=columns)
