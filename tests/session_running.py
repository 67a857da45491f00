"""The session service in this process, behind a real gRPC server, with a clock that tests set."""

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client import CollectorRegistry

from liveclass.session.admission import HeavyWork
from liveclass.session.privacy import ReleaseRules
from liveclass.session.service import serving
from liveclass.session.settings import SessionSettings
from liveclass.v1 import audit_pb2_grpc, emotion_pb2, identity_pb2_grpc, session_pb2, session_pb2_grpc

RULES = ReleaseRules()

HAPPY = (0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.1)
SAD = (0.1, 0.0, 0.1, 0.0, 0.6, 0.0, 0.2)

NOON = int(time.time()) // 86_400 * 86_400 - 43_200
"""Noon of yesterday, in seconds since the epoch."""


class RunningSession:
    """`async with RunningSession(url) as running` serves at `running.stub`."""

    def __init__(self, url: str, connections: int = 4, heavy: HeavyWork | None = None, **settings: object) -> None:
        self._settings = settings
        self.url, self.connections = url, connections
        self.heavy, self.registry = heavy, CollectorRegistry()
        self.ahead = 0.0
        """Seconds by which the service's clock is ahead."""

    def clock(self) -> float:
        return time.time() + self.ahead

    async def __aenter__(self) -> "RunningSession":
        settings = SessionSettings(
            session_port=0,
            database_url=self.url,
            database_connections=self.connections,
            use_declaration="purpose=demonstration; jurisdiction=none",
            grace_seconds=2,
            **self._settings,
        )
        self._closing = AsyncExitStack()
        running = await self._closing.enter_async_context(serving(settings, self.registry, self.clock, self.heavy))
        self.port, self.server, self.servicer = running.port, running.server, running.servicer
        self.store, self.feed = running.store, running.feed
        self.auditor = running.auditor
        self.channel = await self._closing.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{self.port}"))
        self.stub = session_pb2_grpc.SessionServiceStub(self.channel)
        self.key_stub = identity_pb2_grpc.IdentityServiceStub(self.channel)
        self.audit_stub = audit_pb2_grpc.AuditServiceStub(self.channel)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

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

    def settle(self) -> None:
        """Moves the clock on so far that all cells which are over are closed, though nothing more is recorded."""
        self.ahead += RULES.quiet_seconds

    async def record(self, session: str, *observations: session_pb2.Observation) -> tuple[int, int]:
        request = session_pb2.RecordObservationsRequest(session=session, observations=observations)
        answer = await self.stub.RecordObservations(request)
        return answer.recorded, answer.duplicates

    async def end(self, session: str) -> None:
        await self.stub.EndSession(session_pb2.EndSessionRequest(name=session))

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
