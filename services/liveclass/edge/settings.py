"""What the edge can be told."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Names = Annotated[list[str], NoDecode]
"""Separated by commas in the environment."""


class EdgeSettings(BaseSettings):
    """Settings of `python -m liveclass.edge`, from environment variables that begin with `LIVECLASS_`."""

    model_config = SettingsConfigDict(env_prefix="LIVECLASS_", frozen=True)

    edge_host: str = Field("127.0.0.1", description="Address that the edge listens on; 0.0.0.0 for all.")
    edge_port: int = Field(8080, ge=1, le=65535, description="HTTP port of the edge.")
    edge_metrics_port: int = Field(9103, ge=1, le=65535, description="Port of its /metrics and /health.")
    edge_threads: int = Field(2, ge=1, le=128, description="Threads that Envoy serves with.")
    edge_hosts: Names = Field(
        ["localhost", "127.0.0.1", "[::1]"],
        min_length=1,
        description="Host names that it answers to, separated by commas; a request for any other is refused.",
    )
    edge_origins: Names = Field(
        [],
        description="Origins of other sites whose pages may call it, such as https://lms.example.org; commas between.",
    )
    edge_certificate: Path | None = Field(None, description="PEM file of its TLS certificate chain; none: plain HTTP.")
    edge_key: Path | None = Field(None, description="PEM file of that certificate's key.")
    edge_trusted_proxies: int = Field(
        0, ge=0, le=10, description="How many proxies in front of it may be believed about a caller's address."
    )
    edge_max_connections: int = Field(1000, gt=0, description="Connections at once; further ones are closed.")
    edge_max_request_bytes: int = Field(12 * 1024 * 1024, gt=0, description="The largest body of a request.")
    edge_max_response_bytes: int = Field(64 * 1024 * 1024, gt=0, description="The largest body of an answer in JSON.")
    edge_max_memory_bytes: int = Field(
        1024 * 1024 * 1024, ge=128 * 1024 * 1024, description="With 95 % of it in use, requests are refused with 503."
    )
    edge_request_seconds: float = Field(
        30.0, gt=0, description="Longest time for a request to arrive and to be answered, streams excepted."
    )
    edge_max_stream_seconds: float = Field(2100.0, gt=0, description="A stream is cut off after this time.")
    metrics_host: str = Field("127.0.0.1", description="Address on which /metrics and /health are shown, in plaintext.")
    plaintext_behind_proxy: bool = Field(
        False, description="Listen in plaintext beyond this machine: only a proxy that speaks TLS reaches the port."
    )
    plaintext_metrics: bool = Field(
        False, description="Show /metrics beyond this machine: only Prometheus and probes reach the port."
    )
    grace_seconds: float = Field(20.0, gt=0, description="Time for requests to finish after SIGTERM.")
    issuer: str = Field("", max_length=2048, description="Who issues tokens: their `iss`. Empty: any token is let in.")
    audience: str = Field("liveclass", min_length=1, description="The `aud` that tokens must be for.")
    ca: Path | None = Field(
        None,
        description="PEM file of the authorities that sign the services' certificates: they are called by TLS.",
    )
    certificate: Path | None = Field(None, description="PEM file of the certificate that it shows to the services.")
    key: Path | None = Field(None, description="PEM file of that certificate's key.")
    detection_address: str = Field("localhost:50051", description="Address of the detection service.")
    session_address: str = Field("localhost:50052", description="Address of the session service.")
    web_address: str = Field("localhost:8081", description="Address of the application that serves pages.")

    @field_validator("edge_hosts", "edge_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
