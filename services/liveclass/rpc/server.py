"""Builds a gRPC server with health, reflection, interceptors, TLS and a graceful shutdown."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import grpc
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from liveclass.identity.access import Access, Authenticator, LocalOperator
from liveclass.identity.audit import Auditor
from liveclass.identity.methods import rules_of
from liveclass.rpc.interceptor import CallInterceptor, Observers
from liveclass.runtime.certificates import AllowedClients, ServerCertificate, server_tls
from liveclass.runtime.drain import Drain
from liveclass.runtime.health import Dependency, HealthMonitor
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.requests import Receiver
from liveclass.runtime.settings import ServiceSettings
from liveclass.runtime.stream_limits import StreamLimits
from liveclass.runtime.tracing import Tracing
from liveclass.tls import Tls


@dataclass(frozen=True)
class Service:
    """A servicer and its name."""

    name: str
    """Its full proto name, such as "liveclass.v1.SessionService"."""
    add: Callable[[grpc.aio.Server], None]
    """Registers the servicer."""


@dataclass(frozen=True)
class ServerOptions:
    """How a server listens."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free port."""
    grace_seconds: float = 20.0
    max_connection_age_seconds: float = 300.0
    max_message_bytes: int = 16 * 1024 * 1024
    """Above the largest frame that is accepted, so that a larger one gets our own error."""
    max_calls_per_connection: int = 64
    """Further ones wait at the client. Each can make the server hold a message, or 4 MiB before it is asked for."""
    max_connections: int = 800
    """Further ones are closed at once. Below the usual limit of 1024 open files."""
    receive_seconds: float = 30.0
    """Within which the request of a unary call arrives."""
    streams: StreamLimits = field(default_factory=StreamLimits)
    tls: Tls | None = None
    """Plaintext without it. With `tls.ca`, clients must show a certificate that it has signed."""
    allowed_clients: str = ""
    """Names in those certificates, separated by commas; empty: any."""

    @classmethod
    def from_settings(
        cls,
        settings: ServiceSettings,
        port: int,
        max_message_bytes: int = max_message_bytes,
        max_calls_per_connection: int = max_calls_per_connection,
    ) -> "ServerOptions":
        """What the operator has set; the port and what bounds messages are each service's own. Raises `TlsError`."""
        return cls(
            host=settings.listen_host,
            port=port,
            grace_seconds=settings.grace_seconds,
            max_connection_age_seconds=settings.max_connection_age_seconds,
            max_message_bytes=max_message_bytes,
            max_calls_per_connection=max_calls_per_connection,
            max_connections=settings.max_connections,
            streams=StreamLimits(settings.max_stream_age_seconds, settings.stream_idle_seconds),
            tls=server_tls(settings),
            allowed_clients=settings.allowed_clients,
        )


_NOT_COMPRESSED = 1 << grpc.Compression.NoCompression
_LONGEST_HANDSHAKE_MS = 10_000
_LONGEST_IDLE_MS = 300_000
_LONGEST_LAST_RESPONSE_SECONDS = 60.0


def _channel_options(options: ServerOptions) -> list[tuple[str, int]]:
    age, stream_age = options.max_connection_age_seconds, options.streams.most_age
    return [
        ("grpc.max_receive_message_length", options.max_message_bytes),
        # New calls go to a new connection, and perhaps another replica; streams stay until they are too old. What is
        # still there then, such as a request of which only a part was ever sent, goes with the connection.
        ("grpc.max_connection_age_ms", round(age * 1000)),
        ("grpc.max_connection_age_grace_ms", round((stream_age + _LONGEST_LAST_RESPONSE_SECONDS) * 1000)),
        ("grpc.max_connection_idle_ms", _LONGEST_IDLE_MS),
        ("grpc.max_allowed_incoming_connections", options.max_connections),
        ("grpc.max_concurrent_streams", options.max_calls_per_connection),
        # Pictures are compressed already, and of other requests a few kilobytes could become the largest message, which
        # takes the event loop a tenth of a second to read: only what is as large on the wire is taken.
        ("grpc.compression_enabled_algorithms_bitset", _NOT_COMPRESSED),
        # For connections that send nothing, or no HTTP/2.
        ("grpc.server_handshake_timeout_ms", _LONGEST_HANDSHAKE_MS),
        ("grpc.http2.settings_timeout", _LONGEST_HANDSHAKE_MS),
        # Calls of a peer that has disappeared end after 40 s.
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        # Clients ping once a minute on a silent watch; by default that is once too often.
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 5_000),
        # Without this a second process silently shares the port, and gets half of the calls.
        ("grpc.so_reuseport", 0),
    ]


class PortInUseError(OSError):
    """Another process listens on the port."""


class Server:
    """A gRPC server."""

    def __init__(
        self,
        services: Sequence[Service],
        dependencies: Sequence[Dependency],
        options: ServerOptions,
        metrics: GrpcMetrics,
        tracing: Tracing | None = None,
        *,
        authenticator: Authenticator | None = None,
        auditor: Auditor | None = None,
    ) -> None:
        """Without an `authenticator` every caller is the local operator.

        Raises `ValueError` where an RPC does not say which permission it needs.
        """
        self._options = options
        self._log = structlog.get_logger()
        self._drain = Drain()
        names = [service.name for service in services]
        interceptor = CallInterceptor(
            Access(authenticator or LocalOperator(), rules_of(names), AllowedClients(options.allowed_clients)),
            Observers(metrics, auditor or Auditor()),
            self._drain,
            options.streams,
            Receiver(options.max_message_bytes, options.receive_seconds),
        )
        self._server = grpc.aio.server(
            interceptors=[*(tracing.server_interceptors if tracing else ()), interceptor],
            options=_channel_options(options),
        )
        for service in services:
            service.add(self._server)
        own = (health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME)
        reflection.enable_server_reflection([*names, *own], self._server)
        self.health = HealthMonitor(names, dependencies)
        health_pb2_grpc.add_HealthServicer_to_server(self.health.servicer, self._server)
        self._certificate = ServerCertificate(options.tls) if options.tls else None
        if self._certificate:
            metrics.watch_certificate(self._certificate.expires_at)
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listens, not yet healthy; returns the port. Raises `PortInUseError`."""
        address = f"{self._options.host}:{self._options.port}"
        try:
            if self._certificate:
                port = self._server.add_secure_port(address, self._certificate.credentials)
            else:
                port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise PortInUseError(f"cannot listen on {address}: is another process using the port?") from error
        await self.health.start_not_serving()
        await self._server.start()
        self._following = asyncio.create_task(self.health.follow())
        self._log.info("listening", address=f"{self._options.host}:{port}", tls=self._certificate is not None)
        return port

    async def stop(self) -> None:
        """NOT_SERVING, no new calls, and the admitted ones are finished within the grace period."""
        if self._following:
            self._following.cancel()
        await self.health.shut_down()
        await self._drain.finish(self._options.grace_seconds)
        await self._server.stop(None)
        self._log.info("stopped")

    async def until_signal(self) -> None:
        """Returns at SIGTERM or SIGINT."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for received in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(received, stopping.set)
        await stopping.wait()
        self._log.info("draining", grace_seconds=self._options.grace_seconds)
