"""Sends frames to the services of a network of pods until its input ends; runs in a container of the services' image.

It prints how many frames were acknowledged so far, a line a second, and at the end what became of all, as JSON.
"""

import json
import os
import sys
import threading
import time
import uuid
from pathlib import Path

from liveclass.client import LiveClass, ServiceError

SENDERS = 3
PAUSE_SECONDS = 0.05
PERSEVERANCE_SECONDS = 60
"""How long a frame that was not acknowledged is sent again in the end."""


class Sender:
    """Frames with names of their own, and what became of each."""

    def __init__(self, client: LiveClass, photograph: bytes) -> None:
        self.client, self.photograph = client, photograph
        self.session = client.create_session("rolling", f"s{uuid.uuid4().hex[:12]}", minimum_group_size=1).name
        self.acknowledged: list[str] = []
        self.kept_back: list[str] = []
        self.failures: list[str] = []

    def send(self, frame_id: str) -> bool:
        """Whether it was acknowledged."""
        frame = self.client.classify(self.photograph, session=self.session, frame_id=frame_id, source="camera-1")
        return frame.recorded

    def run(self, number: int, stop: threading.Event) -> None:
        count = 0
        while not stop.wait(PAUSE_SECONDS):
            count += 1
            frame_id = f"sender-{number}-frame-{count}"
            try:
                (self.acknowledged if self.send(frame_id) else self.kept_back).append(frame_id)
            except ServiceError as error:
                self.failures.append(f"{frame_id}: {error}")

    def send_again(self) -> int:
        """Sends what was not acknowledged; returns how many frames were acknowledged in the end."""
        waiting = self.kept_back + [failure.partition(":")[0] for failure in self.failures]
        total, deadline = len(self.acknowledged) + len(waiting), time.monotonic() + PERSEVERANCE_SECONDS
        while waiting and time.monotonic() < deadline:
            waiting = [frame_id for frame_id in waiting if not self.is_acknowledged(frame_id)]
        return total - len(waiting)

    def is_acknowledged(self, frame_id: str) -> bool:
        try:
            return self.send(frame_id)
        except ServiceError:
            return False


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    addresses = ("dns:///detection:50051", "dns:///session:50052")
    with LiveClass(*addresses, timeout=20, token=os.environ["TOKEN"], plaintext_token=True) as client:
        sender, stop = Sender(client, Path(sys.argv[1]).read_bytes()), threading.Event()
        threads = [threading.Thread(target=sender.run, args=(number, stop)) for number in range(SENDERS)]
        threads.append(threading.Thread(target=lambda: (sys.stdin.read(), stop.set())))
        for thread in threads:
            thread.start()
        while not stop.wait(1):
            say(len(sender.acknowledged))
        for thread in threads:
            thread.join()
        acknowledged = sender.send_again()
        recorded = sum(bucket.frames for bucket in client.timeline(sender.session).buckets)
        result = {"acknowledged": acknowledged, "recorded": recorded}
        say(json.dumps({**result, "kept_back": len(sender.kept_back), "failures": sender.failures}))


if __name__ == "__main__":
    main()
