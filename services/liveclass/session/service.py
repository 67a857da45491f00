"""How the parts of the session service are put together."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from typing import NamedTuple

import structlog
from prometheus_client import CollectorRegistry

from liveclass.identity.audit import Auditor
from liveclass.identity.configuration import authenticator_of
from liveclass.identity.local_keys import KeyFileError, read_key_file
from liveclass.identity.program_keys import KeyExchange, TokenIssuer
from liveclass.paths import data_directory
from liveclass.rpc.server import Server, ServerOptions, Service
from liveclass.runtime.errors import ServiceError
from liveclass.runtime.health import WRITES, Dependency
from liveclass.runtime.metrics import GrpcMetrics, process_registry
from liveclass.runtime.quotas import Quotas, read_limits_file
from liveclass.runtime.status_server import StatusServer
from liveclass.runtime.tracing import configure_tracing
from liveclass.session.admission import HeavyWork
from liveclass.session.audit import AUDIT_SERVICE, AuditServicer
from liveclass.session.changes import ChangeFeed
from liveclass.session.declaration import parse_declaration
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.metrics import SessionMetrics
from liveclass.session.observations import MAX_REQUEST_BYTES
from liveclass.session.program_keys import IDENTITY_SERVICE, IdentityServicer
from liveclass.session.servicer import SERVICE_NAME, SessionServicer
from liveclass.session.settings import SessionSettings
from liveclass.session.store.errors import error_message
from liveclass.session.store.opening import make_store
from liveclass.session.store.recording import record_batch
from liveclass.session.store.sql import SqlStore, StoreOptions
from liveclass.session.sweeper import ClockCheck, Sweeper
from liveclass.session.timeline_reader import Clock, TimelineReader
from liveclass.session.watching import Watcher
from liveclass.v1.audit_pb2_grpc import add_AuditServiceServicer_to_server
from liveclass.v1.identity_pb2_grpc import add_IdentityServiceServicer_to_server
from liveclass.v1.session_pb2_grpc import add_SessionServiceServicer_to_server

MAX_CALLS_PER_CONNECTION = 400
"""Watches may be hundreds behind one proxy, and a message is small."""

OPEN_SECONDS = 5.0
"""How long the start waits for the database before it goes on without."""


class SessionService(NamedTuple):
    """A session service that is running."""

    port: int
    server: Server
    servicer: SessionServicer
    store: SqlStore
    feed: ChangeFeed
    auditor: Auditor


async def run(settings: SessionSettings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises `ValueError` or `OSError` where it cannot start, and `TracingUnavailableError`.
    """
    if "database_url" not in settings.model_fields_set:  # nobody has made the default folder
        data_directory(os.environ).mkdir(parents=True, exist_ok=True)
    registry = process_registry("session")
    with closing(StatusServer(registry, settings.metrics_host, settings.session_metrics_port)) as status:
        async with serving(settings, registry) as service:
            status.follow(service.server.health)
            _collect_garbage_seldom()
            await service.server.until_signal()


@asynccontextmanager
async def serving(
    settings: SessionSettings,
    registry: CollectorRegistry,
    clock: Clock = time.time,
    heavy: HeavyWork | None = None,
) -> AsyncIterator[SessionService]:
    """The session service until the end of the block, when admitted calls are finished and everything is written.

    Raises as `run` does.
    """
    authenticator, token_issuer = authenticator_of(settings), _token_issuer(settings)
    quotas = Quotas(read_limits_file(settings.tenant_limits))
    declaration = parse_declaration(settings.use_declaration)
    structlog.get_logger().info("declared use", purpose=declaration.purpose, jurisdiction=declaration.jurisdiction)
    async with AsyncExitStack() as at_exit:  # closed in the reverse order
        tracing = configure_tracing("liveclass-session")
        at_exit.callback(tracing.close)
        feed = ChangeFeed()
        options = StoreOptions(feed, settings.release_rules, clock)
        store = make_store(settings.database_url, settings.database_connections, options)
        at_exit.push_async_callback(store.close)
        auditor = Auditor(store.add_audit, clock)
        at_exit.push_async_callback(auditor.flush)
        committer = GroupCommitter(lambda writes: store.write(record_batch, writes), settings.max_waiting_observations)
        at_exit.push_async_callback(committer.close)

        clock_check = ClockCheck(clock)
        metrics = SessionMetrics(registry)
        metrics.watch_disk(store)
        metrics.clock_trusted.set_function(lambda: clock_check.is_trusted)
        metrics.observations_waiting.set_function(lambda: committer.waiting)
        heavy = heavy or HeavyWork()
        reader = TimelineReader(store, clock, settings.release_rules, heavy)
        watcher = Watcher(reader, feed)
        servicer = SessionServicer(store, committer, reader, watcher, settings.limits, metrics, quotas, clock, heavy)
        keys = IdentityServicer(store, KeyExchange(store, token_issuer, auditor, clock), clock)
        server = Server(
            [
                Service(SERVICE_NAME, partial(add_SessionServiceServicer_to_server, servicer)),
                Service(AUDIT_SERVICE, partial(add_AuditServiceServicer_to_server, AuditServicer(store))),
                Service(IDENTITY_SERVICE, partial(add_IdentityServiceServicer_to_server, keys)),
            ],
            [Dependency("database", store.is_readable), Dependency("disk", store.is_writable, WRITES)],
            ServerOptions.from_settings(settings, settings.session_port, MAX_REQUEST_BYTES, MAX_CALLS_PER_CONNECTION),
            GrpcMetrics(registry),
            tracing,
            authenticator=authenticator,
            auditor=auditor,
        )

        await open_soon(store)
        sweeper = Sweeper(store, settings.sweep_seconds, settings.audit_seconds, clock_check)
        for job in (sweeper.run(), auditor.run()):
            at_exit.callback(asyncio.create_task(job).cancel)
        port = await server.start()
        at_exit.push_async_callback(server.stop)
        yield SessionService(port, server, servicer, store, feed, auditor)


def _token_issuer(settings: SessionSettings) -> TokenIssuer | None:
    """Raises `ValueError` where the signing key cannot be used."""
    if settings.signing_key is None:
        return None
    try:
        key = read_key_file(settings.signing_key, forbidden=0o007)  # on Kubernetes the group may read a Secret's file
    except (KeyFileError, OSError) as error:
        raise ValueError(f"LIVECLASS_SIGNING_KEY: {error}") from error
    if key.issuer != settings.issuer:
        issuer = settings.issuer or "not set"
        raise ValueError(f"LIVECLASS_SIGNING_KEY: it signs as {key.issuer}, and LIVECLASS_ISSUER is {issuer}")
    return TokenIssuer(key, settings.audience, min(settings.key_token_seconds, settings.max_token_seconds))


async def open_soon(store: SqlStore) -> None:
    """Opens the store if possible. The database may start later than this service: the health check then tries again.

    Raises `ValueError` where waiting is of no use: a wrong password, or a file that is no database.
    """
    log = structlog.get_logger()
    try:
        await asyncio.wait_for(store.open(), OPEN_SECONDS)
    except asyncio.TimeoutError:
        log.warning("waiting for the database", cause="it does not answer")
    except ServiceError as error:
        log.warning("waiting for the database", cause=error_message(error.__cause__ or error))
    except Exception as error:
        message = error_message(error)
        if message is None:
            raise
        raise ValueError(f"the database cannot be used: {message}") from error


def _collect_garbage_seldom() -> None:
    """A timeline is made of tens of thousands of values, none in a cycle. Looked through for cycles at Python's usual
    pace, every hundredth answer took half as long again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
