"""The charts of training and evaluation, as matplotlib figures without any global state."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from liveclass.emotions import LABELS

Points = Sequence[tuple[float, float]]


def chart(width: float = 7, height: float = 4) -> tuple[Figure, Axes]:
    """An empty chart of that many inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def bars(counts: Mapping[str, Mapping[str, int]]) -> Figure:
    """Faces per emotion, a row of bars for each split."""
    figure, axes = chart()
    width = 0.8 / len(counts)
    for place, (split, by_label) in enumerate(counts.items()):
        positions = np.arange(len(LABELS)) + place * width
        drawn = axes.bar(positions, [by_label[label] for label in LABELS], width, label=split)
        axes.bar_label(drawn, fontsize=7)
    axes.set_xticks(np.arange(len(LABELS)) + 0.4 - width / 2, LABELS)
    axes.set_ylabel("faces")
    figure.legend(loc="outside upper center", ncols=len(counts), frameon=False)  # above, where it hides no bar
    return figure


def grid(rows: Mapping[str, npt.NDArray[np.uint8]], columns: int, headings: Sequence[str] = ()) -> Figure:
    """Rows of faces uint8 [N, 48, 48, 1], each with its name, at most `columns` of them; `headings` are above these."""
    height = 0.72 * len(rows) + 0.2 + (0.25 if headings else 0)
    figure = Figure(figsize=(0.72 * columns + 1.2, height))
    places = figure.subplots(len(rows), columns, squeeze=False)
    for row, (name, images) in zip(places, rows.items(), strict=True):
        for axes in row:
            axes.axis("off")
        for axes, image in zip(row, images, strict=False):
            axes.imshow(image[..., 0], cmap="gray", vmin=0, vmax=255)
        row[0].text(-0.15, 0.5, name, transform=row[0].transAxes, ha="right", va="center", fontsize=8)
    for axes, heading in zip(places[0], headings, strict=False):
        axes.set_title(heading, fontsize=8, pad=3)
    top = 1 - (0.25 / height if headings else 0)
    figure.subplots_adjust(left=1.2 / figure.get_figwidth(), right=1, top=top, bottom=0, wspace=0.04, hspace=0.04)
    return figure


def history(entries: Sequence[Mapping[str, float]], title: str) -> Figure:
    """Accuracy and loss of both splits by epoch, and where the best validation accuracy is."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    figure.suptitle(title)
    epochs = [entry["epoch"] for entry in entries]
    for axes, name in zip(figure.subplots(1, 2), ("accuracy", "loss"), strict=True):
        axes.plot(epochs, [entry[name] for entry in entries], label="training, random views")
        axes.plot(epochs, [entry[f"val_{name}"] for entry in entries], label="validation")
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.grid(alpha=0.3)
        if name == "accuracy":
            best = max(entries, key=lambda entry: entry["val_accuracy"])
            axes.plot(best["epoch"], best["val_accuracy"], "o", color="C1")
            axes.annotate(
                f"{best['val_accuracy']:.3f}", (best["epoch"], best["val_accuracy"]), (0, 6), "data", "offset points"
            )
        axes.legend()
    return figure


def confusion(matrix: Sequence[Sequence[int]], title: str) -> Figure:
    """The share of each true emotion (a row) that was answered with each emotion (a column)."""
    counts = np.array(matrix)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = chart(6, 5.4)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(LABELS)):
        for column in range(len(LABELS)):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{shares[row, column]:.2f}", ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(LABELS)), LABELS, rotation=30)
    axes.set_yticks(range(len(LABELS)), LABELS)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    axes.set_title(title)
    return figure


def reliability(curves: Mapping[str, Sequence[tuple[float, float, float]]]) -> Figure:
    """Accuracy against confidence by bin (confidence, accuracy, share); on the diagonal they agree."""
    figure, axes = chart(5, 4.4)
    axes.plot([0, 1], [0, 1], color="gray", linestyle=":", label="as sure as right")
    for name, bins in curves.items():
        confidences, accuracies, shares = zip(*bins, strict=True)
        axes.plot(confidences, accuracies, label=name)
        axes.scatter(confidences, accuracies, [400 * share for share in shares], alpha=0.5)
    axes.set_xlabel("confidence")
    axes.set_ylabel("accuracy")
    axes.legend()
    return figure


def line(points: Points, x: str, y: str, **style: Any) -> Figure:
    """One curve through `points`."""
    figure, axes = chart(6, 3.4)
    axes.plot(*zip(*points, strict=True), marker="o", **style)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    return figure
