"""An evaluation as one self-contained page."""

import numpy as np
from scipy.special import softmax

from liveclass.emotions import LABELS
from liveclass.training import corrupted_plots, page, plots
from liveclass.training.agreement import VotesFigures
from liveclass.training.corrupted_evaluation import CorruptedEvaluation
from liveclass.training.evaluate import Evaluation
from liveclass.training.metrics import Figures, Labels, reliability


def report(
    evaluation: Evaluation,
    labels: Labels,
    corrupted: CorruptedEvaluation | None = None,
    beside: corrupted_plots.Curves | None = None,
) -> str:
    """The page of `evaluation`, whose faces show `labels` [N].

    `corrupted` is what was measured on corrupted faces, if anything; `beside` another model to draw with it.
    """
    figures = evaluation.figures
    matrix = plots.confusion(figures.confusion, f"{figures.faces:,} faces, accuracy {figures.accuracy:.3f}")
    sections = [
        ("Figures", _figures(figures)),
        ("By emotion", _classes(figures)),
        ("Confusion", page.picture(matrix, "confusion matrix") + _pairs(figures)),
        ("Calibration", _calibration(evaluation, labels)),
    ]
    if evaluation.votes:
        sections.insert(1, ("Against ten annotators", page.table(("figure", "value"), votes_rows(evaluation.votes))))
    if evaluation.accuracy_by_margin:
        sections += [("Margin around the face", _margins(evaluation)), ("Size of the face", _sizes(evaluation))]
    if corrupted:
        sections += [
            ("Corrupted faces", _corruptions(evaluation, corrupted, beside)),
            ("What predicts a wrong answer", _risk(corrupted)),
        ]
    lead = (
        f"{evaluation.model} on {figures.faces:,} faces of {evaluation.split} in {evaluation.data} "
        f"(SHA-256 {evaluation.fingerprint[:16]}…)."
    )
    return page.page("Evaluation", lead, sections)


def _figures(figures: Figures) -> str:
    return page.table(
        ("figure", "value"),
        [
            ("accuracy", f"{figures.accuracy:.4f} ± {figures.standard_error:.4f}"),
            ("one of the two highest is right", f"{figures.top2_accuracy:.4f}"),
            ("macro F1", f"{figures.macro_f1:.4f}"),
            ("calibration error, as it is", f"{figures.calibration.error_before:.4f}"),
            ("calibration error, after temperature scaling", f"{figures.calibration.error_after:.4f}"),
        ],
    )


def votes_rows(votes: VotesFigures) -> list[tuple[str, str]]:
    """What is shown of answers against the votes of ten annotators: (figure, value)."""
    clear = "" if votes.clear_agreement is None else f"{votes.clear_agreement:.4f}"
    return [
        (f"agrees with the majority ({votes.faces:,} faces)", f"{votes.agreement:.4f} ± {votes.standard_error:.4f}"),
        ("one annotator with the majority of the others", f"{votes.one_annotator:.4f}"),
        (f"agrees where at least 6 of 10 agree ({votes.clear_faces:,} faces)", clear),
        ("one of the two highest is the majority", f"{votes.top2:.4f}"),
        ("log loss against the votes", f"{votes.log_loss:.4f}"),
        ("lowest possible log loss", f"{votes.lowest_log_loss:.4f}"),
        ("calibration error against the votes", f"{votes.calibration_error:.4f}"),
    ]


def _classes(figures: Figures) -> str:
    return page.table(
        ("emotion", "faces", "precision", "recall", "F1"),
        [(one.label, one.faces, *(f"{x:.3f}" for x in (one.precision, one.recall, one.f1))) for one in figures.classes],
    )


def _pairs(figures: Figures) -> str:
    rows = [(pair.truth, pair.answer, pair.faces, f"{pair.share:.1%}") for pair in figures.confused_pairs]
    counts = [(label, *row) for label, row in zip(LABELS, figures.confusion, strict=True)]
    return (
        page.paragraph("Most confused, by the share of the true emotion:")
        + page.table(("truth", "answer", "faces", "share"), rows)
        + page.paragraph("In faces (a row is the truth):")
        + page.table(("truth", *LABELS), counts)
    )


def _calibration(evaluation: Evaluation, labels: Labels) -> str:
    calibration, logits = evaluation.figures.calibration, evaluation.logits
    curves = {
        "as it is": reliability(softmax(logits, axis=1), labels),
        f"temperature {calibration.temperature:.2f}": reliability(
            softmax(logits / calibration.temperature, axis=1), labels
        ),
    }
    text = (
        f"One temperature, {calibration.temperature:.3f}, makes the scores as sure as they are right. The error after "
        "it is cross-fitted: each half of the faces is scaled by the temperature of the other half. A perfectly "
        f"calibrated model reads about {_noise(evaluation):.3f} on this many faces."
    )
    return page.paragraph(text) + page.picture(plots.reliability(curves), "accuracy against confidence")


def _noise(evaluation: Evaluation) -> float:
    """The calibration error that chance alone gives: labels drawn from the scaled scores themselves."""
    scores = softmax(evaluation.logits / evaluation.figures.calibration.temperature, axis=1)
    random = np.random.default_rng(0)
    drawn = [(scores.cumsum(axis=1) < random.random((len(scores), 1))).sum(axis=1).clip(max=6) for _ in range(5)]
    return float(
        np.mean([
            sum(share * abs(confidence - accuracy) for confidence, accuracy, share in reliability(scores, labels))
            for labels in drawn
        ])
    )  # fmt: skip


def _margins(evaluation: Evaluation) -> str:
    points = [(100 * margin, accuracy) for margin, accuracy in evaluation.accuracy_by_margin]
    text = (
        "The 48 pixels are taken as the detector's box, made smaller (border cut away, rest enlarged) or larger (edge "
        "repeated outwards, as at the border of a frame: what was really there is not known)."
    )
    rows = [(f"{margin:+.0f} %", f"{accuracy:.4f}") for margin, accuracy in points]
    chart = plots.line(points, "size of the box against the published crop, %", "accuracy")
    return page.paragraph(text) + page.picture(chart, "accuracy by margin") + page.table(("margin", "accuracy"), rows)


def _sizes(evaluation: Evaluation) -> str:
    points = evaluation.accuracy_by_face_size
    text = "Each face reduced to that many pixels and enlarged to 48 again, as the service enlarges small faces."
    rows = [(f"{size:.0f} px", f"{accuracy:.4f}") for size, accuracy in points]
    chart = plots.line(points, "width of the face, pixels", "accuracy")
    return page.paragraph(text) + page.picture(chart, "accuracy by size") + page.table(("size", "accuracy"), rows)


def _corruptions(evaluation: Evaluation, corrupted: CorruptedEvaluation, beside: corrupted_plots.Curves | None) -> str:
    text = "The same faces with one corruption at a time, from mild to severe; dotted: the faces without corruption."
    models = [corrupted_plots.Curves.of(evaluation, corrupted), *([beside] if beside else [])]
    rows = [
        (f"{one.corruption}: {one.strength:g}", f"{one.accuracy:.3f}", share(one.agreement))
        for one in corrupted.corruptions
    ]
    return (
        page.paragraph(text)
        + page.picture(corrupted_plots.corruptions(models), "agreement by corruption and strength")
        + page.table(("corruption and strength", "accuracy", "agreement"), rows)
    )


def _risk(corrupted: CorruptedEvaluation) -> str:
    text = (
        "How many of the answers that are kept are wrong when the faces with the lowest signal are left out first. The "
        "table has the mean over all shares kept (AURC): the lower, the better the signal says which answers are wrong."
    )
    rows = [
        ("none (at random)", *(f"{one.wrong:.3f}" for one in corrupted.risk)),
        *(
            (curves[0].signal, *(f"{curve.area:.3f}" for curve in curves))
            for curves in zip(*(one.curves for one in corrupted.risk), strict=True)
        ),
    ]
    return (
        page.paragraph(text)
        + page.picture(corrupted_plots.risk(corrupted), "share of wrong answers by share of faces kept")
        + page.table(("signal", *(f"faces {one.faces}" for one in corrupted.risk)), rows)
    )


def share(value: float | None) -> str:
    """Of what there may be nothing to count."""
    return "" if value is None else f"{value:.3f}"
