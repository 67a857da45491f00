"""Typed settings from the environment, the same way for every service."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class TokenSettings(BaseSettings):
    """Whose tokens are taken. Of every program that verifies them."""

    model_config = SettingsConfigDict(env_prefix="LIVECLASS_", frozen=True)

    issuer: str = Field("", max_length=2048, description="Who issues tokens: their `iss`. Empty: calls need no token.")
    audience: str = Field("liveclass", min_length=1, description="The `aud` that tokens must be for.")
    jwks: str = Field(
        "", description="The issuer's keys: a JWKS file or an https URL. Empty: found by OIDC discovery at the issuer."
    )
    claims: Path | None = Field(
        None,
        description="TOML file: what the issuer's roles and groups may do. Empty: tokens say it themselves.",
    )
    max_token_seconds: float = Field(
        3600.0, gt=0, le=86_400, description="Tokens that expire later than this from now are refused."
    )


class ServiceSettings(TokenSettings):
    """The settings of every service. Each service adds its own in a subclass; all have usable defaults.

    Read from environment variables that begin with `LIVECLASS_`; raises pydantic's `ValidationError`.
    """

    listen_host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 or [::] for all.")
    metrics_host: str = Field(
        "127.0.0.1",
        description="Address of /metrics and /health, which are plaintext and open to everybody who reaches it.",
    )
    certificate: Path | None = Field(
        None,
        description="PEM file of this service's certificate and its intermediates. With it the service speaks TLS, and "
        "shows it to the services that it calls.",
    )
    key: Path | None = Field(None, description="PEM file of the certificate's key.")
    ca: Path | None = Field(
        None, description="PEM file of the authorities whose certificates are trusted of the services that are called."
    )
    client_ca: Path | None = Field(
        None,
        description="PEM file of the authorities one of which must have signed a caller's certificate (mutual TLS).",
    )
    allowed_clients: str = Field(
        "",
        description="Names in the certificates of callers that are let in, separated by commas; * for any that "
        "LIVECLASS_CLIENT_CA has signed.",
    )
    local_operator: bool = Field(
        False,
        description="With an issuer, too, a call without a token is the local operator's, who may do everything. Only "
        "where just this machine reaches the port.",
    )
    tenant_limits: Path | None = Field(
        None,
        description="TOML file: the most frames a second, open streams and stored sessions of each tenant. Empty: no "
        "limits.",
    )
    plaintext_behind_proxy: bool = Field(
        False, description="Listen in plaintext beyond this machine: only a proxy that speaks TLS reaches the port."
    )
    plaintext_metrics: bool = Field(
        False, description="Show /metrics beyond this machine: only Prometheus and probes reach the port."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest level that is logged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="json for machines, console for people; auto: console on a terminal."
    )
    max_clock_offset_seconds: float = Field(
        600.0,
        ge=0,
        le=86_400,
        description="Frames captured more than this before their session's start, or in the future, are refused.",
    )
    grace_seconds: float = Field(20.0, gt=0, description="Time for admitted calls to finish after SIGTERM.")
    max_connection_age_seconds: float = Field(
        300.0,
        gt=0,
        description="Connections are closed after this time, so that clients reconnect and find new replicas.",
    )
    max_connections: int = Field(
        800, gt=0, description="Maximum number of connections; further ones are closed at once."
    )
    max_stream_age_seconds: float = Field(1800.0, gt=0, description="A stream is ended after this time, with a status.")
    stream_idle_seconds: float = Field(
        300.0, gt=0, description="A stream whose caller sends nothing for this time is ended, with a status."
    )


def problems(error: ValidationError) -> str:
    """One sentence that names the variables and what is wrong with them."""
    prefix = ServiceSettings.model_config["env_prefix"]
    return "; ".join(f"{prefix}{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
