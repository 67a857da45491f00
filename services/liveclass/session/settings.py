"""Settings of the session service."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from liveclass.paths import data_directory, sqlite_url
from liveclass.runtime.settings import ServiceSettings
from liveclass.session.declaration import parse_declaration
from liveclass.session.privacy import ReleaseRules


@dataclass(frozen=True)
class Limits:
    """What a new session is given where its creator asks for nothing else, and what may be asked for."""

    minimum_group_size: int
    retention_seconds: int
    max_clock_offset_seconds: float
    """How far a capture time may lie before the session's start, or after now."""
    lowest_minimum: int = 1
    """The smallest `minimum_group_size` that a session may ask for."""


class SessionSettings(ServiceSettings):
    """Settings of `python -m liveclass.session`."""

    session_port: int = Field(50052, ge=0, le=65535, description="Port of the session service; 0 takes any.")
    session_metrics_port: int = Field(9102, ge=0, le=65535, description="Port of /metrics and /health; 0 takes any.")
    database_url: str = Field(
        default_factory=lambda: sqlite_url(data_directory(os.environ)),
        description="Where sessions are kept: sqlite+aiosqlite:///FILE, or postgresql+asyncpg://USER@HOST/DATABASE.",
    )
    database_connections: int = Field(8, ge=1, le=100, description="The most connections to the database.")
    minimum_group_size: int = Field(
        5,
        ge=1,
        le=10_000,
        description="Emotions of fewer people are not shown. Sessions may set a larger number, and a smaller one only "
        "where the declared purpose is demonstration.",
    )
    settle_seconds: float = Field(
        2.0, ge=0, le=600, description="Seconds to wait for late observations before a ten-second cell is released."
    )
    newcomer_seconds: int = Field(
        10,
        ge=0,
        le=3600,
        description="Seconds after a source first showed so many faces from which on they count towards the minimum "
        "group size.",
    )
    max_sources: int = Field(
        2_000, ge=1, le=20_000, description="The most sources of a session. Observations of further ones are refused."
    )
    retention_days: float = Field(
        90, gt=0, le=3660, description="How long observations are kept, where a session sets no other time."
    )
    max_waiting_observations: int = Field(
        50_000,
        ge=11_000,
        description="Observations and their faces that may wait to be written; more are refused with a time to retry.",
    )
    sweep_seconds: float = Field(600.0, gt=0, description="Seconds between two sweeps for what is past its retention.")
    audit_days: float = Field(365, gt=0, description="How long the audit log is kept.")
    use_declaration: str = Field(
        "",
        description='Purpose and place of use, such as "purpose=research; jurisdiction=US". Required.',
    )

    signing_key: Path | None = Field(
        None,
        description="Key file of `liveclass keys create`: signs the tokens that program keys are exchanged for. Empty: "
        "there are no program keys.",
    )
    key_token_seconds: float = Field(
        600.0, ge=60, le=3600, description="For how long a token is valid that a program key was exchanged for."
    )

    @property
    def audit_seconds(self) -> int:
        return max(1, round(self.audit_days * 86_400))

    @property
    def limits(self) -> Limits:
        is_demonstration = parse_declaration(self.use_declaration).purpose == "demonstration"
        lowest = 1 if is_demonstration else self.minimum_group_size
        retention = max(1, round(self.retention_days * 86_400))
        return Limits(self.minimum_group_size, retention, self.max_clock_offset_seconds, lowest)

    @property
    def release_rules(self) -> ReleaseRules:
        return ReleaseRules(self.settle_seconds, self.newcomer_seconds, max_sources=self.max_sources)
