"""`liveclass tune` and `architectures`: choosing a network and a recipe."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from liveclass.commands.shared.common import AsJson, progress_bar, stderr, stdout
from liveclass.commands.training import DATA, Data, import_keras, print_table, refusals

MAX_SHOWN_TRIALS = 4
"""As many fit on 80 columns; the study's page has all."""


def architectures(*, as_json: AsJson = False) -> None:
    """List the networks with their cost, the published accuracy and the accuracy reached here."""
    with refusals():
        import_keras()
        from liveclass.training.architectures import ARCHITECTURES, build
        from liveclass.training.figures import read_figures
        from liveclass.training.macs import multiply_accumulates

        figures, rows = read_figures(), []
        with stderr().status("building the networks"):
            for architecture in ARCHITECTURES:
                model = build(architecture)
                cost = {"parameters": model.count_params(), "macs": multiply_accumulates(model)}
                names = [name for name in (architecture, f"{architecture}-seed") if name in figures]
                rows += [{"name": name} | cost | figures[name].model_dump() for name in names]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    header = ("recipe", "weights", "MMACs", "published", "reached", "votes", "6 agree", "epochs", "min")
    print_table("Networks", header, [_architecture_row(row) for row in rows])
    for row in rows:
        if row["note"]:
            stdout().print(f"{row['name']}: {row['note']}", soft_wrap=True)


def tune(
    recipe: Annotated[str, typer.Argument(help="A recipe with a search table: a name, or a .toml file.")],
    *,
    data: Data = DATA,
    study: Annotated[Path | None, typer.Option(help="The study's folder.", show_default="runs/tune-<recipe>")] = None,
    trials: Annotated[int, typer.Option(help="Total number of finished trials, including earlier ones.", min=1)] = 20,
    folds: Annotated[int, typer.Option(help="Parts of the training split; each is held out once.", min=2)] = 3,
    epochs: Annotated[int | None, typer.Option(help="Number of epochs, instead of the recipe's.", min=1)] = None,
    share: Annotated[float, typer.Option(help="Use only this share of the training split.", min=0.01, max=1)] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Search for a better recipe. It can be stopped at any time; the same command continues."""
    with refusals("the same command continues"):
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
    best = rows[:MAX_SHOWN_TRIALS]
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
        *(
            "" if reached.get(name) is None else reached[name]
            for name in ("accuracy", "agreement", "clear_agreement", "epochs")
        ),
        f"{reached['minutes']:.0f}" if "minutes" in reached else "",
    )
