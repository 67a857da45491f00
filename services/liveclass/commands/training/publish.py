"""`liveclass publish`: publishes a trained run as the next model version, or rolls the newest one back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import AsJson, progress_bar, say_error, stdout
from liveclass.commands.training import DATA, REFUSED, Data, import_keras, refusals

if TYPE_CHECKING:  # importing it takes seconds, which no other command should pay
    from liveclass.training.comparison import Comparison
    from liveclass.training.model_card import ModelCard


def publish(
    run: Annotated[
        Path | None, typer.Argument(help="A run folder of `liveclass train`, or a SavedModel.", show_default=False)
    ] = None,
    *,
    repository: Annotated[
        Path | None,
        typer.Option(
            envvar="LIVECLASS_MODEL_REPOSITORY",
            help="The model repository.",
            show_default="as `liveclass settings` says",
        ),
    ] = None,
    data: Data = DATA,
    rollback: Annotated[bool, typer.Option("--rollback", help="Remove the newest version again.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the newest version; only for one that is not served yet.")
    ] = False,
    mirror: Annotated[
        bool, typer.Option(help="Average the face and its mirror image: more accurate, at twice the cost.")
    ] = True,
    even_if_worse: Annotated[
        bool, typer.Option("--even-if-worse", help="Publish it even if the served version is better.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a trained model as the next version. A running Triton serves it within seconds, without a pause.

    It is compared with the served version on the same faces, and refused if it is worse: if one metric is lower by
    more than one standard error and none is higher by as much.
    """
    import os

    from liveclass.paths import model_repository

    if (run is None) != rollback:
        say_error("name the run to publish, or --rollback and no run")
        raise typer.Exit(REFUSED)
    repository = (repository or model_repository(os.environ)).absolute()
    with refusals():
        if run is None:
            _rollback(repository, as_json=as_json)
            return
        card, compared = _publish(run, repository, data, replace=replace, mirror=mirror, even_if_worse=even_if_worse)
    if as_json:
        print(card.model_dump_json(indent=2))
    else:
        _show(card, repository, compared)


def _publish(run: Path, repository: Path, data: Path, **how: bool) -> "tuple[ModelCard, list[Comparison]]":
    import_keras()
    from liveclass.training.publish import Publisher
    from liveclass.training.repository import Repository

    compared: list[Comparison] = []
    with progress_bar() as bar:
        task = bar.add_task("reading", total=None)
        publisher = Publisher(
            Repository(repository),
            data,
            lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total),
            compared=compared.append,
            **how,
        )
        return publisher.publish(run), compared


def _rollback(folder: Path, *, as_json: bool) -> None:
    from liveclass.training.repository import Repository

    repository = Repository(folder)
    removed = repository.remove_newest()
    newest = repository.versions()[0]
    if as_json:
        print(json.dumps({"removed": removed, "newest": newest}))
    else:
        stdout().print(f"Version {removed} of {repository.model} is removed; version {newest} is the newest again.")


def _show(card: "ModelCard", repository: Path, compared: "list[Comparison]") -> None:
    import shlex

    from rich.table import Table

    table = Table(title=f"Version {card.version} ({card.name}), on {card.faces:,} faces of {card.split}", min_width=50)
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_row("accuracy", f"{card.accuracy:.4f} ± {card.standard_error:.4f}")
    table.add_row("one of the two highest is right", f"{card.top2_accuracy:.4f}")
    table.add_row("macro F1", f"{card.macro_f1:.4f}")
    before = "" if card.calibration_error_before is None else f"{card.calibration_error_before:.4f} → "
    table.add_row("calibration error", f"{before}{card.calibration_error:.4f}")
    for label, recall in card.recall.items():
        table.add_row(f"recall of {label}", f"{recall:.3f}")
    table.add_row("size", f"{card.size_bytes / 1e6:.1f} MB")
    console = stdout()
    console.print(table)
    for comparison in compared:
        console.print(f"Compared {comparison.sentence()}.", soft_wrap=True)
    place = repository / "emotion" / str(card.version)
    console.print(f"Published as {place}; a Triton that serves {repository} loads it within seconds.", soft_wrap=True)
    undo = shlex.join(["liveclass", "publish", "--rollback", "--repository", str(repository)])
    console.print(f"Undo with: {undo}", style="dim", soft_wrap=True)
