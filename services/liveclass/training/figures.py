"""What each network reached, beside what was published for it: the committed file `figures.toml`."""

import json
import sys
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from liveclass.training.evaluate import Evaluation
from liveclass.training.run import Run, write_whole

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


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
    epochs: int
    minutes: float


class NetworkFigures(BaseModel):
    """What was published, what was reached, and why the second is below the first where it is."""

    model_config = ConfigDict(frozen=True)

    published: float | None = None
    reached: Reached | None = None
    note: str = ""


Table = dict[str, NetworkFigures]
_TABLE = TypeAdapter(Table)


def read_figures() -> Table:
    """The figures that come with the package, by the network's name."""
    file = resources.files("liveclass.training") / "figures.toml"
    return _TABLE.validate_python(tomllib.loads(file.read_text("utf-8")))


def record(path: Path, run: Run, evaluation: Evaluation, note: str) -> Table:
    """Puts what `run` reached in `evaluation` into the file at `path`; gives all that the file then holds."""
    table = _TABLE.validate_python(tomllib.loads(path.read_text("utf-8"))) if path.exists() else {}
    name, epochs, figures = run.recipe().architecture, run.epochs(), evaluation.figures
    reached = Reached(
        split=evaluation.split,
        fingerprint=evaluation.fingerprint,
        accuracy=round(figures.accuracy, 4),
        macro_f1=round(figures.macro_f1, 4),
        top2_accuracy=round(figures.top2_accuracy, 4),
        disgust_recall=round(figures.recall("disgust"), 4),
        calibration_error=round(figures.calibration.error_after, 4),
        epochs=len(epochs),
        minutes=round(sum(entry["seconds"] for entry in epochs) / 60, 1),
    )
    before = table.get(name, NetworkFigures())
    table[name] = before.model_copy(update={"reached": reached, "note": note or before.note})
    write_whole(path, "\n".join(_toml(key, value) for key, value in table.items()))
    return table


def comparison(table: Table) -> str:
    """All networks side by side as Markdown, with the plots that lie beside it."""
    lines = [
        "# The networks compared",
        "",
        "What each network reached on PublicTest with its recipe in `services/liveclass/training/recipes/`, beside the",
        "accuracy that was published for it. Written by `liveclass evaluate RUN --record … --plots …`.",
        "",
        "| network | published | accuracy | macro F1 | top two | disgust | calibration error | epochs | minutes |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows = {name: known.reached for name, known in table.items() if known.reached}
    for name, one in rows.items():
        published = table[name].published
        figures = (one.accuracy, one.macro_f1, one.top2_accuracy, one.disgust_recall, one.calibration_error)
        shown = [f"{figure:.3f}" for figure in figures]
        cells = [name, "" if published is None else f"{published:.4g}", *shown, str(one.epochs), f"{one.minutes:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *(f"- **{name}**: {table[name].note}." for name in rows if table[name].note)]
    for name in rows:
        lines += [
            "",
            f"## {name}",
            "",
            f"![Training history]({name}-history.png)",
            f"![Confusion]({name}-confusion.png)",
        ]
    return "\n".join(lines) + "\n"


def _toml(name: str, figures: NetworkFigures) -> str:
    """The table of one network. JSON's strings and numbers are TOML's, too."""
    values = figures.model_dump(exclude_none=True)
    reached = values.pop("reached", None)
    lines = [f"[{name}]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())]
    if reached:
        lines += [f"[{name}.reached]", *(f"{key} = {json.dumps(value)}" for key, value in reached.items())]
    return "\n".join(lines) + "\n"
