"""Records a camera, or a video file, into a new session, and prints its timeline.

python -m liveclass.client.examples.camera_to_session --camera 0 --seconds 60
python -m liveclass.client.examples.camera_to_session --video lesson.mp4
"""

# ruff: noqa: T201  # an example prints what it finds

import argparse
import time

from liveclass.client import BackgroundSender, Camera, LiveClass


def main() -> None:
    parser = argparse.ArgumentParser(description="Records a camera or a video into a new session.")
    device = parser.add_mutually_exclusive_group()
    device.add_argument("--camera", type=int, default=0)
    device.add_argument("--video")
    parser.add_argument("--classroom", default="example")
    parser.add_argument("--seconds", type=float, default=60, help="how long to look at a camera")
    parser.add_argument("--minimum-group-size", type=int, default=0, help="0: the operator's default")
    parser.add_argument("--detection", default="localhost:50051")
    parser.add_argument("--session", default="localhost:50052")
    arguments = parser.parse_args()

    with LiveClass(arguments.detection, arguments.session) as lc:
        session = lc.create_session(
            f"classrooms/{arguments.classroom}", minimum_group_size=arguments.minimum_group_size
        )
        print(f"recording into {session.name}")
        with Camera(arguments.video or arguments.camera, frames_per_second=2) as camera:
            # A recorded video can be read faster than it is classified, and none of it is to be dropped.
            capacity = camera.length or 16
            sender = BackgroundSender(lc, session=session.name, source="front", capacity=capacity)
            until = time.monotonic() + arguments.seconds
            for frame in camera:
                sender.submit(frame)
                if camera.length is None and time.monotonic() > until:
                    break
            report = sender.close(timeout=60)
        lc.end_session(session.name)
        print(f"{report.recorded} of {report.submitted} frames recorded, {report.dropped} dropped")
        for bucket in lc.timeline(session.name).buckets:
            shown = "suppressed" if bucket.top is None else f"{bucket.top.emotion.label} {bucket.top.mean_score:.2f}"
            print(f"{bucket.start_time.astimezone():%H:%M:%S}  {bucket.faces:4} faces  {shown}")


if __name__ == "__main__":
    main()
