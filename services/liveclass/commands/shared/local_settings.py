"""Settings of the command line: addresses, ports and paths on this machine."""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from liveclass.paths import data_directory, model_repository


class LocalSettings(BaseSettings):
    """Settings of `liveclass up` and of the commands that call the services."""

    model_config = SettingsConfigDict(env_prefix="LIVECLASS_", frozen=True, protected_namespaces=())

    detection_address: str = Field("localhost:50051", description="Address of the detection service for clients.")
    session_address: str = Field("localhost:50052", description="Address of the session service for clients.")
    token: SecretStr = Field(
        SecretStr(""), description="Token that commands send. Empty: the one that `liveclass login` stored."
    )
    plaintext_token: bool = Field(
        False, description="Let commands send the token in plaintext to another machine: the network is private."
    )
    triton_http_port: int = Field(8000, description="HTTP port of the local Triton.")
    triton_grpc_port: int = Field(8001, description="gRPC port of the local Triton.")
    triton_metrics_port: int = Field(8002, description="Metrics port of the local Triton.")
    model_repository: Path = Field(
        default_factory=lambda: model_repository(os.environ),
        description="The model repository that is served and that `liveclass publish` writes to.",
    )
    data_directory: Path = Field(
        default_factory=lambda: data_directory(os.environ),
        description="The folder of the local database and of the logs of `liveclass up`.",
    )
