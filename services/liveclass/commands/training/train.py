"""`liveclass train`: trains one network or a queue of them, or shows their progress."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveclass.commands.shared.common import AsJson, progress_bar, say_error, stderr, stdout
from liveclass.commands.training import (
    DATA,
    REFUSED,
    import_keras,
    print_table,
    refusals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveclass.training.cleaning import Cleaning
    from liveclass.training.data import Dataset
    from liveclass.training.recipe import Recipe
    from liveclass.training.run import Entry, Run
    from liveclass.training.train import Training

RUNS = Path("runs")


def train(
    *,
    architecture: Annotated[str | None, typer.Option(help="The network; the recipe of the same name is used.")] = None,
    recipe: Annotated[
        list[str] | None,
        typer.Option(help="A recipe: a name, or a .toml file. Several are trained in turn."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="FER2013: fer2013.csv, the folder it is in, or folders of images.",
            show_default=f"{DATA}, or the data of a resumed run",
        ),
    ] = None,
    run: Annotated[Path | None, typer.Option(help="The run folder.", show_default="RUNS/<recipe>")] = None,
    runs: Annotated[Path, typer.Option(help="The folder of run folders.")] = RUNS,
    epochs: Annotated[int | None, typer.Option(help="Number of epochs, instead of the recipe's.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed, instead of the recipe's.")] = None,
    validation: Annotated[
        str, typer.Option(help="The split that chooses the best epoch; HeldOut is a fixed part of Training.")
    ] = "HeldOut",
    resume: Annotated[bool, typer.Option("--resume", help="Continue after the last finished epoch.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Do not train; show the progress of the runs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train networks on FER2013 into run folders. Training can be stopped at any time; --resume continues it.

    A resumed run keeps its recipe and data: `liveclass train --run runs/dcnn --resume`.
    Several recipes are trained one after the other; the same command skips finished ones and resumes the others:
    `liveclass train --recipe dcnn --recipe xception`.
    """
    recipes = recipe or ([architecture] if architecture else [])
    if status:
        with refusals():
            _show_status(recipes, runs, as_json=as_json)
        return
    if not recipes and not (run and resume):
        raise typer.BadParameter("name a network with --architecture, or a recipe with --recipe")
    if len(recipes) > 1 and (run or architecture):
        raise typer.BadParameter("several recipes get a run folder each below --runs; leave out --run, --architecture")
    changes = {"architecture": architecture, "epochs": epochs, "seed": seed}
    changes = {name: value for name, value in changes.items() if value is not None}
    with refusals("the same command with --resume continues after the last finished epoch"):
        import_keras()
        from liveclass.training.queue import runs_of
        from liveclass.training.run import Run

        queue = [(next(iter(recipes), None), Run(run))] if run else runs_of(recipes, runs)
        planned = [_settings(source, folder, changes, resume=resume or len(queue) > 1) for source, folder in queue]
        data = data or (resume and run and Run(run).data_at()) or DATA
        dataset = _read(data, validation)
        failed = False
        for (_, folder), recipe_to_follow in zip(queue, planned, strict=True):
            training = _training(recipe_to_follow, dataset, folder, validation, data)
            if len(queue) == 1:
                _finish(training, _train(training, resume=resume), data, as_json=as_json)
            else:
                failed |= not _train_in_queue(training, data, as_json=as_json)
    if failed:
        raise typer.Exit(REFUSED)


def _settings(source: str | None, folder: "Run", changes: dict[str, Any], *, resume: bool) -> "Recipe":
    """The recipe to follow: that of a run to resume, or `source` in the fastest precision on this machine."""
    from liveclass.training.precision import for_this_machine
    from liveclass.training.recipe import load_recipe

    if source is None or (resume and folder.settings.exists()):
        return folder.recipe().changed(changes)
    asked = load_recipe(source)
    settings = for_this_machine(asked)
    if settings != asked:
        stderr().print("No bfloat16 arithmetic here: training in float32, which is faster.", style="dim")
    return settings.changed(changes)


def _read(data: Path, validation: str) -> "Dataset":
    from liveclass.training.data import HELD_OUT, hold_out, load

    with stderr().status(f"reading {data}"):
        dataset = load(data)
        dataset = hold_out(dataset) if validation == HELD_OUT else dataset
    for sentence in (*dataset.differences, *_cleaned(dataset.cleaning)):
        stderr().print(sentence, style="dim", soft_wrap=True)
    return dataset


def _cleaned(cleaning: "Cleaning") -> list[str]:
    left_out = (
        f"{cleaning.constant} constant images and {cleaning.duplicates_of_evaluation} copies of evaluation images"
    )
    return [f"Training leaves out {left_out}."] if cleaning.constant or cleaning.duplicates_of_evaluation else []


def _training(recipe: "Recipe", dataset: "Dataset", folder: "Run", validation: str, data: Path) -> "Training":
    from liveclass.training.train import Training

    return Training(recipe, dataset, folder, validation, data_at=data)


def _train_in_queue(training: "Training", data: Path, *, as_json: bool) -> bool:
    """Trains one network of a queue; an error is printed and does not stop the queue. Returns whether it succeeded."""
    import keras

    from liveclass.training.errors import TrainingError

    stderr().print(f"{training.run.folder}: {training.recipe.architecture}, {training.recipe.epochs} epochs")
    try:
        _finish(training, _train(training, resume=True), data, as_json=as_json)
    except TrainingError as error:
        say_error(f"{training.run.folder}: {error}")
        return False
    finally:
        keras.backend.clear_session()
    return True


def _finish(training: "Training", history: "Sequence[Entry]", data: Path, *, as_json: bool) -> None:
    """Draws the history and prints the result."""
    from liveclass.training.page import rendered
    from liveclass.training.plots import history as draw_history

    folder = training.run.folder
    (folder / "history.png").write_bytes(rendered(draw_history(history, folder.name)))
    best = max(history, key=lambda entry: entry["val_accuracy"])
    if as_json:
        print(json.dumps({"run": str(folder), "epochs": len(history), "best": best}))
    else:
        stdout().print(
            f"{folder}: accuracy {best['val_accuracy']:.4f} on {training.validation}, best of {len(history)} epochs is "
            f"number {best['epoch']:.0f}.\nNext: liveclass evaluate {folder} --data {data}, "
            f"liveclass publish {folder} --data {data}",
            soft_wrap=True,
        )


def _train(training: "Training", *, resume: bool) -> "Sequence[Entry]":
    """Trains with a progress bar, and prints a line for each epoch."""
    epochs = training.recipe.epochs
    with progress_bar() as bar:
        task = bar.add_task(f"{training.recipe.architecture}: building the network", total=None)

        def batch_done(epoch: int, done: int, of: int, figures: "Entry") -> None:
            description = f"epoch {epoch + 1}/{epochs}, accuracy {figures['accuracy']:.3f}"
            bar.update(task, description=description, completed=epoch * of + done, total=epochs * of)

        def epoch_done(entry: "Entry") -> None:
            bar.console.print(
                f"epoch {entry['epoch']:.0f}/{epochs}  {entry['size']:.0f} px  loss {entry['loss']:.3f}  "
                f"accuracy {entry['accuracy']:.4f}  validation {entry['val_accuracy']:.4f}{_by_label_set(entry)}  "
                f"{entry['seconds']:.0f} s",
                soft_wrap=True,
            )

        training.progress, training.epoch_done = batch_done, epoch_done
        history = training.start(resume=resume)
        if len(history) < epochs:
            bar.console.print(f"stopped early: {training.recipe.patience} epochs without a better validation accuracy")
    return history


def _by_label_set(entry: "Entry") -> str:
    """The accuracies by label set, if the validation accuracy is the mean of several."""
    both = [f"{name} {entry[f'val_{name}']:.4f}" for name in ("fer2013", "votes") if f"val_{name}" in entry]
    return f" ({', '.join(both)})" if len(both) > 1 else ""


def _show_status(recipes: "Sequence[str]", runs: Path, *, as_json: bool) -> None:
    import_keras()
    from liveclass.training.queue import folders_in, recipe_of, runs_of, status

    chosen = runs_of(recipes, runs) if recipes else [(run.folder.name, run) for run in folders_in(runs)]
    found = [status(run, recipe_of(source, run)) for source, run in chosen]
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2))
        return
    rows = [
        (
            Path(one.run).name,
            one.state,
            f"{one.epochs}/{one.of}",
            "" if one.accuracy is None else f"{one.accuracy:.4f}",
            f"{one.minutes:.0f}",
            one.updated or "",
        )
        for one in found
    ]
    print_table(f"Runs in {runs}", ("run", "state", "epochs", "validation", "minutes", "last epoch (UTC)"), rows)
