"""The session service in this process, behind a real gRPC server, with a clock that tests set."""

import time
from collections.abc import Sequence

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import CollectorRegistry

from liveclass.runtime.health import WRITES, Dependency
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.server import Server, ServerOptions, Service
from liveclass.session.admission import HeavyWork
from liveclass.session.answers import TimelineReader
from liveclass.session.audit import Auditor
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.metrics import SessionMetrics
from liveclass.session.observed import MAX_REQUEST_BYTES
from liveclass.session.privacy import ReleaseRules
from liveclass.session.servicer import SERVICE_NAME, SessionServicer
from liveclass.session.settings import Limits
from liveclass.session.store.changes import ChangeFeed
from liveclass.session.store.engines import open_engine
from liveclass.session.store.sql import SqlStore
from liveclass.session.watching import Watcher
from liveclass.v1 import emotion_pb2, session_pb2, session_pb2_grpc

RULES = ReleaseRules()

HAPPY = (0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.1)
SAD = (0.1, 0.0, 0.1, 0.0, 0.6, 0.0, 0.2)

NOON = int(time.time()) // 86_400 * 86_400 - 43_200
"""Noon of yesterday, in seconds since the epoch."""


class RunningSession:
    """`async with RunningSession(url) as running` serves at `running.stub`."""

    def __init__(self, url: str, connections: int = 4, heavy: HeavyWork | None = None) -> None:
        self.url, self.connections = url, connections
        self.heavy = heavy or HeavyWork()
        self.ahead = 0.0
        """Seconds by which the service's clock is ahead."""

    def clock(self) -> float:
        return time.time() + self.ahead

    async def __aenter__(self) -> "RunningSession":
        self.feed = ChangeFeed()
        self.engine = open_engine(self.url, self.connections)
        self.store = SqlStore(self.engine, self.feed, RULES, self.clock)
        await self.store.open()
        self.committer = GroupCommitter(self.store.record, 50_000)
        self.auditor = Auditor(self.store)
        reader = TimelineReader(self.store, self.clock, RULES.settle_seconds, self.heavy)
        watcher = Watcher(reader, self.feed)
        limits = Limits(5, 90 * 86_400, 600)
        self.registry = CollectorRegistry()
        metrics = SessionMetrics(self.registry)
        metrics.watch_disk(self.engine)
        metrics.observations_waiting.set_function(lambda: self.committer.waiting)
        self.servicer = SessionServicer(
            self.store, self.committer, reader, watcher, self.auditor, limits, metrics, self.clock, self.heavy
        )
        service = Service(
            SERVICE_NAME, lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(self.servicer, s)
        )
        options = ServerOptions(grace_seconds=2, max_message_bytes=MAX_REQUEST_BYTES)
        dependencies = [
            Dependency("database", self.store.is_readable),
            Dependency("disk", self.store.is_writable, WRITES),
        ]
        self.server = Server([service], dependencies, options, GrpcMetrics(self.registry))
        self.port = await self.server.start()
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{self.port}")
        self.stub = session_pb2_grpc.SessionServiceStub(self.channel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.channel.close()
        await self.server.stop()
        await self.auditor.flush()
        await self.committer.close()
        await self.store.close()

    async def create(self, name: str = "classrooms/7b/sessions/maths", **settings: object) -> str:
        """Creates a session and gives its name. It began at `NOON`, or now where its retention is given."""
        _, classroom, _, session = name.split("/")
        settings.setdefault("minimum_group_size", 1)
        if "retention" not in settings:
            settings.setdefault("start_time", Timestamp(seconds=NOON))
        request = session_pb2.CreateSessionRequest(
            parent=f"classrooms/{classroom}", session_id=session, session=session_pb2.Session(**settings)
        )
        return (await self.stub.CreateSession(request)).name

    async def record(self, session: str, *observations: session_pb2.Observation) -> tuple[int, int]:
        request = session_pb2.RecordObservationsRequest(session=session, observations=observations)
        answer = await self.stub.RecordObservations(request)
        return answer.recorded, answer.duplicates

    async def timeline(
        self, session: str, resolution: int = 10, start: int | None = None, end: int | None = None, source: str = ""
    ) -> list[session_pb2.TimelineBucket]:
        request = timeline_request(session, resolution, start, end, source)
        return list((await self.stub.GetTimeline(request)).buckets)


def timeline_request(
    session: str, resolution: int = 10, start: int | None = None, end: int | None = None, source: str = ""
) -> session_pb2.GetTimelineRequest:
    request = session_pb2.GetTimelineRequest(session=session, source=source)
    request.resolution.seconds = resolution
    if start is not None:
        request.start_time.seconds = start
    if end is not None:
        request.end_time.seconds = end
    return request


def observation(
    frame_id: str,
    second: float = NOON,
    faces: Sequence[Sequence[float]] = (HAPPY,),
    source: str = "",
    seen: int = 0,
    labels: "emotion_pb2.Labels.ValueType" = emotion_pb2.LABELS_VOTES,
) -> session_pb2.Observation:
    time = Timestamp()
    time.FromNanoseconds(round(second * 1e9))
    return session_pb2.Observation(
        frame_id=frame_id,
        capture_time=time,
        source=source,
        faces=[observed(face) for face in faces],
        faces_seen=seen,
        labels=labels,
    )


def observed(scores: Sequence[float]) -> session_pb2.ObservedFace:
    emotions = [emotion_pb2.EmotionScore(emotion=index + 1, score=score) for index, score in enumerate(scores)]
    return session_pb2.ObservedFace(emotions=emotions)
