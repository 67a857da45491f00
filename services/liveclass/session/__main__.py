"""`python -m liveclass.session`: the session service, until SIGTERM or SIGINT."""

import sys

from liveclass.runtime.entry_point import main
from liveclass.session.service import run
from liveclass.session.settings import SessionSettings

if __name__ == "__main__":
    sys.exit(main("liveclass.session", SessionSettings, run))
