"""The settings of the detection service."""

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
        description="Labels that scores follow: votes (of ten annotators, where the model answers them) or fer2013.",
    )
    session_address: str = Field("localhost:50052", description="Address of the session service.")
    record_timeout_seconds: float = Field(
        2.0,
        gt=0,
        le=60,
        description="Timeout of recording a frame in the session service, and of that service's silence.",
    )
    max_image_bytes: int = Field(
        8 * 1024 * 1024, gt=0, le=15 * 1024 * 1024, description="Maximum size of a frame in bytes."
    )
    max_image_pixels: int = Field(16_000_000, gt=0, description="Maximum number of pixels of a frame.")
    min_face_size: int = Field(48, ge=20, description="Minimum face size in pixels.")
    min_face_share: float = Field(
        1 / 32,
        ge=0,
        le=1,
        description="Minimum face size as a fraction of the longer image side. The larger of the two minima holds.",
    )
    max_faces: int = Field(100, gt=0, le=1000, description="Maximum number of faces returned for a frame.")
    crop_margin: float = Field(
        0.0,
        ge=-0.5,
        le=1,
        description="Margin around a detected face when it is cropped, both sides together, as a fraction of its size.",
    )
    cascade: Literal["alt2", "default"] = Field("alt2", description="OpenCV's Haar cascade that finds the faces.")
    cascade_step: float = Field(1.3, gt=1.01, le=2, description="Scale factor between two face sizes of the search.")
    cascade_slack: float = Field(
        1.1, ge=1, le=2, description="The search goes down to the minimum face size divided by this factor."
    )
    detection_threads: int = Field(
        0, ge=0, description="Frames that are analyzed in parallel; 0: one for each processor."
    )
    max_frames_in_flight: int = Field(
        64,
        gt=0,
        description="Maximum number of frames in flight. The limit adapts to the latency and never exceeds this.",
    )
    min_quality: float = Field(
        DEFAULT_MIN_QUALITY,
        ge=0,
        le=1,
        description="Faces of a lower quality are returned but not counted in the timeline.",
    )
    carry_over_seconds: float = Field(
        0.5,
        ge=0,
        le=2,
        description="Longest time for which a face keeps its scores while nothing points to a change; 0: every face is "
        "classified in every frame.",
    )
    follow_seconds: float = Field(
        0.5,
        ge=0,
        le=2,
        description="Longest time for which a face is found again by what it looked like, before the cascade looks for "
        "it again; 0: the cascade looks in every frame.",
    )
    motion_search_seconds: float = Field(
        0.25,
        ge=0,
        le=2,
        description="Interval in which what has changed in the picture of a stream or a named source is searched for "
        "new faces; 0: the picture is searched without regard to changes.",
    )
    smoothing_seconds: float = Field(
        1.0, ge=0, le=60, description="Time constant of the smoothing of a stream's scores; 0: none."
    )
    full_scan_seconds: float = Field(
        5.0, gt=0, le=10, description="Interval in which the whole frame of a stream is searched for new faces once."
    )
