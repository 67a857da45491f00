"""Pictures of the pages in docs/images: `python tests/page_screenshots.py`, with Debian's chromium.

Starts the whole system on free ports, records two lessons of invented scores, and photographs each page in light and
dark, and as wide as a phone.
"""

import json
import math
import tempfile
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from page_helpers import fake_camera, started_browser
from PIL import Image
from playwright.sync_api import Browser, Page

from liveclass.emotions import Emotion
from liveclass.stack import Ports, Stack

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CLASSROOM = "classrooms/7b"
SIZES = {"light": (1200, 800), "dark": (1200, 800), "phone": (390, 844)}
LESSON_MINUTES, FRAME_SECONDS, PEOPLE, TOO_FEW = 30, 5, 9, 3


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), Ports.free(), has_edge=True) as stack:
        monday = record_lesson(stack, "Geometry", turn=0.55)
        tuesday = record_lesson(stack, "Geometry, continued", turn=0.3)
        with started_browser(*fake_camera(Path(folder))) as browser:
            pages = {
                "sessions": "/",
                "live": f"/live?session={monday}",
                "compare": f"/compare?first={monday}&second={tuesday}",
                "operator": "/operator",
                "camera": "/camera",
            }
            for name, path in pages.items():
                for look in SIZES:
                    photograph(browser, stack, path, IMAGES / f"page-{name}-{look}.png", look)


def photograph(browser: Browser, stack: Stack, path: str, file: Path, look: str) -> None:
    width, height = SIZES[look]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if look == "dark" else "light",
        locale="de-DE" if look == "phone" else "en-GB",
    )
    page: Page = context.new_page()
    page.goto(f"{stack.edge_url}{path}#token={stack.edge_token}")
    page.wait_for_timeout(1500)
    if start := page.query_selector("#camera button.primary"):
        start.click()
    page.wait_for_timeout(1500)
    page.screenshot(path=file, full_page=True)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(192).save(file, optimize=True)
    context.close()


def record_lesson(stack: Stack, title: str, turn: float) -> str:
    """A lesson that becomes happier after the share `turn` of it, with a stretch of too few people."""
    start = datetime.now(timezone.utc) - timedelta(minutes=LESSON_MINUTES)
    session = post(
        stack,
        f"{CLASSROOM}/sessions",
        {"display_name": title, "minimum_group_size": 5, "start_time": start.isoformat()},
    )["name"]
    frames = range(LESSON_MINUTES * 60 // FRAME_SECONDS)
    observations = [_observation(start, i, i / len(frames), turn) for i in frames]
    for first in range(0, len(observations), 100):
        post(stack, f"{session}/observations:record", {"observations": observations[first : first + 100]})
    mark = {"text": "group work", "time": (start + timedelta(minutes=LESSON_MINUTES * turn)).isoformat()}
    post(stack, f"{session}:mark", {"marker": mark})
    time.sleep(1)
    return str(session)


def _observation(start: datetime, index: int, at: float, turn: float) -> dict[str, Any]:
    people = TOO_FEW if 0.75 < at < 0.85 else PEOPLE
    faces = [{"emotions": _scores(at, turn, person)} for person in range(people)]
    return {
        "frame_id": f"f{index}",
        "capture_time": (start + timedelta(seconds=index * FRAME_SECONDS)).isoformat(),
        "source": "camera-1",
        "faces": faces,
        "faces_seen": people + 1,
    }


def _scores(at: float, turn: float, person: int) -> list[dict[str, Any]]:
    happy = 0.15 + 0.4 / (1 + math.exp(-(at - turn) * 60)) + 0.05 * math.sin(at * 40 + person)
    weights = dict.fromkeys(Emotion, 0.04)
    weights |= {Emotion.HAPPINESS: happy, Emotion.NEUTRAL: 0.5 - happy / 2, Emotion.SADNESS: 0.12}
    weights[Emotion.SURPRISE] = 0.06 + 0.04 * math.sin(at * 25)
    total = sum(weights.values())
    return [{"emotion": f"EMOTION_{emotion.name}", "score": weight / total} for emotion, weight in weights.items()]


def post(stack: Stack, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # an address of this machine
        f"{stack.edge_url}/v1/{path}",
        json.dumps(body).encode(),
        {"authorization": f"Bearer {stack.edge_token}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
