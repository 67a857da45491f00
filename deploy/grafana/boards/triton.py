"""*Triton*: the model server."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import Query, board, curves, figure


def triton() -> Dashboard:
    def rate(name: str) -> str:
        return f'rate({name}{{model="emotion"}}[$__rate_interval])'

    def per_request(name: str) -> str:
        # Triton counts microseconds of all requests; what a request sees is their quotient.
        return f"sum({rate(name)}) / sum({rate('nv_inference_request_success')}) / 1e6"

    replicas = 'count(count by (instance) (nv_inference_count{model="emotion"}))'
    batch = f"sum({rate('nv_inference_count')}) / sum({rate('nv_inference_exec_count')})"
    waiting = '(nv_inference_pending_request_count{model="emotion"})'
    ratio = "liveclass:triton_queue_to_compute:ratio_rate5m"
    return board(
        "liveclass-triton",
        "Triton",
        "The model server: how well it batches, how long faces queue, what it serves and on what.",
        [
            figure("Replicas ready", "That serve the model.", replicas, "none"),
            figure("Faces per execution", "The batch that dynamic batching makes.", batch, "none"),
            figure("Queue to compute", "Above 1 the autoscaler adds; above 3 somebody is told.", ratio, "none"),
            figure("Waiting requests", "In the queue now.", f"sum {waiting}", "none"),
            curves(
                "Faces and requests",
                "A request is a frame's faces; an execution is a batch of requests.",
                [
                    Query(f"sum({rate('nv_inference_count')})", "faces"),
                    Query(f"sum({rate('nv_inference_request_success')})", "requests"),
                    Query(f"sum({rate('nv_inference_exec_count')})", "executions"),
                ],
                "cps",
            ),
            curves(
                "Queue against compute",
                "Mean time of a request, stacked. Queueing that grows while computing stays means too few replicas.",
                [
                    Query(per_request("nv_inference_queue_duration_us"), "queue"),
                    Query(per_request("nv_inference_compute_input_duration_us"), "input"),
                    Query(per_request("nv_inference_compute_infer_duration_us"), "compute"),
                    Query(per_request("nv_inference_compute_output_duration_us"), "output"),
                ],
                "s",
                stacked=True,
            ),
            curves(
                "Failed requests",
                "By the reason that Triton gives.",
                [Query(f"sum by (reason) ({rate('nv_inference_request_failure')})", "{{reason}}")],
                "reqps",
            ),
            curves(
                "Versions loaded",
                "Replicas that have each version. During a rollout lines cross; afterwards they are level.",
                [Query("liveclass:triton_replicas_by_version:count", "version {{version}}")],
                "none",
            ),
            curves(
                "Versions used",
                "Faces classified by each version.",
                [Query(f"sum by (version) ({rate('nv_inference_count')})", "version {{version}}")],
                "cps",
                stacked=True,
            ),
            curves("Waiting requests", "By replica.", [Query(f"sum by (instance) {waiting}", "{{instance}}")], "none"),
            curves(
                "GPU use",
                "Empty without a GPU.",
                [Query("nv_gpu_utilization", "{{instance}} {{gpu_uuid}}")],
                "percentunit",
            ),
            curves(
                "GPU memory",
                "Empty without a GPU.",
                [Query("nv_gpu_memory_used_bytes / nv_gpu_memory_total_bytes", "{{instance}} {{gpu_uuid}}")],
                "percentunit",
            ),
        ],
    )
