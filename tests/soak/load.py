"""Who uses the system during a soak: cameras, watchers, and a caller who sends nonsense; each on its own thread."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import grpc

from liveclass.v1 import detection_pb2, detection_pb2_grpc, session_pb2, session_pb2_grpc

PATIENCE_SECONDS = 120.0
CHANNEL = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]


@dataclass
class Frame:
    """One frame of a camera, until it is recorded."""

    source: str
    frame_id: str
    captured_ns: int


@dataclass
class Figures:
    """What became of what was sent. Threads only add."""

    codes: "Counter[str]" = field(default_factory=Counter)
    sent: int = 0
    answered: int = 0
    recorded: int = 0
    skipped: int = 0
    unrecorded: list[Frame] = field(default_factory=list)
    watched: int = 0
    wrong: "Counter[str]" = field(default_factory=Counter)
    """Answers to nonsense that were neither a clear refusal nor a sign that the service is away."""


class Load:
    """Everybody who uses the system at `detection` and `session`, for one session that it creates."""

    def __init__(self, detection: str, session: str, image: bytes) -> None:
        self.image, self.figures, self.ending = image, Figures(), threading.Event()
        self.channels = [grpc.insecure_channel(detection, CHANNEL), grpc.insecure_channel(session, CHANNEL)]
        self.detection = detection_pb2_grpc.DetectionServiceStub(self.channels[0])
        self.sessions = session_pb2_grpc.SessionServiceStub(self.channels[1])
        request = session_pb2.CreateSessionRequest(
            parent="classrooms/soak", session_id=f"s{uuid.uuid4().hex[:12]}", session={"minimum_group_size": 1}
        )
        self.session = self.sessions.CreateSession(request, timeout=30, wait_for_ready=True).name
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self, cameras: int = 2, streams: int = 1, watchers: int = 3, pause: float = 0.4) -> None:
        for number in range(cameras):
            self._begin(self._camera, f"camera-{number}", pause)
        for number in range(streams):
            self._begin(self._stream, f"stream-{number}", pause)
        for _ in range(watchers):
            self._begin(self._watcher)
        self._begin(self._nonsense)

    def end(self) -> None:
        """Everybody stops."""
        self.ending.set()
        for thread in self._threads:
            thread.join(60)

    def send_again(self) -> int:
        """As a client does, what was not recorded is sent once more, until it is; how many could not be in the end."""
        end = time.monotonic() + PATIENCE_SECONDS
        while self.figures.unrecorded and time.monotonic() < end:
            frame = self.figures.unrecorded.pop()
            if not self._classify(frame):
                time.sleep(0.2)
        return len(self.figures.unrecorded)

    def counted(self) -> int:
        """Frames in the timeline."""
        request = session_pb2.GetTimelineRequest(session=self.session, resolution={"seconds": 60})
        return sum(bucket.frames for bucket in self.sessions.GetTimeline(request, timeout=60).buckets)

    def _begin(self, what: object, *arguments: object) -> None:
        self._threads.append(threading.Thread(target=what, args=arguments, daemon=True))
        self._threads[-1].start()

    def _new_frame(self, source: str) -> Frame:
        frame = Frame(source, uuid.uuid4().hex, time.time_ns())
        self.figures.sent += 1
        return frame

    def _request(self, frame: Frame) -> detection_pb2.ClassifyFrameRequest:
        request = detection_pb2.ClassifyFrameRequest(
            image=self.image, session=self.session, source=frame.source, frame_id=frame.frame_id
        )
        request.capture_time.FromNanoseconds(frame.captured_ns)
        return request

    def _classify(self, frame: Frame) -> bool:
        """Sends a frame once; whether it was recorded. It is kept where it was not."""
        try:
            answer = self.detection.ClassifyFrame(self._request(frame), timeout=5)
        except grpc.RpcError as error:
            self.figures.codes[error.code().name] += 1
            self.figures.unrecorded.append(frame)
            return False
        self.figures.answered += 1
        if answer.recorded:
            self.figures.recorded += 1
        else:
            self.figures.unrecorded.append(frame)
        return bool(answer.recorded)

    def _camera(self, source: str, pause: float) -> None:
        while not self.ending.wait(pause):
            self._classify(self._new_frame(source))

    def _stream(self, source: str, pause: float) -> None:
        while not self.ending.is_set():
            under_way: dict[str, Frame] = {}
            over = threading.Event()
            try:
                for answer in self.detection.ClassifyStream(self._stream_requests(source, pause, under_way, over)):
                    self._take(answer, under_way)
            except grpc.RpcError as error:
                self.figures.codes[error.code().name] += 1
            with self._lock:  # gRPC asks for one more frame, on a thread of its own, after a stream has broken
                over.set()
                self.figures.unrecorded += under_way.values()
            self.ending.wait(1)

    def _stream_requests(
        self, source: str, pause: float, under_way: dict[str, Frame], over: threading.Event
    ) -> Iterator[detection_pb2.ClassifyStreamRequest]:
        config = detection_pb2.StreamConfig(session=self.session, source=source)
        yield detection_pb2.ClassifyStreamRequest(config=config)
        until = time.monotonic() + 60  # a camera that reconnects now and then
        while not self.ending.wait(pause) and time.monotonic() < until:
            with self._lock:
                if over.is_set():
                    return
                frame = self._new_frame(source)
                under_way[frame.frame_id] = frame
            message = detection_pb2.StreamFrame(image=self.image, frame_id=frame.frame_id)
            message.capture_time.FromNanoseconds(frame.captured_ns)
            yield detection_pb2.ClassifyStreamRequest(frame=message)

    def _take(self, answer: detection_pb2.ClassifyStreamResponse, under_way: dict[str, Frame]) -> None:
        frame = under_way.pop(answer.frame_id)
        if answer.WhichOneof("result") == "frame":
            self.figures.answered += 1
        else:
            self.figures.skipped += 1
        if answer.frame.recorded:
            self.figures.recorded += 1
        else:
            self.figures.unrecorded.append(frame)

    def _watcher(self) -> None:
        while not self.ending.is_set():
            request = session_pb2.WatchTimelineRequest(session=self.session, resolution={"seconds": 10})
            try:
                for _ in self.sessions.WatchTimeline(request, timeout=20):
                    self.figures.watched += 1
            except grpc.RpcError:
                self.ending.wait(1)

    def _nonsense(self) -> None:
        """What is wrong is refused as the caller's mistake, whatever else happens."""
        junk = self.channels[0].unary_unary("/liveclass.v1.DetectionService/ClassifyFrame")
        wrong = [
            lambda: self.detection.ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=b"%PDF-1.7"), timeout=5),
            lambda: self.detection.ClassifyFrame(
                detection_pb2.ClassifyFrameRequest(image=self.image[:2000]), timeout=5
            ),
            lambda: self.detection.ClassifyFrame(
                detection_pb2.ClassifyFrameRequest(image=self.image, options={"model_version": "99"}), timeout=5
            ),
            lambda: self.sessions.GetSession(session_pb2.GetSessionRequest(name="x" * 5000), timeout=5),
            lambda: junk(b"\xff\xff\xff", timeout=5),
        ]
        expected = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
        while not self.ending.wait(0.5):
            for number, call in enumerate(wrong):
                try:
                    call()
                except grpc.RpcError as error:
                    if error.code() in expected | {grpc.StatusCode.RESOURCE_EXHAUSTED}:
                        continue
                    self.figures.wrong[f"{number}: {error.code().name}"] += 1
                else:
                    self.figures.wrong[f"{number}: OK"] += 1
