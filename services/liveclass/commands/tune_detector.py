"""`liveclass tune-detector DIR`: which detector settings suit your own pictures."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import AsJson, print_json, say_error, stderr, stdout

if TYPE_CHECKING:
    from rich.table import Table

    from liveclass.tools.detector_tuning import Candidate

Pictures = Annotated[
    Path,
    typer.Argument(metavar="DIR", exists=True, file_okay=False, help="A folder of pictures from your cameras."),
]


def tune_detector(directory: Pictures, as_json: AsJson = False) -> None:
    """Measure the time and recall of detector settings on your own pictures, and recommend settings."""
    import cv2
    from rich.progress import track

    from liveclass.tools.detector_tuning import best, combinations, compare, readable_pictures

    cv2.setNumThreads(1)  # as the service has it
    pictures, refused = readable_pictures(directory)
    for reason in refused:
        stderr().print(f"skipped: {reason}", style="yellow")
    if not pictures:
        say_error(f"there is no JPEG, PNG or WebP below {directory}")
        raise typer.Exit(1)
    steps = track(compare(pictures), "searching", total=combinations(), console=stderr(), transient=True)
    candidates = list(steps)
    chosen = best(candidates)
    if as_json:
        for candidate in candidates:
            print_json({**asdict(candidate), "is_best": candidate is chosen})
        return
    stdout().print(_table(candidates, chosen, len(pictures)))
    stdout().print(
        f"\nLIVECLASS_CASCADE={chosen.cascade}\n"
        f"LIVECLASS_CASCADE_STEP={chosen.step}\n"
        f"LIVECLASS_CASCADE_SLACK={chosen.slack}"
    )


def _table(candidates: "list[Candidate]", chosen: "Candidate", pictures: int) -> "Table":
    from rich.table import Table

    table = Table(title=f"{pictures} pictures, compared with a very fine search", title_justify="left")
    for heading in ("cascade", "step", "slack", "ms per picture", "recall", "extra per picture", ""):
        table.add_column(heading, justify="left" if heading == "cascade" else "right")
    for each in sorted(candidates, key=lambda candidate: candidate.milliseconds):
        row = (each.cascade, f"{each.step:g}", f"{each.slack:g}", f"{each.milliseconds:.1f}")
        mark = "← use this" if each is chosen else ""
        style = "bold green" if each is chosen else None
        table.add_row(*row, f"{each.recall:.2f}", f"{each.extra:.2f}", mark, style=style)
    return table
