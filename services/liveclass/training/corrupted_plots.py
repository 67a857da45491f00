"""Plots of the evaluation on corrupted faces; they show no faces."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from liveclass.training.corrupted_evaluation import CorruptedEvaluation, CorruptionResult, Risk
from liveclass.training.corruptions import CORRUPTIONS
from liveclass.training.errors import BadDataError
from liveclass.training.evaluate import Evaluation


@dataclass(frozen=True)
class Curves:
    """The curves of one model: its agreement with the annotators, or its accuracy without votes."""

    model: str
    uncorrupted: float
    corrupted: tuple[CorruptionResult, ...]

    @classmethod
    def of(cls, found: Evaluation, corrupted: CorruptedEvaluation) -> "Curves":
        """From an evaluation."""
        plain = found.figures.accuracy if found.votes is None else found.votes.agreement
        return cls(_short(found.model), plain, corrupted.corruptions)

    @classmethod
    def read(cls, file: Path) -> "Curves":
        """From the output of `liveclass evaluate --corruptions --json`. Raises `BadDataError`."""
        try:
            values = json.loads(file.read_text("utf-8"))
            votes = values["votes"]
            plain = float(values["figures"]["accuracy"] if votes is None else votes["agreement"])
            return cls(_short(values["model"]), plain, tuple(CorruptionResult(**one) for one in values["corruptions"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadDataError(f"{file} is not what `liveclass evaluate --corruptions --json` prints") from error


def _short(model: str) -> str:
    return "/".join(Path(model).parts[-2:])


def corruptions(models: Sequence[Curves]) -> Figure:
    """One chart for each corruption, by strength; the dotted line is for unchanged faces."""
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    charts = figure.subplots(2, len(CORRUPTIONS) // 2, sharey=True).ravel()
    for axes, (name, (_, strengths)) in zip(charts, CORRUPTIONS.items(), strict=True):
        for place, model in enumerate(models):
            shares = {one.strength: _share(one) for one in model.corrupted if one.corruption == name}
            axes.plot(
                range(len(strengths)), [shares[strength] for strength in strengths], marker="o", color=f"C{place}"
            )
            axes.axhline(model.uncorrupted, color=f"C{place}", linestyle=":")
        axes.set_xticks(range(len(strengths)), [f"{strength:g}" for strength in strengths])
        axes.set_title(name, fontsize=9)
        axes.grid(alpha=0.3)
    has_votes = all(one.agreement is not None for model in models for one in model.corrupted)
    figure.supylabel("agreement with ten annotators" if has_votes else "accuracy", fontsize=9)
    figure.legend(
        [charts[0].lines[2 * place] for place in range(len(models))],
        [model.model for model in models],
        loc="outside upper center",
        ncols=len(models),
        frameon=False,
    )
    return figure


def _share(one: CorruptionResult) -> float:
    return one.accuracy if one.agreement is None else one.agreement


def risk(corrupted: CorruptedEvaluation) -> Figure:
    """Fraction of wrong answers against fraction of faces kept (risk-coverage), for each signal."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    charts = figure.subplots(1, len(corrupted.risk), sharey=True, squeeze=False)[0]
    for axes, one in zip(charts, corrupted.risk, strict=True):
        _draw_risk(axes, one)
    charts[0].set_ylim(bottom=0)  # last, since it turns off autoscaling
    charts[0].set_ylabel("share of wrong answers")
    charts[0].legend(fontsize=8)
    return figure


def _draw_risk(axes: Axes, risk: Risk) -> None:
    for curve in risk.curves:
        axes.plot(*zip(*curve.points, strict=True), label=curve.signal)
    axes.axhline(risk.wrong, color="gray", linestyle=":", label="taken at random")
    axes.set_title(f"faces {risk.faces}, {risk.answers:,} answers", fontsize=9)
    axes.set_xlabel("share of the faces kept, best signal first")
    axes.set_xlim(0, 1)
    axes.grid(alpha=0.3)
