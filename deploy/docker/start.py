"""Runs Python with the machine code that this image has for the face search.

    python start.py -m liveclass.detection

The code is for processors of the level x86-64-v3 (Intel's since 2013, AMD's since 2015). On an older one it is left
aside, and detection compiles its own when it starts, which takes some seconds.
"""

import os
import sys
from pathlib import Path

LEVEL = "x86-64-v3"
FLAGS = {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}
"""What the level has beyond the one before it, in the words of /proc/cpuinfo."""

SHIPPED = {
    "NUMBA_CACHE_DIR": str(Path(__file__).parent / "search"),
    "NUMBA_CACHE_LOCATOR_CLASSES": "liveclass.vision.shipped_cache.ShippedCacheLocator",
    "NUMBA_CPU_NAME": LEVEL,
    "NUMBA_CPU_FEATURES": "",  # those of the level, not those of the processor that compiles
}


def fits(cpuinfo: str) -> bool:
    """Whether a processor with that /proc/cpuinfo can run the code."""
    lines = (line.partition(":") for line in cpuinfo.splitlines())
    flags = next((value.split() for name, _, value in lines if name.strip() == "flags"), [])
    return FLAGS.issubset(flags)


if __name__ == "__main__":
    if fits(Path("/proc/cpuinfo").read_text("utf-8")):
        os.environ.update(SHIPPED)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606  # no shell is wanted
