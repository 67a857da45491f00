"""gRPC health that follows the dependencies of a service: NOT_SERVING until all work, and from shutdown on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import structlog
from grpc_health.v1 import health, health_pb2

from liveclass.reasons import Reason
from liveclass.runtime.errors import ResourceExhaustedError

LIVENESS = "liveness"
"""This name is SERVING while the event loop runs: for probes that restart a process."""

WRITES = "writes"
"""This name is SERVING while the service can write; reads do not depend on it."""

POLL_SECONDS = 1.0
CHECK_TIMEOUT_SECONDS = 2.0

MOST_WATCHES = 100
"""Open at once, of all callers together."""

WATCH_RETRY_SECONDS = 5.0


class Dependency(NamedTuple):
    """Something that a service needs."""

    name: str
    check: Callable[[], Awaitable[bool]]
    """True while it works; false, or any exception, while it does not."""
    only: str = ""
    """The health name that depends on it. Empty: all names."""


class _HealthServicer(health.aio.HealthServicer):  # type: ignore[misc, name-defined]  # missing in the package's types
    """The library's, with a `Watch` that gives its answers as our interceptors take them.

    The library's writes to the context, and forgets all watches of a name when one of them ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()
        self._watches = 0

    async def set(self, service: str, status: "health_pb2.HealthCheckResponse.ServingStatus.ValueType") -> None:
        await super().set(service, status)
        self._changed.set()
        self._changed = asyncio.Event()

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, context: Any
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """Raises `ResourceExhaustedError`: a watch needs no token."""
        del context
        if self._watches >= MOST_WATCHES:
            sentence = f"{MOST_WATCHES} health watches are open already; use Check"
            raise ResourceExhaustedError(sentence, WATCH_RETRY_SECONDS, Reason.TOO_MANY_CALLS)
        self._watches += 1
        try:
            last = None
            while True:
                changed = self._changed
                status = self._server_status.get(request.service, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN)
                if status != last:
                    yield health_pb2.HealthCheckResponse(status=status)
                    last = status
                await changed.wait()
        finally:
            self._watches -= 1


class HealthMonitor:
    """Sets the standard health service by the dependencies."""

    def __init__(self, services: Sequence[str], dependencies: Sequence[Dependency]) -> None:
        self.servicer = _HealthServicer()
        named = dict.fromkeys(one.only for one in dependencies if one.only)
        self._services, self._dependencies = ("", *services, *named), dependencies
        self._serving = {LIVENESS}
        self._missing: frozenset[Dependency] | None = None
        self._log = structlog.get_logger()

    async def start_not_serving(self) -> None:
        """To be awaited before the server listens: the library's own default is SERVING."""
        await self.servicer.set(LIVENESS, health_pb2.HealthCheckResponse.SERVING)
        await self._set_serving(frozenset())

    async def follow(self) -> None:
        """Checks every second, for ever."""
        while True:
            await self._update()
            await asyncio.sleep(POLL_SECONDS)

    async def shut_down(self) -> None:
        """NOT_SERVING for good."""
        await self._set_serving(frozenset())

    async def is_serving(self, name: str) -> bool:
        """What the health service says of `name`; False for a name that it does not know."""
        return name in self._serving

    async def _update(self) -> None:
        answers = await asyncio.gather(*(self._works(dependency) for dependency in self._dependencies))
        pairs = zip(self._dependencies, answers, strict=True)
        missing = frozenset(dependency for dependency, works in pairs if not works)
        if missing == self._missing:
            return
        self._missing = missing
        serving = {name for name in self._services if not any(one.only in ("", name) for one in missing)}
        await self._set_serving(serving)
        self._log.info("health", serving="" in serving, waiting_for=sorted(one.name for one in missing))

    async def _set_serving(self, names: AbstractSet[str]) -> None:
        self._serving = {LIVENESS, *names}
        status = health_pb2.HealthCheckResponse
        for name in self._services:
            await self.servicer.set(name, status.SERVING if name in names else status.NOT_SERVING)

    @staticmethod
    async def _works(dependency: Dependency) -> bool:
        try:
            return await asyncio.wait_for(dependency.check(), CHECK_TIMEOUT_SECONDS)
        except Exception:  # noqa: BLE001  # whatever a check raises, the dependency does not work
            return False
