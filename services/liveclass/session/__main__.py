"""`python -m liveclass.session`: the session service, until SIGTERM."""

import asyncio
import sys
import time

import structlog
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from liveclass.runtime.errors import ServiceError
from liveclass.runtime.health import Dependency
from liveclass.runtime.logging import configure_logging
from liveclass.runtime.metrics import GrpcMetrics, serve_metrics
from liveclass.runtime.server import Server, ServerOptions, Service
from liveclass.session.declaration import DeclarationError, parse_declaration
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.servicer import SERVICE_NAME, SessionServicer
from liveclass.session.settings import SessionSettings
from liveclass.session.store.changes import ChangeFeed
from liveclass.session.store.engines import open_engines
from liveclass.session.store.sql import SqlStore
from liveclass.session.sweeper import Sweeper
from liveclass.v1.session_pb2_grpc import add_SessionServiceServicer_to_server


async def serve(settings: SessionSettings) -> None:
    """Runs the service. Raises `ValueError`, `OSError` or `ServiceError` where it cannot start."""
    declaration = parse_declaration(settings.use_declaration)
    structlog.get_logger().info("declared use", purpose=declaration.purpose, jurisdiction=declaration.jurisdiction)
    store = SqlStore(open_engines(settings.database_url, settings.database_connections), ChangeFeed())
    await store.open()
    committer = GroupCommitter(store.record, settings.max_waiting_observations)
    servicer = SessionServicer(store, committer, settings.limits)
    registry = CollectorRegistry()
    server = Server(
        [Service(SERVICE_NAME, lambda grpc_server: add_SessionServiceServicer_to_server(servicer, grpc_server))],
        [Dependency("database", store.is_writable)],
        ServerOptions(
            settings.listen_host,
            settings.session_port,
            settings.grace_seconds,
            settings.max_connection_age_seconds,
        ),
        GrpcMetrics(registry),
    )
    metrics = serve_metrics(registry, settings.listen_host, settings.session_metrics_port)
    await server.start()
    sweeping = asyncio.create_task(Sweeper(store, settings.sweep_seconds, time.time).run())
    await server.run_until_signal()
    sweeping.cancel()
    await committer.close()
    metrics.close()
    await store.close()


def main() -> int:
    try:
        settings = SessionSettings()
        configure_logging(settings)
        asyncio.run(serve(settings))
    except ValidationError as error:
        problems = (f"LIVECLASS_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        return _refuse("; ".join(problems))
    except DeclarationError as error:
        return _refuse(str(error))
    except ServiceError as error:
        return _refuse(error.message)
    except (ValueError, OSError) as error:
        return _refuse(str(error))
    return 0


def _refuse(problem: str) -> int:
    sys.stderr.write(f"liveclass.session: {problem}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
