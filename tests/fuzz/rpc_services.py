"""Both services in one process, for the fuzzer: real but for Triton and the recorder, which are fakes.

Prints a line of JSON with the two ports, and then one for each time the event loop was held.
"""

import asyncio
import gc
import json
import logging
import sys
import time
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from detection_fakes import DetectionService
from session_running import RunningSession

from liveclass.identity.local_keys import JWKS_FILE, KEY_FILE, create_key

HELD_SECONDS = 0.25
"""Of processor time of the loop's own thread, so that a busy machine is no finding."""


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


async def watch_loop() -> None:
    while True:
        before = time.thread_time()
        await asyncio.sleep(0.005)
        held = time.thread_time() - before
        if held > HELD_SECONDS:
            say(held=round(held, 3))


async def serve(database: str) -> None:
    gc.freeze()
    folder = Path(database).parent
    create_key(folder, "liveclass-local")
    keys = {"jwks": str(folder / JWKS_FILE), "signing_key": folder / KEY_FILE}
    settings = {"issuer": "liveclass-local", "local_operator": True, **keys}
    url = f"sqlite+aiosqlite:///{database}"
    async with RunningSession(url, **settings) as session, DetectionService(64) as detection:
        watching = asyncio.create_task(watch_loop())
        say(session=session.port, detection=detection.port)
        await asyncio.to_thread(sys.stdin.read)  # until the fuzzer goes
        watching.cancel()


if __name__ == "__main__":
    structlog.configure(
        # The default shows the variables of every frame, for which the event loop waits.
        processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    asyncio.run(serve(sys.argv[1]))
