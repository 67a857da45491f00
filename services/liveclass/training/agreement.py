"""How well answers match ten annotators (FER+): with their majority, and with how they are divided."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax, softmax

from liveclass.emotions import LABELS
from liveclass.training.metrics import (
    ClassFigures,
    Floats,
    calibration_error,
    class_figures,
    confusion_matrix,
    top_k_accuracy,
)
from liveclass.training.votes import Counts, distribution, kept_share, majority, one_against_the_others

CLEAR = 6
"""Of ten annotators: a face that so many agree on."""


@dataclass(frozen=True)
class VotesFigures:
    """Answers against the votes of ten annotators.

    `agreement`, `top2`, `classes` and `confusion[majority][answer]` are of the faces on which one of the seven emotions
    has more votes than anything else; `clear_agreement` of those on which at least six of the ten agree. `log_loss` (in
    nats), `calibration_error` and their like are of all faces with a vote for one of the seven, against the shares of
    these votes. No answer can have a lower log loss than `lowest_log_loss`, the entropy of the shares.
    `one_annotator` is how often one annotator agrees with the majority of the others.
    """

    faces: int
    agreement: float
    standard_error: float
    top2: float
    clear_faces: int
    clear_agreement: float | None  # none without such faces
    log_loss: float
    lowest_log_loss: float
    calibration_error: float
    one_annotator: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, logits: Floats, votes: Counts) -> "VotesFigures":
        """Measures `logits` [N, 7] (or the logarithms of shares) against `votes` [N, 10].

        Raises `ValueError` where no face has a majority.
        """
        answers, truth = logits.argmax(axis=1), majority(votes)
        decided, clear = truth >= 0, majority(votes, CLEAR) >= 0
        if not decided.any():
            raise ValueError("no face on which the annotators have a majority")
        confusion = confusion_matrix(answers[decided], truth[decided])
        agreement = float((answers == truth)[decided].mean())
        some, shares = shares_for_calibration(votes)
        return cls(
            faces=int(decided.sum()),
            agreement=agreement,
            standard_error=float(np.sqrt(agreement * (1 - agreement) / decided.sum())),
            top2=top_k_accuracy(logits[decided], truth[decided], 2),
            clear_faces=int(clear.sum()),
            clear_agreement=float((answers == truth)[clear].mean()) if clear.any() else None,
            log_loss=float(-(shares * log_softmax(logits[some], axis=1)).sum(axis=1).mean()),
            lowest_log_loss=float(-(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1).mean()),
            calibration_error=calibration_error(softmax(logits[some], axis=1), shares),
            one_annotator=one_against_the_others(votes),
            classes=class_figures(confusion),
            confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        )

    def recall(self, label: str) -> float:
        """The share of the faces whose majority is `label` that were answered so."""
        return self.classes[LABELS.index(label)].recall


def shares_for_calibration(votes: Counts) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which faces [N] have a vote for one of the seven, and the shares of those votes [M, 7]."""
    some = kept_share(votes) > 0
    return some, distribution(votes)[some]
