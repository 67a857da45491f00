"""What each network reached, beside what was published for it: the committed file `figures.toml`."""

import json
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from liveclass.toml_files import read_toml
from liveclass.training.agreement import VotesFigures
from liveclass.training.evaluate import Evaluation
from liveclass.training.recipe import recipe_names
from liveclass.training.run import Run, write_whole


class Reached(BaseModel):
    """One network's best figures on `split`."""

    model_config = ConfigDict(frozen=True)

    split: str
    fingerprint: str
    accuracy: float
    macro_f1: float
    top2_accuracy: float
    disgust_recall: float
    calibration_error: float  # after temperature scaling
    agreement: float | None = None  # with the majority of ten annotators
    clear_agreement: float | None = None  # where at least six of them agree
    votes_top2: float | None = None
    votes_log_loss: float | None = None
    votes_calibration_error: float | None = None
    epochs: int
    minutes: float


class NetworkFigures(BaseModel):
    """What was published, what was reached, and why the second is below the first where it is."""

    model_config = ConfigDict(frozen=True)

    published: float | None = None
    reached: Reached | None = None
    note: str = ""


Table = dict[str, NetworkFigures]
"""By the recipe's name: "dcnn" is ours for that network, "dcnn-seed" the settings that were published for it."""

_TABLE = TypeAdapter(Table)

PLOTS = ("history", "confusion", "learned")
"""The pictures of a network, where they are there: `<name>-history.png` and so on."""


def read_figures() -> Table:
    """The figures that come with the package, by the recipe's name."""
    file = resources.files("liveclass.training") / "figures.toml"
    return _TABLE.validate_python(read_toml(file))


def name_of(run: Run) -> str:
    """The name that `run` has in the table: its recipe's, as far as its folder tells, or else its network's."""
    return run.folder.name if run.folder.name in recipe_names() else run.recipe().architecture


def record(path: Path, run: Run, evaluation: Evaluation, note: str) -> Table:
    """Puts what `run` reached in `evaluation` into the file at `path`; gives all that the file then holds."""
    table = _TABLE.validate_python(read_toml(path)) if path.exists() else {}
    name, epochs, figures = name_of(run), run.epochs(), evaluation.figures
    reached = Reached(
        split=evaluation.split,
        fingerprint=evaluation.fingerprint,
        accuracy=round(figures.accuracy, 4),
        macro_f1=round(figures.macro_f1, 4),
        top2_accuracy=round(figures.top2_accuracy, 4),
        disgust_recall=round(figures.recall("disgust"), 4),
        calibration_error=round(figures.calibration.error_after, 4),
        **_votes_figures(evaluation.votes),
        epochs=len(epochs),
        minutes=round(sum(entry["seconds"] for entry in epochs) / 60, 1),
    )
    before = table.get(name, NetworkFigures())
    table[name] = before.model_copy(update={"reached": reached, "note": note or before.note})
    write_whole(path, "\n".join(_toml(key, value) for key, value in table.items()))
    return table


def _votes_figures(votes: VotesFigures | None) -> dict[str, float]:
    if votes is None:
        return {}
    found = {
        "agreement": votes.agreement,
        "clear_agreement": votes.clear_agreement,
        "votes_top2": votes.top2,
        "votes_log_loss": votes.log_loss,
        "votes_calibration_error": votes.calibration_error,
    }
    return {name: round(value, 4) for name, value in found.items() if value is not None}


def comparison(table: Table, plots: Path) -> str:
    """All networks side by side as Markdown, for the folder `plots`, with the plots that lie there."""
    lines = [
        "# The networks compared",
        "",
        "What each network reached on PublicTest with its recipe in `services/liveclass/training/recipes/`, beside the",
        "accuracy that was published for it: on FER2013's labels, and on the votes of ten annotators for the same",
        "images (FER+). One annotator agrees with the majority of the other nine in 75.8 % of PublicTest's faces.",
        "Written by `liveclass evaluate RUN --record … --plots …`. Below: each training's history and confusion, and",
        "what the network learned, on a photograph of NASA's (`liveclass explain RUN PHOTO --summary …`).",
        "",
        (
            "| recipe | published | accuracy | macro F1 | top two | disgust | calibration error "
            "| agreement | where 6 agree | epochs | minutes |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    rows = {name: known.reached for name, known in table.items() if known.reached}
    for name, one in rows.items():
        published = table[name].published
        figures: list[float | None] = [
            one.accuracy,
            one.macro_f1,
            one.top2_accuracy,
            one.disgust_recall,
            one.calibration_error,
        ]
        figures += [one.agreement, one.clear_agreement]
        shown = ["" if figure is None else f"{figure:.3f}" for figure in figures]
        cells = [name, "" if published is None else f"{published:.4g}", *shown, str(one.epochs), f"{one.minutes:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *(f"- **{name}**: {table[name].note}." for name in rows if table[name].note)]
    for name in rows:
        files = {title: f"{name}-{title}.png" for title in PLOTS}
        lines += ["", f"## {name}", ""]
        lines += [f"![{title.capitalize()}]({file})" for title, file in files.items() if (plots / file).is_file()]
    return "\n".join(lines) + "\n"


def _toml(name: str, figures: NetworkFigures) -> str:
    """The table of one network. JSON's strings and numbers are TOML's, too."""
    values = figures.model_dump(exclude_none=True)
    reached = values.pop("reached", None)
    lines = [f"[{name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())]
    if reached:
        lines += [f"[{name}.reached]", *(f"{key} = {json.dumps(value)}" for key, value in reached.items())]
    return "\n".join(lines) + "\n"
