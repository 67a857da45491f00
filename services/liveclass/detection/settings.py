"""What the detection service can be told."""

from typing import Literal

from pydantic import Field

from liveclass.runtime.settings import ServiceSettings
from liveclass.vision.quality import DEFAULT_MIN_QUALITY


class DetectionSettings(ServiceSettings):
    """Settings of the detection service, from environment variables that begin with `LIVECLASS_`."""

    detection_port: int = Field(50051, ge=0, le=65535, description="gRPC port; 0 takes any free one.")
    detection_metrics_port: int = Field(9101, ge=0, le=65535, description="Port of /metrics and /health; 0 takes any.")
    triton_address: str = Field("localhost:8001", description="Triton's gRPC address.")
    model_name: str = Field("emotion", description="Name of the model in the model repository.")
    labels: Literal["votes", "fer2013"] = Field(
        "votes",
        description="Whose labels scores are by: votes (of ten annotators, where the model answers them) or fer2013.",
    )
    session_address: str = Field("localhost:50052", description="Address of the session service.")
    record_timeout_seconds: float = Field(
        2.0, gt=0, le=60, description="Longest wait for the session service to record a frame, and for a sign of life."
    )
    max_image_bytes: int = Field(8 * 1024 * 1024, gt=0, le=15 * 1024 * 1024, description="The largest frame in bytes.")
    max_image_pixels: int = Field(16_000_000, gt=0, description="The largest frame in pixels.")
    min_face_size: int = Field(48, ge=20, description="Side in pixels of the smallest face looked for by default.")
    min_face_share: float = Field(
        1 / 32,
        ge=0,
        le=1,
        description="By default, nor is a face looked for that is smaller than this share of the frame's longer side.",
    )
    max_faces: int = Field(100, gt=0, le=1000, description="The most faces returned of a frame by default.")
    crop_margin: float = Field(
        0.0, ge=-0.5, le=1, description="How much larger than the detector's box a face is cut out, as a share of it."
    )
    cascade: Literal["alt2", "default"] = Field("alt2", description="OpenCV's Haar cascade that finds the faces.")
    cascade_step: float = Field(1.3, gt=1.01, le=2, description="Factor between two sizes at which faces are sought.")
    cascade_slack: float = Field(
        1.1, ge=1, le=2, description="Sizes are sought down to the smallest face wanted, divided by this."
    )
    detection_threads: int = Field(0, ge=0, description="Frames looked at at once; 0: one for each processor.")
    max_frames_in_flight: int = Field(
        64, gt=0, description="The most frames admitted at once. The limit that is learned stays below it."
    )
    min_quality: float = Field(
        DEFAULT_MIN_QUALITY,
        ge=0,
        le=1,
        description="Faces of a lower quality are reported and not counted in the timeline.",
    )
    smoothing_seconds: float = Field(1.0, ge=0, le=60, description="Time constant of the scores of a stream.")
    full_scan_seconds: float = Field(
        3.0, gt=0, le=10, description="Within this time a stream's whole frame is searched once for new faces."
    )
