"""Helpers of the training commands: options, errors, and tables."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import INTERRUPTED, say_error, stderr, stdout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


REFUSED = 2
"""Exit status for unusable data, recipes, runs and models."""

Data = Annotated[Path, typer.Option(help="FER2013: fer2013.csv, the folder it is in, or folders of images.")]
DATA = Path("data/fer2013")


@contextmanager
def refusals(resumable: str = "") -> "Iterator[None]":
    """Ends the command with one message and status 2 on an expected error; silences TensorFlow except for errors.

    `resumable` is a hint to print after Ctrl-C.
    """
    from liveclass.install_hints import install_hint
    from liveclass.training.errors import TrainingError

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # By default TensorFlow uses these kernels only with AVX-512; without it, too, they make an epoch two to four times
    # as fast. Triton's backend also uses them, so that both give the same scores.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    try:
        yield
    except (TrainingError, OSError) as error:
        say_error(str(error))
        raise typer.Exit(REFUSED) from error
    except ModuleNotFoundError as error:
        sentence = install_hint(error, "training")
        if not sentence:
            raise
        say_error(f"this command needs more than is installed: {sentence}")
        raise typer.Exit(REFUSED) from error
    except KeyboardInterrupt:
        stderr().print(f"stopped{resumable and f'; {resumable}'}")
        raise typer.Exit(INTERRUPTED) from None


def import_keras() -> None:
    """Imports Keras and TensorFlow without the messages that TensorFlow's C++ code prints before log levels apply."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        import keras  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def print_table(title: str, header: "Sequence[str]", rows: "Iterable[Sequence[object]]") -> None:
    """Prints a table; the first column is text, the others are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE)
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(str, row))
    stdout().print(table)
