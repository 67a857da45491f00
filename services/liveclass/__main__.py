"""The program `liveclass`, also where only the SDK is installed: then it says what is missing."""

import sys

from liveclass.install_hints import install_hint


def main() -> None:
    """Runs the command line."""
    try:
        from liveclass.cli import main as run  # noqa: PLC0415  its packages may not be installed
    except ModuleNotFoundError as error:
        sentence = install_hint(error)
        if not sentence:
            raise
        sys.exit(f"error: the command line needs more than the SDK: {sentence}")
    run()


if __name__ == "__main__":
    main()
