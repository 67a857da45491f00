"""The SDK: frames that are sent in the background."""

import threading

import numpy as np
import pytest
from client_fakes import AWAY, PNG

from liveclass import client
from liveclass.client import BackgroundSender
from liveclass.runtime import errors


def until_it_refuses(sender: BackgroundSender) -> None:
    while True:
        sender.submit(PNG)


def test_the_sender_sends_everything_when_there_is_time(lc, services, session):
    seen = []
    with BackgroundSender(lc, session=session, source="front", on_result=seen.append) as sender:
        ids = [sender.submit(PNG) for _ in range(10)]
    report = sender.report()

    assert (report.submitted, report.classified, report.recorded, report.dropped) == (10, 10, 10, 0)
    assert sorted(request.frame_id for request in services.detection.requests) == sorted(ids)
    assert all(request.HasField("capture_time") for request in services.detection.requests)
    assert len(seen) == 10


def test_the_sender_drops_the_oldest_and_says_so(lc, services):
    services.detection.gate.clear()
    sender = BackgroundSender(lc, capacity=3, in_flight=1)
    first = sender.submit(PNG)
    while "ClassifyFrame" not in services.detection.faults.calls:  # until it is on its way
        threading.Event().wait(0.01)
    later = [sender.submit(PNG) for _ in range(5)]
    services.detection.gate.set()
    report = sender.close()

    assert (report.submitted, report.classified, report.dropped, report.waiting) == (6, 4, 2, 0)
    assert [request.frame_id for request in services.detection.requests] == [first, *later[2:]]
    with pytest.raises(ValueError, match="closed"):
        sender.submit(PNG)


def test_the_sender_tries_again_under_the_same_id(lc, services, session):
    busy = errors.ResourceExhaustedError("busy", 0.01, errors.Reason.TOO_MANY_FRAMES)
    services.detection.faults.next["ClassifyFrame"] = [busy]
    services.detection.recorded = False  # the first answer is not on disk, the one after it is
    with BackgroundSender(lc, session=session) as sender:
        frame_id = sender.submit(PNG)
        sender.close()

    assert [request.frame_id for request in services.detection.requests] == [frame_id, frame_id]
    assert (sender.report().classified, sender.report().recorded, sender.report().failed) == (1, 1, 0)


def test_the_sender_keeps_frames_while_a_service_is_away(lc, services, session):
    busy = errors.ResourceExhaustedError("busy", 0.01, errors.Reason.TOO_MANY_FRAMES)
    services.detection.faults.next["ClassifyFrame"] = [AWAY, busy] * 20
    with BackgroundSender(lc, session=session, in_flight=1) as sender:
        ids = [sender.submit(PNG) for _ in range(3)]
        report = sender.close(None)

    assert (report.recorded, report.dropped, report.failed) == (3, 0, 0)
    assert [request.frame_id for request in services.detection.requests] == ids


def test_the_sender_can_wait_for_room_and_then_drops_nothing(lc, services):
    with BackgroundSender(lc, capacity=2, in_flight=1, when_full="wait") as sender:
        for _ in range(20):
            sender.submit(PNG)
            assert sender.report().waiting <= 3
        report = sender.close(None)

    assert (report.submitted, report.classified, report.dropped) == (20, 20, 0)


def test_the_sender_refuses_a_session_that_is_not_there_before_the_first_frame(lc, services, session):
    with pytest.raises(client.NotFoundError, match="there is no session"):
        BackgroundSender(lc, session="classrooms/7b/sessions/typo")
    lc.end_session(session)
    with pytest.raises(client.FailedPreconditionError, match="has ended"):
        BackgroundSender(lc, session=session)

    assert services.detection.requests == []


def test_the_sender_stops_when_the_session_ends(lc, services, session):
    services.detection.recorded = False
    services.detection.record_error = errors.FailedPreconditionError(session, "has ended", errors.Reason.SESSION_ENDED)
    sender = BackgroundSender(lc, session=session, in_flight=1)
    sender.submit(PNG)

    with pytest.raises(client.FailedPreconditionError, match="has ended"):
        until_it_refuses(sender)

    report = sender.close()
    assert (report.recorded, report.waiting) == (0, 0)
    assert report.submitted == report.failed + report.dropped
    assert len(services.detection.requests) == 1


def test_the_sender_reports_what_was_refused_and_goes_on(lc):
    with BackgroundSender(lc, in_flight=1, on_result=lambda _: 1 / 0) as sender:
        sender.submit(b"")
        sender.submit(np.zeros((2, 2)))
        sender.submit(PNG)
    report = sender.report()

    assert (report.failed, report.classified) == (2, 1)
    assert isinstance(report.last_error, client.UnreadableFrameError)
