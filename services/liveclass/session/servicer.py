"""The RPCs of `liveclass.v1.SessionService`: each reads its request, asks, and answers."""
# ruff: noqa: ARG002  # every RPC is given a context, and few need it

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from google.api import httpbody_pb2
from google.protobuf.empty_pb2 import Empty

from liveclass.capture_time import CaptureTimeLimits
from liveclass.identity.caller import current_caller
from liveclass.identity.permissions import Permission
from liveclass.names import SessionName, check_source, parse_session
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.fair_queue import Path
from liveclass.runtime.quotas import Quotas
from liveclass.session import export, listing, messages, observations, summary
from liveclass.session.admission import HeavyWork
from liveclass.session.encoding import encode_timeline
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.metrics import SessionMetrics
from liveclass.session.model import FOREVER, MICROSECONDS
from liveclass.session.ports import SessionStore
from liveclass.session.settings import Limits
from liveclass.session.sums import CELL_SECONDS
from liveclass.session.timeline_reader import Clock, TimelineReader, View, Window, as_one_bucket
from liveclass.session.watching import Watcher
from liveclass.v1 import session_pb2, session_pb2_grpc

Context = Any  # grpc.aio.ServicerContext, generic in the stubs only

SERVICE_NAME = "liveclass.v1.SessionService"

FINEST_SUMMARY_BUCKETS = 1_500
"""A summary looks for changes in the shortest buckets of which a session has no more than this."""


@dataclass(frozen=True)
class SessionServicer(session_pb2_grpc.SessionServiceServicer):
    """Answers for the sessions of one store."""

    store: SessionStore
    committer: GroupCommitter
    reader: TimelineReader
    watcher: Watcher
    limits: Limits
    metrics: SessionMetrics
    quotas: Quotas
    clock: Clock = time.time
    heavy: HeavyWork = field(default_factory=HeavyWork)

    async def CreateSession(self, request: session_pb2.CreateSessionRequest, context: Context) -> session_pb2.Session:
        tenant = current_caller().tenant
        wanted = messages.new_session(request, tenant, self.limits, self.clock())
        return messages.session(await self.store.create_session(wanted, self.quotas.stored_sessions(tenant)))

    async def GetSession(self, request: session_pb2.GetSessionRequest, context: Context) -> session_pb2.Session:
        return messages.session(await self.store.get_session(_session(request.name, "name")))

    async def ListSessions(
        self, request: session_pb2.ListSessionsRequest, context: Context
    ) -> session_pb2.ListSessionsResponse:
        caller = current_caller()
        query = listing.query(request, caller.tenant, caller.permissions.classrooms(Permission.VIEW))
        found = await self.store.list_sessions(query)
        page = found[: query.limit - 1]
        token = listing.next_page_token(request, page[-1]) if len(found) == query.limit else ""
        return session_pb2.ListSessionsResponse(sessions=map(messages.listed_session, page), next_page_token=token)

    async def UpdateSession(self, request: session_pb2.UpdateSessionRequest, context: Context) -> session_pb2.Session:
        name = _session(request.session.name, "session.name")
        display_name = messages.new_display_name(request)
        if display_name is None:
            return messages.session(await self.store.get_session(name))
        return messages.session(await self.store.rename_session(name, display_name))

    async def MarkSession(self, request: session_pb2.MarkSessionRequest, context: Context) -> session_pb2.Session:
        name = _session(request.name, "name")
        return messages.session(await self.store.mark_session(name, messages.new_marker(request.marker, self.clock())))

    async def EndSession(self, request: session_pb2.EndSessionRequest, context: Context) -> session_pb2.Session:
        name = _session(request.name, "name")
        return messages.session(await self.store.end_session(name, int(self.clock() * MICROSECONDS)))

    async def DeleteSession(self, request: session_pb2.DeleteSessionRequest, context: Context) -> Empty:
        await self.store.delete_session(_session(request.name, "name"))
        return Empty()

    async def RecordObservations(
        self, request: session_pb2.RecordObservationsRequest, context: Context
    ) -> session_pb2.RecordObservationsResponse:
        deadline = Deadline.of(context)
        deadline.require(0.001, "recording")
        times = CaptureTimeLimits(self.clock(), self.limits.max_clock_offset_seconds)
        tenant, share = current_caller().tenant, _share(context)
        self.quotas.take_frames(tenant, len(request.observations))
        if observations.is_short(request):
            write = observations.read_columns(request, times, tenant)
        else:
            async with self.heavy.admit(share, deadline):
                write = await self.heavy.run(observations.read_columns, request, times, tenant)
        recorded = await self.committer.submit(write, share)
        self.metrics.answered(recorded)
        return session_pb2.RecordObservationsResponse(recorded=recorded.recorded, duplicates=recorded.duplicates)

    async def GetTimeline(  # type: ignore[override]  # the message's bytes: grpc need not serialize it
        self, request: session_pb2.GetTimelineRequest, context: Context
    ) -> bytes:
        name, window = _session(request.session, "session"), messages.window(request)
        async with self._turn(context):
            view = await self.reader.read(name, window)
            return await self.heavy.run(encode_timeline, view, messages.labels(view.session))

    async def WatchTimeline(  # type: ignore[override]  # as above
        self, request: session_pb2.WatchTimelineRequest, context: Context
    ) -> AsyncIterator[bytes]:
        name, window = _session(request.session, "session"), messages.window(request)
        with self.quotas.stream(name.tenant):
            async for bucket in self.watcher.watch(name, window, _share(context), Deadline.of(context)):
                yield bucket

    async def GetSummary(self, request: session_pb2.GetSummaryRequest, context: Context) -> session_pb2.SessionSummary:
        name = _session(request.session, "session")
        async with self._turn(context):
            view = await self.reader.read(name, Window(None, None, CELL_SECONDS), grouped=FOREVER)
            return await self.heavy.run(_summary, view)

    async def ExportTimeline(
        self, request: session_pb2.ExportTimelineRequest, context: Context
    ) -> AsyncIterator[session_pb2.ExportChunk]:
        name = _session(request.timeline.session, "timeline.session")
        share, deadline = _share(context), Deadline.of(context)
        async with self.heavy.admit(share, deadline):
            view = await self.reader.read(name, messages.window(request.timeline, "timeline."))
        chunks = export.file_format(request.format).chunks(view)
        while data := await self._next_chunk(chunks, share, deadline):
            yield session_pb2.ExportChunk(data=data)

    async def DownloadTimeline(
        self, request: session_pb2.DownloadTimelineRequest, context: Context
    ) -> AsyncIterator[httpbody_pb2.HttpBody]:
        name = _session(request.session, "session")
        share, deadline = _share(context), Deadline.of(context)
        async with self.heavy.admit(share, deadline):
            view = await self.reader.read(name, messages.window(request))
        file = export.file_format(request.format)
        file_name = f"{name.classroom}-{name.session}.{file.suffix}"
        await context.send_initial_metadata((("content-disposition", f'attachment; filename="{file_name}"'),))
        yield httpbody_pb2.HttpBody(content_type=file.content_type)  # a file of nothing has a type, too
        chunks = file.chunks(view)
        while data := await self._next_chunk(chunks, share, deadline):
            yield httpbody_pb2.HttpBody(data=data)

    async def DeleteObservations(
        self, request: session_pb2.DeleteObservationsRequest, context: Context
    ) -> session_pb2.DeleteObservationsResponse:
        name = _session(request.session, "session")
        source = check_source(request.source, "source")
        erased = await self.store.erase_source(name, source)
        return session_pb2.DeleteObservationsResponse(observations=erased.observations, faces=erased.faces)

    async def _next_chunk(self, chunks: Iterator[bytes], share: Path, deadline: Deadline) -> bytes:
        """A turn for each chunk, and none while the caller reads it; empty at the end."""
        async with self.heavy.admit(share, deadline):
            return await self.heavy.run(next, chunks, b"")

    def _turn(self, context: Context) -> AbstractAsyncContextManager[None]:
        """The caller's turn to have something long done."""
        return self.heavy.admit(_share(context), Deadline.of(context))


def _session(name: str, field: str) -> SessionName:
    """The caller's session of that name."""
    return parse_session(name, field, current_caller().tenant)


def _share(context: Context) -> Path:
    """Whose turn it is for long work: the tenant's, and in it the caller's.

    Asked once, as a call begins: gRPC's context must not be asked when the caller has gone.
    """
    caller = current_caller()
    return (caller.tenant, caller.subject if caller.is_identified else context.peer())


def _summary(view: View) -> session_pb2.SessionSummary:
    visible = view.visible()
    fine = summary.finest(visible, FINEST_SUMMARY_BUCKETS)
    return messages.summary(
        view.session,
        messages.total(view, as_one_bucket(view)),
        summary.slopes_per_hour(fine),
        summary.changes(fine),
        summary.pairs(visible),
    )
