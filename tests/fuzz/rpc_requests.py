"""Requests to every RPC: mostly well-formed, with some fields changed, and some of those broken as bytes."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from google.api import httpbody_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from liveclass.v1 import audit_pb2, detection_pb2, identity_pb2, session_pb2

SESSIONS = tuple(f"classrooms/7b/sessions/s{number}" for number in range(4))
SCORES = (0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.1)
CROP = bytes(48 * 48)
FRAMES = tuple(
    cv2.imencode(extension, np.full((64, 80), 120, np.uint8))[1].tobytes() for extension in (".jpg", ".png", ".webp")
)

STRINGS = (
    "", "x", "x" * 127, "x" * 129, "x" * 5_000, "\0", "a\nb", "jo@school.org", "😀" * 130, "\u2028", "'; DROP TABLE--",
    *SESSIONS, "classrooms/-", "classrooms/7b", "classrooms/7B/sessions/x", "classrooms/../sessions/x", "1", "0", "999",
    "state=ACTIVE", 'state = ACTIVE AND start_time >= "2026-01-01T00:00:00Z"', 'classroom="7b" AND', "(" * 500,
    'start_time<"2026-01-01T00:00:00.9e999Z"', "=" * 900, "display_name", "*", "W1tbW1tb", "ZZZ",
    "MSAyIDAxMjM0NTY3ODlhYmNkZWY=",
)  # fmt: skip  # as many on a line as fit
INTEGERS = (
    0,
    1,
    -1,
    2,
    7,
    8,
    10,
    60,
    999,
    1000,
    1001,
    20_000,
    2**31 - 1,
    -(2**31),
    2**31,
    2**32,
    2**62,
    2**63 - 1,
    -(2**63),
)
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-38, 1e38, float("inf"), float("-inf"), float("nan"))
METADATA = (
    ("traceparent", "00-zz-zz-01"), ("x-bin", b"\xff\0"),
    ("grpc-previous-rpc-attempts", "99999999999"),
    ("user-agent", "x" * 500), ("te", "x"), ("accept-encoding", "gzip, br"),
)  # fmt: skip  # as above


@dataclass(frozen=True)
class Method:
    """An RPC to be called with bytes."""

    service: str
    name: str
    request: type[Message]
    response: type[Message]
    streams_in: bool
    streams_out: bool

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"


@dataclass
class Request:
    """What is sent, and how."""

    method: Method
    messages: list[bytes]
    metadata: list[tuple[str, str | bytes]] = field(default_factory=list)
    timeout: float = 20.0
    is_hurried: bool = False
    """Whether the deadline may well pass."""


def methods() -> list[Method]:
    """Of both services, in the order of the contracts."""
    files = (detection_pb2.DESCRIPTOR, session_pb2.DESCRIPTOR, audit_pb2.DESCRIPTOR, identity_pb2.DESCRIPTOR)
    return [
        Method(
            service.full_name, one.name, GetMessageClass(one.input_type), GetMessageClass(one.output_type),
            one.client_streaming, one.server_streaming,
        )
        for file in files for service in file.services_by_name.values() for one in service.methods
    ]  # fmt: skip  # the arguments belong together


class Maker:
    """Makes the requests of one seed, the same each time."""

    def __init__(self, seed: int) -> None:
        self._seed, self._methods = seed, methods()
        self._bases: dict[str, Callable[[random.Random], list[Message]]] = {
            "ClassifyFrame": _frame, "ClassifyImage": _image, "ClassifyFaces": _faces, "ClassifyStream": _stream,
            "CreateSession": _create, "UpdateSession": _update, "ListSessions": _list, "RecordObservations": _record,
            "ExportTimeline": _export, "DeleteObservations": _delete_observations,
            "ListAuditEntries": _audit, "ExchangeKey": _exchange, "CreateKey": _create_key, "RevokeKey": _revoke,
            "ListKeys": lambda _: [identity_pb2.ListKeysRequest()],
        }  # fmt: skip  # as above

    def request(self, number: int) -> Request:
        """The request of a number."""
        chance = random.Random(f"{self._seed}/{number}")
        method = chance.choice(self._methods)
        messages = self._bases.get(method.name, _named(method.request))(chance)
        for message in messages:
            for _ in range(_few(chance)):
                mutate(message, chance)
        data = [message.SerializeToString() for message in messages]
        if chance.random() < 0.3:
            at = chance.randrange(len(data))
            data[at] = broken(data[at], chance)
        if method.streams_in and chance.random() < 0.1:
            chance.shuffle(data)
        hurried = chance.random() < 0.05
        return Request(
            method, data, [chance.choice(METADATA)] if chance.random() < 0.2 else [],
            chance.choice((0.001, 0.02, 0.1)) if hurried else 20.0, hurried,
        )  # fmt: skip  # as above


def _few(chance: random.Random) -> int:
    return min(8, int(chance.expovariate(0.8)))


def mutate(message: Message, chance: random.Random) -> None:
    """Changes one field of a message, or of one inside it."""
    fields = list(message.DESCRIPTOR.fields)
    if not fields:
        return
    chosen = chance.choice(fields)
    if chance.random() < 0.15:
        message.ClearField(chosen.name)
    elif chosen.is_repeated:
        _mutate_repeated(message, chosen, chance)
    elif chosen.type == FieldDescriptor.TYPE_MESSAGE:
        inner = getattr(message, chosen.name)
        inner.SetInParent()
        mutate(inner, chance)
    else:
        setattr(message, chosen.name, value(chosen, chance))


def _mutate_repeated(message: Message, chosen: FieldDescriptor, chance: random.Random) -> None:
    values = getattr(message, chosen.name)
    action = chance.random()
    if action < 0.3 and values:
        del values[chance.randrange(len(values)) :]
    elif chosen.type != FieldDescriptor.TYPE_MESSAGE:
        values.extend(value(chosen, chance) for _ in range(chance.choice((1, 3, 70))))
    elif action < 0.8 and values:
        mutate(chance.choice(values), chance)
    else:
        more = [type(values[0])()] if values else [GetMessageClass(chosen.message_type)()]
        if values and chance.random() < 0.5:
            more = [values[0]]
        values.extend(more * chance.choice((1, 2, 8, 300, 3_000)))


def value(chosen: FieldDescriptor, chance: random.Random) -> object:
    """One that the field can hold, be it sensible or not."""
    kind = chosen.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        if chosen.type == FieldDescriptor.TYPE_BYTES:
            return chance.choice((*FRAMES, b"", CROP, chance.randbytes(chance.choice((1, 50, 3_000)))))
        return chance.choice(STRINGS)
    if kind in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return chance.choice(FLOATS)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return chance.random() < 0.5
    bits = 64 if kind in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64) else 32
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return min(high, max(low, chance.choice((*INTEGERS, int(time.time()), chance.randrange(-100, 100)))))


def broken(data: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut, doubled or made up."""
    changed = bytearray(data)
    action = chance.randrange(6)
    if action == 0:
        return chance.randbytes(chance.choice((0, 1, 7, 100, 5_000)))
    if action == 1 and changed:
        return bytes(changed[: chance.randrange(len(changed))])
    if action == 2:
        return bytes(changed) * chance.choice((2, 3, 20))
    if action == 3:
        at = chance.randrange(len(changed) + 1)
        changed[at:at] = chance.randbytes(chance.choice((1, 2, 10)))
        return bytes(changed)
    if action == 4:  # an unknown field, or groups within groups
        return bytes(changed) + chance.choice((b"\xf8\x07\x01" * 5_000, b"\x0b" * 2_000, b"\x0a\xff\xff\xff\x7f"))
    for _ in range(chance.choice((1, 2, 8))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _named(request: type[Message]) -> Callable[[random.Random], list[Message]]:
    """A request that needs the name of a session only."""

    def make(chance: random.Random) -> list[Message]:
        message = request()
        setattr(
            message, "session" if "session" in message.DESCRIPTOR.fields_by_name else "name", chance.choice(SESSIONS)
        )
        if "start_time" in message.DESCRIPTOR.fields_by_name and chance.random() < 0.5:
            message.start_time.seconds = int(time.time()) - chance.choice((10, 1_000, 100_000))
            message.resolution.seconds = chance.choice((1, 7, 10, 60, 86_400))
        return [message]

    return make


def _audit(chance: random.Random) -> list[Message]:
    request = audit_pb2.ListAuditEntriesRequest(page_size=chance.choice((0, 1, 50)), action="GetTimeline")
    if chance.random() < 0.5:
        request.start_time.seconds, request.end_time.seconds = int(time.time()) - 60, int(time.time())
    return [request]


def _exchange(chance: random.Random) -> list[Message]:
    return [identity_pb2.ExchangeKeyRequest(key=f"lc_{'a' * 16}_{chance.choice('xyz') * 43}")]


def _create_key(chance: random.Random) -> list[Message]:
    permission = chance.choice(("classrooms/7b:view", "classrooms/*:record"))
    return [identity_pb2.CreateKeyRequest(display_name="camera", permissions=[permission])]


def _revoke(chance: random.Random) -> list[Message]:
    return [identity_pb2.RevokeKeyRequest(name=f"keys/{chance.choice('ab') * 16}")]


def _frame(chance: random.Random) -> list[Message]:
    return [
        detection_pb2.ClassifyFrameRequest(
            image=chance.choice(FRAMES),
            session=chance.choice(("", *SESSIONS)),
            frame_id=f"f{chance.random()}",
            source="a",
        )
    ]


def _image(chance: random.Random) -> list[Message]:
    image = httpbody_pb2.HttpBody(content_type="image/jpeg", data=chance.choice(FRAMES))
    return [
        detection_pb2.ClassifyImageRequest(
            image=image, session=chance.choice(("", *SESSIONS)), frame_id=f"f{chance.random()}", source="a"
        )
    ]


def _faces(chance: random.Random) -> list[Message]:
    return [detection_pb2.ClassifyFacesRequest(faces=[CROP] * chance.choice((1, 3, 64)), frame_id="f", source="a")]


def _stream(chance: random.Random) -> list[Message]:
    first = detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig(source="a"))
    frames = [
        detection_pb2.ClassifyStreamRequest(
            frame=detection_pb2.StreamFrame(image=chance.choice(FRAMES), frame_id=f"{n}")
        )
        for n in range(chance.randrange(4))
    ]
    return [first, *frames]


def _create(chance: random.Random) -> list[Message]:
    name = chance.choice(SESSIONS).rpartition("/")[2] if chance.random() < 0.5 else f"t{chance.randrange(10**9)}"
    session = session_pb2.Session(display_name="Maths", minimum_group_size=chance.choice((0, 1, 5)))
    return [session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id=name, session=session)]


def _update(chance: random.Random) -> list[Message]:
    session = session_pb2.Session(name=chance.choice(SESSIONS), display_name="Maths")
    message = session_pb2.UpdateSessionRequest(session=session)
    message.update_mask.paths.append("display_name")
    return [message]


def _list(chance: random.Random) -> list[Message]:
    return [
        session_pb2.ListSessionsRequest(
            parent=chance.choice(("classrooms/-", "classrooms/7b")), page_size=chance.choice((0, 1, 1000)),
            filter=chance.choice(STRINGS), page_token=chance.choice(("", *STRINGS)),
        )
    ]  # fmt: skip  # the arguments belong together


def _record(chance: random.Random) -> list[Message]:
    message = session_pb2.RecordObservationsRequest(session=chance.choice(SESSIONS))
    for number in range(chance.choice((1, 2, 30))):
        one = message.observations.add(frame_id=f"{chance.random()}-{number}", source=chance.choice(("", "a", "b")))
        one.capture_time.seconds = int(time.time()) - chance.randrange(500)
        for _ in range(chance.choice((0, 1, 6))):
            face = one.faces.add()
            for emotion, score in enumerate(SCORES, 1):
                face.emotions.add(emotion=emotion, score=score)
    return [message]


def _export(chance: random.Random) -> list[Message]:
    (timeline,) = _named(session_pb2.GetTimelineRequest)(chance)
    return [session_pb2.ExportTimelineRequest(timeline=timeline, format=chance.choice((0, 1, 2)))]


def _delete_observations(chance: random.Random) -> list[Message]:
    return [session_pb2.DeleteObservationsRequest(session=chance.choice(SESSIONS), source=chance.choice(("", "a")))]
