"""Limits of each tenant, so that several schools can share the services by agreement.

The operator writes a TOML file; what it leaves out is not limited:

    [default]                 # of every tenant that is not named
    frames_per_second = 50
    open_streams = 20
    stored_sessions = 10000

    [tenants.north-school]    # what is not set here is as in [default]
    frames_per_second = 200

Rates and streams are counted by each replica on its own, stored sessions in the database.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liveclass.runtime.errors import QuotaExceededError
from liveclass.runtime.rate_limit import RateLimit
from liveclass.toml_files import read_setting

STREAM_RETRY_SECONDS = 5.0
"""When a caller should try again whose tenant has too many streams open."""

MAX_KNOWN = 1_000
"""Tenants whose rates are remembered."""


class TenantLimits(BaseModel):
    """The limits of one tenant; None: no limit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    frames_per_second: float | None = Field(None, gt=0)
    open_streams: int | None = Field(None, ge=0)
    stored_sessions: int | None = Field(None, ge=0)


class LimitsFile(BaseModel):
    """The limits of all tenants."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: TenantLimits = TenantLimits()
    tenants: dict[str, TenantLimits] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> "LimitsFile":
        """What a tenant's own limits leave open is the default's."""
        for name, limits in self.tenants.items():
            self.tenants[name] = self.default.model_copy(update=limits.model_dump(exclude_unset=True))
        return self

    def of(self, tenant: str) -> TenantLimits:
        return self.tenants.get(tenant, self.default)


def read_limits_file(path: Path | None) -> LimitsFile:
    """Without a file nothing is limited. Raises `ValueError`; the message names the setting."""
    if path is None:
        return LimitsFile()
    return read_setting("LIVECLASS_TENANT_LIMITS", path, LimitsFile)


class Quotas:
    """Counts what each tenant uses of its limits. Used from the event loop only."""

    def __init__(self, limits: LimitsFile, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._frames = limits, RateLimit(MAX_KNOWN, clock)
        self._streams: Counter[str] = Counter()

    def take_frames(self, tenant: str, frames: int = 1) -> None:
        """Counts frames that are sent at once. Raises `QuotaExceededError` where the tenant has sent too many before.

        Up to a second's worth may come together. Whether these frames fit as well is not asked: what was recorded while
        a connection was down is sent in requests of many, and the next ones then wait for longer.
        """
        rate = self._limits.of(tenant).frames_per_second
        if rate is None:
            return
        wait = self._frames.take(tenant, rate, max(rate, 1.0), frames)
        if wait:
            message = f"tenant '{tenant}' may send {rate:g} frames a second"
            raise QuotaExceededError(tenant, "frames_per_second", message, wait)

    @contextmanager
    def stream(self, tenant: str) -> Iterator[None]:
        """Around a stream that stays open. Raises `QuotaExceededError` where the tenant has too many."""
        most = self._limits.of(tenant).open_streams
        if most is not None and self._streams[tenant] >= most:
            message = f"tenant '{tenant}' may have {most} streams open at once"
            raise QuotaExceededError(tenant, "open_streams", message, STREAM_RETRY_SECONDS)
        self._streams[tenant] += 1
        try:
            yield
        finally:
            self._streams -= Counter({tenant: 1})  # drops tenants without any

    def stored_sessions(self, tenant: str) -> int | None:
        """How many sessions the tenant may have in the database; None: any number."""
        return self._limits.of(tenant).stored_sessions
