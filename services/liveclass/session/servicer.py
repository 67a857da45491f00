"""The RPCs of `liveclass.v1.SessionService`: each reads its request, asks, and answers."""
# ruff: noqa: ARG002  # every RPC is given a context, and few need it

import time
from dataclasses import dataclass
from typing import Any

from google.protobuf.empty_pb2 import Empty

from liveclass.names import parse_session
from liveclass.session import listing, messages
from liveclass.session.answers import Clock, TimelineReader, View
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.model import MICROSECONDS, Session
from liveclass.session.settings import Limits
from liveclass.session.store.port import SessionStore
from liveclass.v1 import session_pb2, session_pb2_grpc

Context = Any  # grpc.aio.ServicerContext, generic in the stubs only

SERVICE_NAME = "liveclass.v1.SessionService"


@dataclass(frozen=True)
class SessionServicer(session_pb2_grpc.SessionServiceServicer):
    """Answers for the sessions of one store."""

    store: SessionStore
    committer: GroupCommitter
    limits: Limits
    clock: Clock = time.time

    @property
    def reader(self) -> TimelineReader:
        return TimelineReader(self.store, self.clock)

    async def CreateSession(self, request: session_pb2.CreateSessionRequest, context: Context) -> session_pb2.Session:
        wanted = messages.new_session(request, self.limits, self.clock())
        return messages.session(await self.store.create_session(wanted))

    async def GetSession(self, request: session_pb2.GetSessionRequest, context: Context) -> session_pb2.Session:
        return messages.session(await self.store.get_session(parse_session(request.name, "name")))

    async def ListSessions(
        self, request: session_pb2.ListSessionsRequest, context: Context
    ) -> session_pb2.ListSessionsResponse:
        query = listing.query(request)
        found = await self.store.list_sessions(query)
        page = found[: query.limit - 1]
        token = listing.next_page_token(request, page[-1]) if len(found) == query.limit else ""
        return session_pb2.ListSessionsResponse(sessions=map(messages.session, page), next_page_token=token)

    async def EndSession(self, request: session_pb2.EndSessionRequest, context: Context) -> session_pb2.Session:
        name = parse_session(request.name, "name")
        return messages.session(await self.store.end_session(name, int(self.clock() * MICROSECONDS)))

    async def DeleteSession(self, request: session_pb2.DeleteSessionRequest, context: Context) -> Empty:
        await self.store.delete_session(parse_session(request.name, "name"))
        return Empty()

    async def RecordObservations(
        self, request: session_pb2.RecordObservationsRequest, context: Context
    ) -> session_pb2.RecordObservationsResponse:
        recorded = await self.committer.submit(messages.write(request, self.clock()))
        return session_pb2.RecordObservationsResponse(recorded=recorded.recorded, duplicates=recorded.duplicates)

    async def GetTimeline(self, request: session_pb2.GetTimelineRequest, context: Context) -> session_pb2.Timeline:
        session = await self.store.get_session(parse_session(request.session, "session"))
        view = await self.reader.read(session, messages.window(request))
        return session_pb2.Timeline(buckets=self._buckets(session, view))

    def _buckets(self, session: Session, view: View) -> list[session_pb2.TimelineBucket]:
        return list(messages.buckets(view, self.clock() if session.is_active else float("inf")))
