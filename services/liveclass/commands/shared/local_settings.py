"""What the command line can be told on top of what the services can: where things are on this machine."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from liveclass.paths import data_directory, model_repository


class LocalSettings(BaseSettings):
    """Settings of `liveclass up` and of the commands that talk to the services."""

    model_config = SettingsConfigDict(env_prefix="LIVECLASS_", frozen=True, protected_namespaces=())

    detection_address: str = Field("localhost:50051", description="Where clients find the detection service.")
    session_address: str = Field("localhost:50052", description="Where clients find the session service.")
    triton_http_port: int = Field(8000, description="Port of the Triton on this machine.")
    triton_grpc_port: int = Field(8001, description="gRPC port of that Triton.")
    triton_metrics_port: int = Field(8002, description="Port of that Triton's /metrics.")
    model_repository: Path = Field(
        default_factory=lambda: model_repository(os.environ),
        description="The model repository that is served, and that `liveclass publish` publishes into.",
    )
    data_directory: Path = Field(
        default_factory=lambda: data_directory(os.environ),
        description="Where the database of this machine and the logs of `liveclass up` are.",
    )
