"""What each network reached, beside what was published for it: the committed file `figures.json`."""

import json
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from liveclass.training.evaluate import Evaluation
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
    file = resources.files("liveclass.training") / "figures.json"
    return _TABLE.validate_json(file.read_text("utf-8"))


def record(path: Path, run: Run, evaluation: Evaluation, note: str) -> None:
    """Puts what `run` reached in `evaluation` into the file at `path`."""
    table = _TABLE.validate_json(path.read_text("utf-8")) if path.exists() else {}
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
    values = {key: value.model_dump(mode="json") for key, value in table.items()}
    write_whole(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
