"""*Classrooms*: how many are being watched, and by how much; never how they feel.

Emotions have a minimum group below which nobody may see them, and only the session service knows the groups: it is the
one place that shows emotions. Prometheus is told of counts alone, over all classrooms together.
"""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import Query, board, calls, curves, figure

READS = 'method=~"GetTimeline|WatchTimeline|GetSummary|ExportTimeline"'


def classrooms() -> Dashboard:
    frames = 'sum(rate(liveclass_frame_stage_seconds_count{stage="detect"}[$__rate_interval]))'
    faces = "sum(rate(liveclass_faces_total[$__rate_interval]))"
    recorded = 'sum(rate(liveclass_records_total{outcome="recorded"}[$__rate_interval]))'
    by_outcome = "sum by (outcome) (rate(liveclass_records_total[$__rate_interval]))"
    live, without_faces = "liveclass:sources_live:count", "liveclass:sources_without_faces:count"
    return board(
        "liveclass-classrooms",
        "Classrooms",
        "How much live class there is. Counts only: emotions are read from the session service, which keeps groups.",
        [
            figure("Live sources", "Cameras and participants that sent a frame within 30 seconds.", live, "none"),
            figure("Without a face", "Live sources that have shown none for a minute.", without_faces, "none"),
            figure("Faces", "Found a second, in all classrooms.", faces, "cps"),
            figure("Frames recorded", "A second; the session service has them on disk.", recorded, "cps"),
            curves(
                "Sources",
                "All classrooms together. Without a face: the room is empty, or the camera looks at the wrong thing.",
                [Query(live, "live"), Query(without_faces, "without a face")],
                "none",
            ),
            curves(
                "Frames and faces",
                "All classrooms together.",
                [Query(frames, "frames"), Query(faces, "faces")],
                "cps",
            ),
            curves(
                "Frames to record",
                "What became of them. Refused is the caller's, such as a session that has ended; unavailable may be "
                "sent again.",
                [Query(by_outcome, "{{outcome}}")],
                "cps",
                stacked=True,
            ),
            curves(
                "Timelines read",
                "By people and programs, by method.",
                [Query(f"sum by (method) ({calls(READS)})", "{{method}}")],
                "reqps",
            ),
        ],
    )
