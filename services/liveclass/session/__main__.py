"""`python -m liveclass.session`: the session service, until SIGTERM."""

import asyncio
import gc
import os
import sys
import time

import structlog
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from liveclass.places import data_directory
from liveclass.runtime.errors import ServiceError
from liveclass.runtime.health import WRITES, Dependency
from liveclass.runtime.logging import configure_logging
from liveclass.runtime.metrics import GrpcMetrics, export_process, serve_metrics
from liveclass.runtime.server import Server, ServerOptions, Service
from liveclass.runtime.settings import problems
from liveclass.runtime.stream_limits import StreamLimits
from liveclass.runtime.tracing import TracingUnavailableError, configure_tracing
from liveclass.session.admission import HeavyWork
from liveclass.session.answers import TimelineReader
from liveclass.session.audit import Auditor
from liveclass.session.declaration import DeclarationError, parse_declaration
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.metrics import SessionMetrics
from liveclass.session.observed import MAX_REQUEST_BYTES
from liveclass.session.servicer import SERVICE_NAME, SessionServicer
from liveclass.session.settings import SessionSettings
from liveclass.session.store.changes import ChangeFeed
from liveclass.session.store.engines import error_message, open_engine
from liveclass.session.store.sql import SqlStore
from liveclass.session.sweeper import ClockCheck, Sweeper
from liveclass.session.watching import Watcher
from liveclass.v1.session_pb2_grpc import add_SessionServiceServicer_to_server
from liveclass.variables import refuse_unknown_variables

OPEN_SECONDS = 5.0
"""How long the start waits for the database before it goes on without."""


async def open_soon(store: SqlStore) -> None:
    """Opens the store, if it can be. The database may come up later than we do: health then tries every second.

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


async def serve(settings: SessionSettings) -> None:
    """Runs the service. Raises `ValueError` or `OSError` where it cannot start."""
    log = structlog.get_logger()
    declaration = parse_declaration(settings.use_declaration)
    log.info("declared use", purpose=declaration.purpose, jurisdiction=declaration.jurisdiction)

    tracing = configure_tracing("liveclass-session")
    feed = ChangeFeed()
    engine = open_engine(settings.database_url, settings.database_connections)
    store = SqlStore(engine, feed, settings.release_rules, time.time)
    committer = GroupCommitter(store.record, settings.max_waiting_observations)
    auditor = Auditor(store)
    heavy = HeavyWork()
    reader = TimelineReader(store, time.time, settings.settle_seconds, heavy)
    registry = CollectorRegistry()
    export_process(registry, "session")
    measured = SessionMetrics(registry)
    clock_check = ClockCheck(time.time)
    measured.watch_disk(engine)
    measured.clock_trusted.set_function(lambda: clock_check.is_trusted)
    measured.observations_waiting.set_function(lambda: committer.waiting)
    watcher = Watcher(reader, feed)
    servicer = SessionServicer(store, committer, reader, watcher, auditor, settings.limits, measured, time.time, heavy)
    server = Server(
        [Service(SERVICE_NAME, lambda grpc_server: add_SessionServiceServicer_to_server(servicer, grpc_server))],
        [Dependency("database", store.is_readable), Dependency("disk", store.is_writable, WRITES)],
        ServerOptions(
            settings.listen_host,
            settings.session_port,
            settings.grace_seconds,
            settings.max_connection_age_seconds,
            MAX_REQUEST_BYTES,
            settings.max_connections,
            StreamLimits(settings.max_stream_age_seconds, settings.stream_idle_seconds),
        ),
        GrpcMetrics(registry),
        tracing,
    )
    await open_soon(store)
    metrics = serve_metrics(registry, settings.listen_host, settings.session_metrics_port)
    await server.start()
    _collect_garbage_seldom()
    sweeper = Sweeper(store, settings.sweep_seconds, settings.audit_seconds, clock_check)
    background = [asyncio.create_task(sweeper.run()), asyncio.create_task(auditor.run())]
    await server.run_until_signal()

    for task in background:
        task.cancel()
    await committer.close()
    await auditor.flush()
    metrics.close()
    await store.close()
    tracing.close()


def main() -> int:
    try:
        refuse_unknown_variables(os.environ)
        settings = SessionSettings()
        configure_logging(settings)
        if "database_url" not in settings.model_fields_set:  # nobody has made the default folder
            data_directory(os.environ).mkdir(parents=True, exist_ok=True)
        asyncio.run(serve(settings))
    except ValidationError as error:
        return _refuse(problems(error))
    except DeclarationError as error:
        return _refuse(str(error))
    except (ValueError, OSError, TracingUnavailableError) as error:
        return _refuse(str(error))
    return 0


def _collect_garbage_seldom() -> None:
    """A timeline is made of tens of thousands of values, none in a cycle. Looked through for cycles at Python's usual
    pace, every hundredth answer took half as long again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _refuse(problem: str) -> int:
    sys.stderr.write(f"liveclass.session: {problem}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
