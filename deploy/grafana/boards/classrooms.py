"""*Classrooms*: how many are being watched, and by how much; never how they feel.

Emotions have a minimum group below which nobody may see them, and only the session service knows the groups: it is the
one place that shows emotions. Prometheus is told of counts alone, over all classrooms together.
"""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import Query, board, calls, curves, figure

RECORDS, OK = 'method="RecordObservations"', 'code="OK"'

READS = 'method=~"GetTimeline|WatchTimeline|GetSummary|ExportTimeline"'


def classrooms() -> Dashboard:
    frames = 'sum(rate(liveclass_frame_stage_seconds_count{stage="detect"}[$__rate_interval]))'
    faces = "sum(rate(liveclass_faces_total[$__rate_interval]))"
    recorded = f"sum({calls(RECORDS, OK)})"
    return board(
        "liveclass-classrooms",
        "Classrooms",
        "How much live class there is. Counts only: emotions are read from the session service, which keeps groups.",
        [
            figure("Faces", "Found a second, in all classrooms.", faces, "cps"),
            figure("Frames recorded", "Answered OK by the session service, a second.", recorded, "reqps"),
            curves(
                "Frames and faces",
                "All classrooms together.",
                [Query(frames, "frames"), Query(faces, "faces")],
                "cps",
            ),
            curves(
                "Timelines read",
                "By people and programs, by method.",
                [Query(f"sum by (method) ({calls(READS)})", "{{method}}")],
                "reqps",
            ),
        ],
    )
