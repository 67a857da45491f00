"""What ten annotators (FER+) say about a split: how far they agree, and where they differ from FER2013's labels."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.agreement import CLEAR
from liveclass.training.faces import Faces
from liveclass.training.votes import Counts, majority, one_against_the_others

MOST_CONFLICTS = 5


@dataclass(frozen=True)
class Conflict:
    """Faces that FER2013 labels `label`, and most annotators `majority`."""

    label: str
    majority: str
    faces: int


@dataclass(frozen=True)
class VotesExploration:
    """Counts of one split. Shares are of the faces with a majority for one of the seven emotions."""

    faces: int
    not_a_face: int  # without votes: judged to be no face
    with_majority: int
    ambiguous: int  # with votes, but no majority for one of the seven
    clear: int  # at least six of ten agree
    label_agrees: float  # FER2013's label is the majority
    one_annotator: float  # one annotator agrees with the majority of the others
    conflicts: tuple[Conflict, ...]  # most frequent first

    @classmethod
    def of(cls, faces: Faces, votes: Counts) -> "VotesExploration":
        answer = majority(votes)
        decided, voted = answer >= 0, votes.any(axis=1)
        unlike = decided & (answer != faces.labels)
        pairs = Counter(zip(faces.labels[unlike].tolist(), answer[unlike].tolist(), strict=True))
        return cls(
            faces=len(faces),
            not_a_face=int((~voted).sum()),
            with_majority=int(decided.sum()),
            ambiguous=int((voted & ~decided).sum()),
            clear=int((majority(votes, CLEAR) >= 0).sum()),
            label_agrees=float((answer == faces.labels)[decided].mean()) if decided.any() else 0.0,
            one_annotator=one_against_the_others(votes) if decided.any() else 0.0,
            conflicts=tuple(
                Conflict(LABELS[label], LABELS[other], count)
                for (label, other), count in pairs.most_common(MOST_CONFLICTS)
            ),
        )

    def rows(self) -> list[tuple[str, str]]:
        """(what, how many) for a table."""
        return [
            ("faces", f"{self.faces:,}"),
            ("judged not to be a face (no votes)", f"{self.not_a_face:,}"),
            ("with a majority for one of the seven", f"{self.with_majority:,}"),
            (f"… of at least {CLEAR} of ten", f"{self.clear:,}"),
            ("ambiguous: no such majority", f"{self.ambiguous:,}"),
            ("FER2013's label is the majority", f"{self.label_agrees:.1%}"),
            ("one annotator agrees with the others' majority", f"{self.one_annotator:.1%}"),
            *(
                (f"labelled {one.label}, majority {one.majority}", f"{one.faces:,}")
                for one in self.conflicts
            ),
        ]  # fmt: skip


def most_divided(votes: Counts, most: int) -> npt.NDArray[np.intp]:
    """The places of the faces on which the most popular choice has the fewest votes, most divided first."""
    voted = np.flatnonzero(votes.any(axis=1))
    return voted[np.argsort(votes[voted].max(axis=1), kind="stable")[:most]]
