"""`liveclass train`, `tune` and `architectures`: from FER2013 to a model to publish."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveclass.commands.common import AsJson, stderr, stdout
from liveclass.commands.training_common import DATA, Data, import_keras, print_table, progress_bar, refusals
from liveclass.commands.training_models import evaluate, explain, explore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveclass.training.cleaning import Cleaning
    from liveclass.training.run import Entry
    from liveclass.training.train import Training

SHOWN_TRIALS = 4
"""As many fit beside a setting's name on 80 columns; the study's page has all."""

__all__ = ["architectures", "evaluate", "explain", "explore", "train", "tune"]


def architectures(*, as_json: AsJson = False) -> None:
    """List the networks: what each costs, what was published for it, and what it reached here."""
    with refusals():
        import_keras()
        from liveclass.training.architectures import ARCHITECTURES, build
        from liveclass.training.figures import read_figures
        from liveclass.training.macs import multiply_accumulates

        figures, rows = read_figures(), []
        with stderr().status("building the networks"):
            for name in ARCHITECTURES:
                model, known = build(name), figures[name]
                row = {"name": name, "parameters": model.count_params(), "macs": multiply_accumulates(model)}
                rows.append(row | known.model_dump())
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    header = ("network", "weights", "MMACs", "published", "reached", "disgust", "epochs", "min")
    print_table("Networks", header, [_architecture_row(row) for row in rows])
    for row in rows:
        if row["note"]:
            stdout().print(f"{row['name']}: {row['note']}", soft_wrap=True)


def train(
    *,
    architecture: Annotated[str | None, typer.Option(help="The network; its recipe of the same name is used.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Another recipe: a name, or a .toml file.")] = None,
    data: Data = DATA,
    run: Annotated[Path | None, typer.Option(help="The run folder.", show_default="runs/<recipe>")] = None,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed than the recipe's.")] = None,
    validation: Annotated[str, typer.Option(help="The split that chooses the best epoch.")] = "PublicTest",
    resume: Annotated[bool, typer.Option("--resume", help="Go on after the last finished epoch.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train a network on FER2013 into a run folder. Stop it whenever you like: --resume goes on.

    What a resumed run was started with need not be said again: `liveclass train --run runs/dcnn --resume`.
    """
    name = recipe or architecture
    if name is None and not (run and resume):
        raise typer.BadParameter("name a network with --architecture, or a recipe with --recipe")
    with refusals("the same command with --resume goes on after the last finished epoch"):
        import_keras()
        from liveclass.training.data import load
        from liveclass.training.page import rendered
        from liveclass.training.plots import history as draw_history
        from liveclass.training.precision import for_this_machine
        from liveclass.training.recipe import load_recipe
        from liveclass.training.run import Run
        from liveclass.training.train import Training

        wanted = {"architecture": architecture, "epochs": epochs, "seed": seed}
        folder = Run(run or Path("runs") / Path(name or "").stem)
        goes_on = resume and recipe is None and (name is None or folder.settings.exists())
        asked = folder.recipe() if goes_on else load_recipe(name or "")
        settings = asked if goes_on else for_this_machine(asked)
        if settings != asked:
            stderr().print("No bfloat16 arithmetic here: training in float32, which is quicker then.", style="dim")
        settings = settings.changed({key: value for key, value in wanted.items() if value is not None})
        with stderr().status(f"reading {data}"):
            dataset = load(data)
        for sentence in (*dataset.differences, *_cleaned(dataset.cleaning)):
            stderr().print(sentence, style="dim", soft_wrap=True)
        history = _watch(Training(settings, dataset, folder, validation), resume=resume)
        (folder.folder / "history.png").write_bytes(rendered(draw_history(history, folder.folder.name)))
    best = max(history, key=lambda entry: entry["val_accuracy"])
    if as_json:
        print(json.dumps({"run": str(folder.folder), "epochs": len(history), "best": best}))
    else:
        stdout().print(
            f"{folder.folder}: accuracy {best['val_accuracy']:.4f} on {validation}, best of {len(history)} epochs is "
            f"number {best['epoch']:.0f}.\nNext: liveclass evaluate {folder.folder} --data {data}, "
            f"liveclass publish {folder.folder} --data {data}"
        )


def _cleaned(cleaning: "Cleaning") -> list[str]:
    left_out = (
        f"{cleaning.constant} constant images and {cleaning.duplicates_of_evaluation} copies of evaluation images"
    )
    return [f"Training leaves out {left_out}."] if cleaning.constant or cleaning.duplicates_of_evaluation else []


def _watch(training: "Training", *, resume: bool) -> "Sequence[Entry]":
    """Trains with a bar over all epochs, and a line for each that is finished."""
    epochs = training.recipe.epochs
    with progress_bar() as bar:
        task = bar.add_task(f"{training.recipe.architecture}: building the network", total=None)

        def batch_done(epoch: int, done: int, of: int, figures: "Entry") -> None:
            description = f"epoch {epoch + 1}/{epochs}, accuracy {figures['accuracy']:.3f}"
            bar.update(task, description=description, completed=epoch * of + done, total=epochs * of)

        def epoch_done(entry: "Entry") -> None:
            bar.console.print(
                f"epoch {entry['epoch']:.0f}/{epochs}  {entry['size']:.0f} px  loss {entry['loss']:.3f}  "
                f"accuracy {entry['accuracy']:.4f}  validation {entry['val_accuracy']:.4f}  {entry['seconds']:.0f} s"
            )

        training.progress, training.epoch_done = batch_done, epoch_done
        history = training.start(resume=resume)
        if len(history) < epochs:
            bar.console.print(f"stopped early: {training.recipe.patience} epochs without a better validation accuracy")
    return history


def tune(
    recipe: Annotated[str, typer.Argument(help="A recipe with a search table: a name, or a .toml file.")],
    *,
    data: Data = DATA,
    study: Annotated[Path | None, typer.Option(help="The study's folder.", show_default="runs/tune-<recipe>")] = None,
    trials: Annotated[int, typer.Option(help="Finished trials to reach, earlier ones included.", min=1)] = 20,
    folds: Annotated[int, typer.Option(help="Parts of the training split; each is held out once.", min=2)] = 3,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.", min=1)] = None,
    share: Annotated[float, typer.Option(help="Use only this share of the training split.", min=0.01, max=1)] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Search for a better recipe. Stop it whenever you like: the same command goes on."""
    with refusals("the same command goes on"):
        import_keras()
        from liveclass.training.data import load
        from liveclass.training.precision import for_this_machine
        from liveclass.training.recipe import load_recipe, load_search
        from liveclass.training.tune import Tuning, share_of, study_page, summary

        settings, search = for_this_machine(load_recipe(recipe)), load_search(recipe)
        settings = settings.changed({"epochs": epochs} if epochs else {})
        folder = study or Path("runs") / f"tune-{Path(recipe).stem}"
        with stderr().status(f"reading {data}"):
            faces = share_of(load(data).training, share, settings.seed)
        with progress_bar() as bar:
            task = bar.add_task("searching", total=trials * folds * settings.epochs)

            def progress(trial: int, fold: int, epoch: int, accuracy: float) -> None:
                description = f"trial {trial}, fold {fold + 1}/{folds}, epoch {epoch}, accuracy {accuracy:.3f}"
                bar.update(task, description=description, completed=(trial * folds + fold) * settings.epochs + epoch)

            found = Tuning(settings, search, faces, folder, folds, progress).run(trials)
        rows = summary(found)
        (folder / "trials.json").write_text(json.dumps(rows, indent=2), "utf-8")
        (folder / "study.html").write_text(study_page(found, recipe), "utf-8")
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    best = rows[:SHOWN_TRIALS]
    print_table(
        f"The best of {len(rows)} trials ({len(faces):,} faces, {folds} folds)",
        ("", *(f"trial {row['trial']}" for row in best)),
        [
            ("score", *(f"{row['score']:.4f}" for row in best)),
            *((name, *(_short(row["settings"][name]) for row in best)) for name in search),
        ],
    )
    stdout().print(f"Table and plots: {folder / 'study.html'}")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"


def _architecture_row(row: dict[str, Any]) -> tuple[object, ...]:
    reached = row["reached"] or {}
    published = "" if row["published"] is None else f"{row['published']:.4g}"
    return (
        row["name"],
        f"{row['parameters'] / 1e6:.2f} M",
        f"{row['macs'] / 1e6:.1f}",
        published,
        *(reached.get(name, "") for name in ("accuracy", "disgust_recall", "epochs")),
        f"{reached['minutes']:.0f}" if "minutes" in reached else "",
    )
