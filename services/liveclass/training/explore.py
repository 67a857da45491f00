"""What is in a data set, before anything is learned from it: counts, samples, duplicates, votes, constant images."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training import page, plots
from liveclass.training.agreement import CLEAR
from liveclass.training.cleaning import Place, crosses_splits, duplicate_groups, has_conflict, is_constant
from liveclass.training.data import Faces, differences
from liveclass.training.votes import Counts, majority, one_against_the_others

SAMPLES = 10
"""Faces a row in the grids."""


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


@dataclass(frozen=True)
class Exploration:
    """The figures of a data set as it was read, before cleaning."""

    counts: dict[str, dict[str, int]]  # by split and emotion
    fingerprints: dict[str, str]  # by split
    differences: tuple[str, ...]  # from the published data set
    constant_images: dict[str, int]  # by split
    duplicate_groups: int  # images that stand in more than one place
    duplicates_across_splits: int  # of these, in more than one split
    conflicting_labels: int  # of these, with more than one label
    votes: dict[str, VotesExploration]  # by split, of those with FER+'s votes

    @classmethod
    def of(cls, splits: Mapping[str, Faces], groups: list[list[Place]]) -> "Exploration":
        """Counts `splits` and their `duplicate_groups`."""
        return cls(
            counts={split: faces.counts() for split, faces in splits.items()},
            fingerprints={split: faces.fingerprint() for split, faces in splits.items()},
            differences=tuple(differences(splits)),
            constant_images={split: int(is_constant(faces.images).sum()) for split, faces in splits.items()},
            duplicate_groups=len(groups),
            duplicates_across_splits=sum(map(crosses_splits, groups)),
            conflicting_labels=sum(map(has_conflict, groups)),
            votes={
                split: VotesExploration.of(faces, faces.votes)
                for split, faces in splits.items()
                if faces.votes is not None
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def explore(splits: Mapping[str, Faces]) -> tuple[Exploration, str]:
    """The figures of `splits`, and a page that shows them."""
    groups = duplicate_groups(splits)
    exploration = Exploration.of(splits, groups)
    return exploration, _page(splits, groups, exploration)


def _page(splits: Mapping[str, Faces], groups: list[list[Place]], exploration: Exploration) -> str:
    total = sum(len(faces) for faces in splits.values())
    first = next(iter(splits))
    conflicts = [group for group in groups if has_conflict(group)]
    constant = {split: faces.images[is_constant(faces.images)] for split, faces in splits.items()}
    sections = [
        ("Faces per emotion and split", page.picture(plots.bars(exploration.counts), "bars") + _counts(exploration)),
        ("Against the published FER2013", _sentences(exploration.differences or ("Every count is as published.",))),
        (f"Samples of {first}", page.picture(plots.grid(_samples(splits[first]), SAMPLES), "faces", "png")),
        (
            "The mean face of each emotion",
            page.picture(plots.grid(_means(splits), len(splits), list(splits)), "mean faces", "png"),
        ),
        ("Exact duplicates", _duplicates(exploration)),
    ]
    sections += [
        (f"Ten annotators on {split}", _votes(splits[split], found)) for split, found in exploration.votes.items()
    ]
    if conflicts:
        sections.append(("The same image with unlike labels", _examples(splits, conflicts)))
    found = {split: images for split, images in constant.items() if len(images)}
    if found:
        text = "One gray everywhere: there is no face. Training leaves them out; evaluation splits stay as published."
        picture = page.picture(plots.grid(found, SAMPLES), "constant images", "png")
        sections.append(("Constant images", page.paragraph(text) + picture))
    lead = f"{total:,} gray faces of 48×48 pixels in {len(splits)} {'split' if len(splits) == 1 else 'splits'}."
    return page.page("The data", lead, sections)


def _counts(exploration: Exploration) -> str:
    rows = [(label, *(f"{by_label[label]:,}" for by_label in exploration.counts.values())) for label in LABELS]
    totals = ("all", *(f"{sum(by_label.values()):,}" for by_label in exploration.counts.values()))
    fingerprints = ("SHA-256", *(f"{value[:12]}…" for value in exploration.fingerprints.values()))
    return page.table(("emotion", *exploration.counts), [*rows, totals, fingerprints])


def _sentences(sentences: tuple[str, ...]) -> str:
    return "".join(page.paragraph(sentence) for sentence in sentences)


def _samples(faces: Faces) -> dict[str, np.ndarray[Any, np.dtype[np.uint8]]]:
    """Faces of each emotion, evenly spread over the split."""
    rows = {}
    for value, label in enumerate(LABELS):
        places = np.flatnonzero(faces.labels == value)
        chosen = places[np.linspace(0, len(places) - 1, min(SAMPLES, len(places)), dtype=int)]
        rows[label] = faces.images[chosen]
    return rows


def _means(splits: Mapping[str, Faces]) -> dict[str, np.ndarray[Any, np.dtype[np.uint8]]]:
    """The mean of each emotion's faces, one for every split."""
    return {
        label: np.stack([
            faces.images[faces.labels == value].mean(axis=0).astype(np.uint8)
            for faces in splits.values()
            if (faces.labels == value).any()
        ] or [np.zeros((48, 48, 1), np.uint8)])
        for value, label in enumerate(LABELS)
    }  # fmt: skip


def _duplicates(exploration: Exploration) -> str:
    return page.table(
        ("the same image in more than one place", "images"),
        [
            ("in all", f"{exploration.duplicate_groups:,}"),
            ("in more than one split", f"{exploration.duplicates_across_splits:,}"),
            ("with more than one label", f"{exploration.conflicting_labels:,}"),
        ],
    ) + page.paragraph("Training leaves out every image that an evaluation split also holds.")


def _votes(faces: Faces, found: VotesExploration) -> str:
    assert faces.votes is not None  # noqa: S101  # `found` was counted from them
    divided = faces.images[most_divided(faces.votes, SAMPLES)]
    no_face = faces.images[~faces.votes.any(axis=1)][:SAMPLES]
    grid = {"most divided": divided} | ({"not a face": no_face} if len(no_face) else {})
    picture = page.picture(plots.grid(grid, SAMPLES), "faces that annotators differ on", "png")
    return page.table(("ten annotators (FER+)", "faces"), found.rows()) + picture


def _examples(splits: Mapping[str, Faces], conflicts: list[list[Place]]) -> str:
    shown = conflicts[:SAMPLES]
    images = np.stack([splits[group[0].split].images[group[0].position] for group in shown])
    rows = [
        (number, ", ".join(f"{LABELS[place.label]} ({place.split} {place.position})" for place in group))
        for number, group in enumerate(shown, 1)
    ]
    text = f"{len(conflicts)} images; the first {len(shown)}, and where they stand (counted from 0):"
    picture = page.picture(plots.grid({"": images}, SAMPLES), "faces with conflicting labels", "png")
    return page.paragraph(text) + picture + page.table(("image", "labels"), rows)
