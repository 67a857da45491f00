"""*Service objectives*: whether the system keeps its promises.

Taken from what the rules record, so that an alert and its picture never disagree.
"""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import NOT_OK, Query, board, calls, curves, figure, quantiles

BURN_RATE = "How many times faster than allowed the budget is spent. 14.4 for an hour, or 6 for six, wakes somebody."

FRAME_OBJECTIVE, OBSERVATION_OBJECTIVE = 0.995, 0.999


def service_objectives() -> Dashboard:
    return board(
        "liveclass-objectives",
        "Service objectives",
        "Whether the system keeps its promises: frames in 500 ms, observations durable and readable in 2 s.",
        [
            figure(
                "Frames in time, 30 days",
                "Admitted ClassifyFrame calls answered OK within 500 ms. The objective is 99.5 %.",
                "1 - liveclass:frame_errors:ratio_rate30d",
                "percentunit",
                bad_below=FRAME_OBJECTIVE,
            ),
            figure(
                "Frames: budget left",
                "What is left of this month's 0.5 %. Below zero the objective is missed.",
                "liveclass:frame_error_budget:remaining",
                "percentunit",
                bad_below=0.0,
            ),
            figure(
                "Observations in time, 30 days",
                "RecordObservations calls answered OK within 2 s. The objective is 99.9 %.",
                "1 - liveclass:observation_errors:ratio_rate30d",
                "percentunit",
                bad_below=OBSERVATION_OBJECTIVE,
            ),
            figure(
                "Observations: budget left",
                "What is left of this month's 0.1 %. Below zero the objective is missed.",
                "liveclass:observation_error_budget:remaining",
                "percentunit",
                bad_below=0.0,
            ),
            curves(
                "Frames: burn rate",
                BURN_RATE,
                [
                    Query("liveclass:frame_errors:ratio_rate5m / 0.005", "5 minutes"),
                    Query("liveclass:frame_errors:ratio_rate1h / 0.005", "1 hour"),
                    Query("liveclass:frame_errors:ratio_rate6h / 0.005", "6 hours"),
                    Query("liveclass:frame_errors:ratio_rate3d / 0.005", "3 days"),
                ],
                "none",
            ),
            curves(
                "Observations: burn rate",
                BURN_RATE,
                [
                    Query("liveclass:observation_errors:ratio_rate5m / 0.001", "5 minutes"),
                    Query("liveclass:observation_errors:ratio_rate1h / 0.001", "1 hour"),
                    Query("liveclass:observation_errors:ratio_rate6h / 0.001", "6 hours"),
                    Query("liveclass:observation_errors:ratio_rate3d / 0.001", "3 days"),
                ],
                "none",
            ),
            curves(
                "Time of a frame",
                "From the arrival of a ClassifyFrame call to its answer, refused ones included.",
                quantiles("liveclass_grpc_request_seconds", 'method="ClassifyFrame"'),
                "s",
            ),
            curves(
                "Time of an observation",
                "From the arrival of a RecordObservations call to its answer: by then it is on disk.",
                quantiles("liveclass_grpc_request_seconds", 'method="RecordObservations"'),
                "s",
            ),
            curves(
                "Observations waiting",
                "For the next commit, by replica. A line that climbs and stays is a store that does not keep up.",
                [Query("liveclass_observations_waiting", "{{instance}}")],
                "none",
            ),
            curves(
                "Frames not recorded",
                "Of those that could be: classified, and answered with recorded false. 5 % wakes somebody.",
                [Query("liveclass:frames_unrecorded:ratio_rate5m", "not recorded")],
                "percentunit",
            ),
            curves(
                "Calls by method",
                "What clients ask for.",
                [Query(f"sum by (method) ({calls()})", "{{method}}")],
                "reqps",
            ),
            curves(
                "Answers that are not OK",
                "INVALID_ARGUMENT is the caller's, RESOURCE_EXHAUSTED protects the others, INTERNAL is a defect.",
                [Query(f"sum by (method, code) ({calls(NOT_OK)})", "{{method}} {{code}}")],
                "reqps",
            ),
        ],
    )
