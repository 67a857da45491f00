"""Both services as fakes behind real gRPC servers, for tests of the SDK and of the command line."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from datetime import datetime, timezone

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_status import rpc_status

from liveclass.runtime import errors
from liveclass.v1 import (
    detection_pb2,
    detection_pb2_grpc,
    emotion_pb2,
    session_pb2,
    session_pb2_grpc,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"not really, and no fake looks"
SESSION = "classrooms/7b/sessions/geometry"
AWAY = errors.UnavailableError("the model is not being served", 0.01, errors.Reason.MODEL_UNAVAILABLE)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)


def emotions(*scores: float) -> list[emotion_pb2.EmotionScore]:
    """Seven scores in label order, as messages, highest first."""
    pairs = sorted(enumerate(scores, start=1), key=lambda pair: -pair[1])
    return [emotion_pb2.EmotionScore(emotion=number, score=score) for number, score in pairs]


HAPPY = emotions(0.02, 0.01, 0.03, 0.8, 0.04, 0.05, 0.05)


def time_message(time: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(time)
    return message


def face(x: int = 10) -> detection_pb2.Face:
    return detection_pb2.Face(
        box=detection_pb2.BoundingBox(x=x, y=20, width=60, height=60), detection_score=7.5, emotions=HAPPY
    )


def bucket(second: int, *, suppressed: bool = False, happiness: float = 0.6, is_open: bool = False, group: int = 6):
    """A ten-second bucket that begins `second` seconds after noon."""
    message = session_pb2.TimelineBucket(
        start_time=Timestamp(seconds=int(NOON.timestamp()) + second), duration=Duration(seconds=10), open=is_open
    )
    if suppressed:
        message.suppressed = True
        return message
    message.frames, message.faces, message.group_size, message.coverage = 5, 5 * group, group, 0.9
    rest = (1 - happiness) / 6
    for number in range(1, 8):
        mean = happiness if number == emotion_pb2.EMOTION_HAPPINESS else rest
        message.emotions.add(
            emotion=number, mean_score=mean, top_share=mean, mean_score_low=mean - 0.01, mean_score_high=mean + 0.01
        )
    return message


def summary_message() -> session_pb2.SessionSummary:
    return session_pb2.SessionSummary(
        total=bucket(0),
        trends=[session_pb2.EmotionTrend(emotion=number, slope_per_hour=0.1 * number) for number in range(1, 8)],
        change_points=[
            session_pb2.ChangePoint(
                time=Timestamp(seconds=int(NOON.timestamp()) + 40),
                emotion=emotion_pb2.EMOTION_HAPPINESS,
                before=0.2,
                after=0.7,
            )
        ],
        top_pairs=[
            session_pb2.EmotionPair(first=emotion_pb2.EMOTION_HAPPINESS, second=emotion_pb2.EMOTION_NEUTRAL, share=0.4)
        ],
    )


class Faults:
    """Errors that the next calls of a method answer with, and a note of every call."""

    def __init__(self) -> None:
        self.next: dict[str, list[errors.ServiceError | None]] = {}
        self.calls: list[str] = []
        self.deadlines: list[float] = []

    def check(self, method: str, context: grpc.ServicerContext) -> None:
        self.calls.append(method)
        remaining = context.time_remaining()
        assert remaining is not None, "every call has a deadline"
        self.deadlines.append(remaining)
        error = self.next[method].pop(0) if self.next.get(method) else None
        if error is not None:
            context.abort_with_status(rpc_status.to_status(errors.to_status(error)))


class FakeDetection(detection_pb2_grpc.DetectionServiceServicer):
    def __init__(self) -> None:
        self.faults = Faults()
        self.requests: list = []
        self.recorded = True
        self.record_error = errors.UnavailableError("no store", 0.01, errors.Reason.SESSION_SERVICE_UNAVAILABLE)
        self.gate = threading.Event()  # while it is clear, ClassifyFrame waits
        self.gate.set()
        self.seconds = 0.0  # that a frame takes
        self.limit = 100  # more frames at once are refused
        self.in_flight = 0
        self.refused = 0
        self._lock = threading.Lock()

    def ClassifyFrame(self, request, context):
        self.faults.check("ClassifyFrame", context)
        with self._lock:
            is_full = self.in_flight >= self.limit
            self.in_flight += not is_full
            self.refused += is_full
        if is_full:
            busy = errors.ResourceExhaustedError("too much is in flight", 0.01, errors.Reason.TOO_MANY_FRAMES)
            context.abort_with_status(rpc_status.to_status(errors.to_status(busy)))
        try:
            return self._classify(request, context)
        finally:
            with self._lock:
                self.in_flight -= 1

    def _classify(self, request, context):
        self.gate.wait(5)
        time.sleep(self.seconds)
        self.requests.append(request)
        if not request.image:
            error = errors.InvalidArgumentError("image", "must not be empty", errors.Reason.IMAGE_EMPTY)
            context.abort_with_status(rpc_status.to_status(errors.to_status(error)))
        return self._response(request.session, request.frame_id)

    def _response(self, session, frame_id):
        response = detection_pb2.ClassifyFrameResponse(
            faces=[face()],
            frame_id=frame_id,
            image_size=detection_pb2.ImageSize(width=640, height=480),
            model=detection_pb2.Model(name="emotion", version="3"),
            recorded=bool(session) and self.recorded,
            timings=detection_pb2.StageTimings(decode=Duration(nanos=2_000_000), infer=Duration(nanos=3_000_000)),
        )
        if session and not self.recorded:
            response.record_error.CopyFrom(errors.to_status(self.record_error))
            self.recorded = isinstance(self.record_error, errors.UnavailableError)  # it is back for the next one
        return response

    def ClassifyFaces(self, request, context):
        self.faults.check("ClassifyFaces", context)
        self.requests.append(request)
        faces = [detection_pb2.Face(emotions=HAPPY) for _ in request.faces]
        return detection_pb2.ClassifyFacesResponse(faces=faces, frame_id=request.frame_id)

    def ClassifyStream(self, request_iterator, context):
        self.faults.check("ClassifyStream", context)
        config = next(request_iterator)
        assert config.WhichOneof("request") == "config"
        self.requests.append(config)
        for index, message in enumerate(request_iterator):
            self.faults.check("ClassifyStream.frame", context)
            self.requests.append(message)
            response = detection_pb2.ClassifyStreamResponse(frame_id=message.frame.frame_id)
            if index == 1:
                response.skipped.reason = detection_pb2.SkippedFrame.REASON_NEWER_FRAME
            elif index == 2:
                error = errors.InvalidArgumentError("image", "is truncated", errors.Reason.IMAGE_TRUNCATED)
                response.error.CopyFrom(errors.to_status(error))
            else:
                response.frame.CopyFrom(self._response(config.config.session, message.frame.frame_id))
                response.frame.faces[0].track_id = "t1"
                response.frame.faces[0].carried_over = True
            yield response


class FakeSessions(session_pb2_grpc.SessionServiceServicer):
    def __init__(self) -> None:
        self.faults = Faults()
        self.requests: list = []
        self.sessions: dict[str, session_pb2.Session] = {}
        self.buckets = [bucket(0), bucket(10, suppressed=True), bucket(20, happiness=0.3, is_open=True)]

    def _seen(self, method: str, request, context):
        self.faults.check(method, context)
        self.requests.append(request)

    def _find(self, name: str, context) -> session_pb2.Session:
        if name not in self.sessions:
            context.abort_with_status(rpc_status.to_status(errors.to_status(errors.NotFoundError("session", name))))
        return self.sessions[name]

    def CreateSession(self, request, context):
        self._seen("CreateSession", request, context)
        session = session_pb2.Session()
        session.CopyFrom(request.session)
        session.name = f"{request.parent}/sessions/{request.session_id or 'made-up'}"
        if session.name in self.sessions:
            error = errors.AlreadyExistsError("session", session.name)
            context.abort_with_status(rpc_status.to_status(errors.to_status(error)))
        session.state = session_pb2.Session.STATE_ACTIVE
        session.start_time.CopyFrom(time_message(NOON))
        session.minimum_group_size = session.minimum_group_size or 5
        if not session.HasField("retention"):
            session.retention.FromSeconds(90 * 86400)
        self.sessions[session.name] = session
        return session

    def GetSession(self, request, context):
        self._seen("GetSession", request, context)
        return self._find(request.name, context)

    def ListSessions(self, request, context):
        self._seen("ListSessions", request, context)
        names = list(self.sessions)
        first = int(request.page_token or 0)
        size = request.page_size or 50
        page = [self.sessions[name] for name in names[first : first + size]]
        more = first + size < len(names)
        return session_pb2.ListSessionsResponse(sessions=page, next_page_token=str(first + size) if more else "")

    def UpdateSession(self, request, context):
        self._seen("UpdateSession", request, context)
        session = self._find(request.session.name, context)
        session.display_name = request.session.display_name
        return session

    def MarkSession(self, request, context):
        self._seen("MarkSession", request, context)
        session = self._find(request.name, context)
        kept = [one for one in session.markers if one.time.seconds != request.marker.time.seconds]
        del session.markers[:]
        session.markers.extend([*kept, *([request.marker] if request.marker.text else [])])
        return session

    def EndSession(self, request, context):
        self._seen("EndSession", request, context)
        session = self._find(request.name, context)
        session.state = session_pb2.Session.STATE_ENDED
        session.end_time.CopyFrom(Timestamp(seconds=int(NOON.timestamp()) + 3600))
        return session

    def DeleteSession(self, request, context):
        self._seen("DeleteSession", request, context)
        self._find(request.name, context)
        del self.sessions[request.name]
        return Empty()

    def RecordObservations(self, request, context):
        self._seen("RecordObservations", request, context)
        return session_pb2.RecordObservationsResponse(recorded=len(request.observations))

    def GetTimeline(self, request, context):
        self._seen("GetTimeline", request, context)
        self._find(request.session, context)
        return session_pb2.Timeline(buckets=self.buckets, labels=emotion_pb2.LABELS_VOTES)

    def WatchTimeline(self, request, context) -> Iterator[session_pb2.TimelineBucket]:
        self._seen("WatchTimeline", request, context)
        for message in self.buckets:
            if message.start_time.ToNanoseconds() >= request.start_time.ToNanoseconds():
                yield message
                self.faults.check("WatchTimeline.bucket", context)

    def GetSummary(self, request, context):
        self._seen("GetSummary", request, context)
        return summary_message()

    def ExportTimeline(self, request, context) -> Iterator[session_pb2.ExportChunk]:
        self._seen("ExportTimeline", request, context)
        yield session_pb2.ExportChunk(data=b"start_time,")
        yield session_pb2.ExportChunk(data=b"frames\n")

    def DeleteObservations(self, request, context):
        self._seen("DeleteObservations", request, context)
        return session_pb2.DeleteObservationsResponse(observations=4, faces=9)


class FakeServices:
    """Both fakes, each behind its own server on a free port."""

    def __init__(self) -> None:
        self.detection, self.session = FakeDetection(), FakeSessions()
        self._servers = [grpc.server(futures.ThreadPoolExecutor(16)) for _ in range(2)]
        detection_pb2_grpc.add_DetectionServiceServicer_to_server(self.detection, self._servers[0])
        session_pb2_grpc.add_SessionServiceServicer_to_server(self.session, self._servers[1])
        self.addresses = [f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}" for server in self._servers]
        for server in self._servers:
            server.start()

    def stop(self) -> None:
        for server in self._servers:
            server.stop(0)


def json_lines(answer):
    """What a command printed with --json."""
    return [json.loads(line) for line in answer.stdout.splitlines()]
