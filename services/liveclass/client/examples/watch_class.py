"""Prints a session as it happens, until it ends.

python -m liveclass.client.examples.watch_class classrooms/7b/sessions/geometry
"""

# ruff: noqa: T201  # an example prints what it finds

import argparse
import asyncio

from liveclass.client import AsyncLiveClass


async def watch(session: str, address: str, resolution: float) -> None:
    async with AsyncLiveClass(session=address) as lc:
        async for bucket in lc.watch(session, resolution=resolution):
            shown = "suppressed" if bucket.suppressed else "no faces"
            if bucket.top:
                shown = f"{bucket.top.emotion.label} {bucket.top.mean_score:.2f} of {bucket.faces} faces"
            state = "so far" if bucket.open else "final"
            print(f"{bucket.start_time.astimezone():%H:%M:%S}  {shown} ({state})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Prints a session as it happens.")
    parser.add_argument("name", help="classrooms/{classroom}/sessions/{session}")
    parser.add_argument("--session", default="localhost:50052", help="address of the session service")
    parser.add_argument("--resolution", type=float, default=10)
    arguments = parser.parse_args()
    asyncio.run(watch(arguments.name, arguments.session, arguments.resolution))


if __name__ == "__main__":
    main()
