"""A real browser on the pages, and lessons for it to show."""

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
from edge_helpers import call
from playwright.sync_api import Browser, Page, sync_playwright
from skimage import data

from liveclass.emotions import Emotion
from liveclass.stack import Stack


@contextmanager
def started_browser(*arguments: str) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage", *arguments]
        )
        try:
            yield browser
        finally:
            browser.close()


def fake_camera(folder: Path) -> list[str]:
    """Chromium's arguments for a camera that shows one smiling face (NASA, public domain)."""
    picture = data.astronaut()
    height, width, _ = picture.shape
    file = folder / "camera.y4m"
    frame = b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420).tobytes()
    file.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + 2 * frame)
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={file}",
    ]


def open_page(browser: Browser, stack: Stack, path: str, **context: Any) -> Page:
    """In a context of its own, with the token."""
    page = browser.new_context(locale="en-GB", **context).new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{stack.edge_url}{path}#token={stack.edge_token}")
    return page


def new_session(stack: Stack, minimum: int = 1, title: str = "Geometry") -> str:
    """The name of a new session."""
    answer = call(
        stack,
        "POST",
        f"/v1/classrooms/page-{uuid.uuid4().hex[:12]}/sessions",
        {"display_name": title, "minimum_group_size": minimum},
    )
    assert answer.status == 200, answer.body
    return str(answer.json["name"])


def record(stack: Stack, session: str, strongest: Emotion, people: int = 2) -> None:
    """One frame of now, in which everybody shows `strongest`."""
    scores = [
        {"emotion": f"EMOTION_{emotion.name}", "score": 0.88 if emotion is strongest else 0.02} for emotion in Emotion
    ]
    observation = {
        "frame_id": uuid.uuid4().hex,
        "capture_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "source": "camera-1",
        "faces": [{"emotions": scores}] * people,
    }
    answer = call(stack, "POST", f"/v1/{session}/observations:record", {"observations": [observation]})
    assert answer.status == 200, answer.body
