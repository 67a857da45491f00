"""`python -m liveclass.detection`: the detection service, until SIGTERM or SIGINT."""

import sys

from liveclass.detection.service import run
from liveclass.detection.settings import DetectionSettings
from liveclass.runtime.entry_point import main

if __name__ == "__main__":
    sys.exit(main("liveclass.detection", DetectionSettings, run))
