"""Records a camera, or a video file, into a new session, and prints its timeline.

python -m liveclass.client.examples.camera_to_session --camera 0 --seconds 60
python -m liveclass.client.examples.camera_to_session --camera rtsp://camera.school/front
python -m liveclass.client.examples.camera_to_session --video lesson.mp4
"""

# ruff: noqa: T201  # an example prints what it finds

import argparse
import sys
import time

from liveclass.client import BackgroundSender, Camera, LiveClass, LiveClassError, Timeline


def main() -> None:
    parser = argparse.ArgumentParser(description="Records a camera or a video into a new session.")
    device = parser.add_mutually_exclusive_group()
    device.add_argument("--camera", default="0", help="a camera's number, or the address of a network camera")
    device.add_argument("--video")
    parser.add_argument("--classroom", default="example")
    parser.add_argument("--seconds", type=float, default=60, help="how long to look at a camera")
    parser.add_argument("--minimum-group-size", type=int, default=0, help="0: the operator's default")
    parser.add_argument("--detection", default="localhost:50051")
    parser.add_argument("--session", default="localhost:50052")
    arguments = parser.parse_args()
    given = arguments.video or (int(arguments.camera) if arguments.camera.isdecimal() else arguments.camera)
    try:
        with (
            LiveClass(arguments.detection, arguments.session) as lc,
            Camera(given, frames_per_second=2, on_event=print) as camera,
        ):
            session = lc.create_session(
                f"classrooms/{arguments.classroom}",
                minimum_group_size=arguments.minimum_group_size,
                start_time=None if camera.is_live else camera.start,
            )
            print(f"recording into {session.name}", flush=True)
            record(lc, session.name, camera, arguments.seconds)
            lc.end_session(session.name)
            show(lc.timeline(session.name))
    except LiveClassError as error:
        sys.exit(f"error: {error}")


def record(lc: LiveClass, session: str, camera: Camera, seconds: float) -> None:
    # A video can be read faster than it is classified, and none of it is to be dropped. Of a live camera the newest
    # frames matter: the sender drops the oldest ones where it cannot keep up.
    sender = BackgroundSender(
        lc, session=session, source="front", when_full="drop_oldest" if camera.is_live else "wait"
    )
    until = time.monotonic() + seconds
    with sender:
        for frame in camera:
            sender.submit(frame)
            if camera.is_live and time.monotonic() > until:
                break
        report = sender.close(timeout=60 if camera.is_live else None)
    print(f"{report.recorded} of {report.submitted} frames recorded, {report.dropped} dropped")


def show(timeline: Timeline) -> None:
    for bucket in timeline.buckets:
        shown = "suppressed" if bucket.top is None else f"{bucket.top.emotion.label} {bucket.top.mean_score:.2f}"
        print(f"{bucket.start_time.astimezone():%H:%M:%S}  {bucket.faces:4} faces  {shown}")


if __name__ == "__main__":
    main()
