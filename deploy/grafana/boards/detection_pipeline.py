"""*Detection pipeline*: frames on their way to faces."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import NOT_OK, THIRD, Query, board, calls, curves, figure

FRAMES = 'method="ClassifyFrame"'


def detection_pipeline() -> Dashboard:
    stage_rate = "sum by (stage) (rate(liveclass_frame_stage_seconds_{part}[$__rate_interval]))"
    return board(
        "liveclass-detection",
        "Detection pipeline",
        "Frames on their way to faces: how many, how long each stage takes, what is refused.",
        [
            figure("Frames", "ClassifyFrame calls a second.", f"sum({calls(FRAMES)})", "reqps"),
            figure("Faces", "Faces found a second.", "sum(rate(liveclass_faces_total[$__rate_interval]))", "cps"),
            figure("Frames in flight", "Admitted and not yet answered.", "sum(liveclass_frames_in_flight)", "none"),
            figure("Refused", "For want of room.", "liveclass:frames_refused:ratio_rate5m", "percentunit"),
            curves(
                "Frames",
                "ClassifyFrame calls by replica. Even lines mean that clients spread their calls.",
                [Query(f"sum by (instance) ({calls(FRAMES)})", "{{instance}}")],
                "reqps",
                THIRD,
            ),
            curves(
                "Faces by outcome",
                "What became of the faces that were found.",
                [Query("sum by (outcome) (rate(liveclass_faces_total[$__rate_interval]))", "{{outcome}}")],
                "cps",
                THIRD,
                stacked=True,
            ),
            curves(
                "Frames in flight",
                "By replica. The autoscaler aims at 4.",
                [Query("liveclass_frames_in_flight", "{{instance}}")],
                "none",
                THIRD,
            ),
            curves(
                "Where the time goes",
                "Mean time of each stage, stacked: their sum is the mean time of a frame.",
                [Query(f"{stage_rate.format(part='sum')} / {stage_rate.format(part='count')}", "{{stage}}")],
                "s",
                stacked=True,
            ),
            curves(
                "Slow stages",
                "The time that one frame in twenty exceeds, by stage.",
                [
                    Query(
                        "histogram_quantile(0.95, sum by (le, stage) "
                        "(rate(liveclass_frame_stage_seconds_bucket[$__rate_interval])))",
                        "{{stage}}",
                    )
                ],
                "s",
            ),
            curves(
                "Refusals and failures",
                "Answers to ClassifyFrame that are not OK, by code.",
                [Query(f"sum by (code) ({calls(FRAMES, NOT_OK)})", "{{code}}")],
                "reqps",
            ),
            curves(
                "Faces per frame",
                "A fall to zero with frames coming in means cameras that see nobody, or a detector that is broken.",
                [
                    Query(
                        "sum(rate(liveclass_faces_total[$__rate_interval])) / "
                        'sum(rate(liveclass_frame_stage_seconds_count{stage="detect"}[$__rate_interval]))',
                        "faces",
                    )
                ],
                "none",
            ),
        ],
    )
