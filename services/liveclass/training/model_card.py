"""What is known about a published version: kept beside it as figures, shown as the model card."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from liveclass.emotions import LABELS
from liveclass.training.agreement import VotesFigures
from liveclass.training.metrics import Figures


class Training(BaseModel):
    """Where the weights come from."""

    model_config = ConfigDict(frozen=True)

    architecture: str
    parameters: int
    epochs: int
    best_epoch: int
    recipe: dict[str, Any]
    faces: dict[str, int]  # by split
    fingerprints: dict[str, str]  # SHA-256 of the faces and labels, by split
    cleaning: dict[str, int]  # faces taken out of the training split, by reason
    chosen_on: str = "PublicTest"  # the split that chose the best epoch and on which the temperatures were fitted


class ModelCard(BaseModel):
    """The figures of one version, measured on its SavedModel. `training` is none for one made elsewhere."""

    model_config = ConfigDict(frozen=True)

    version: int
    published: str  # UTC, to the minute
    size_bytes: int
    split: str
    fingerprint: str
    faces: int
    accuracy: float
    standard_error: float
    top2_accuracy: float
    macro_f1: float
    recall: dict[str, float]
    precision: dict[str, float]
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float
    calibration_error_before: float | None  # with the temperature undone; none where it is not known
    temperature: float | None
    votes_temperature: float | None = None
    answers_votes: bool = False
    votes: VotesFigures | None = None  # of `votes`, or of `scores` where it answers no other; none if not measured
    mirror: bool | None
    training: Training | None

    @property
    def name(self) -> str:
        """What the version is called in tables."""
        return self.training.architecture if self.training else "SavedModel"

    def to_markdown(self, older: "list[ModelCard]") -> str:
        """The model card of this version, with one line for each of the `older` ones."""
        sections = [self._opening(), USE, self._figures(), self._confusion()]
        sections += [self._votes(self.votes)] if self.votes else []
        sections += [self._provenance(), LIMITS]
        return "\n\n".join([*sections, _versions([self, *older])]) + "\n"

    def _opening(self) -> str:
        return (
            "# Emotion classifier\n\n"
            f"Version {self.version}, {self.name}, published {self.published} (UTC), {self.size_bytes / 1e6:.1f} MB. "
            "Takes gray face crops of 48×48 pixels (`face`, uint8) and answers seven calibrated numbers that sum to "
            f"1, in this order: {', '.join(LABELS)}. `scores` [7] float32 are probabilities of the label that FER2013 "
            f"gives such a face.{VOTES_OUTPUT if self.answers_votes else ''} Written by `liveclass publish`; "
            "every figure was measured on the SavedModel that is served."
        )

    def _figures(self) -> str:
        before = "" if self.calibration_error_before is None else f" (before: {self.calibration_error_before:.4f})"
        rows = "\n".join(
            f"| {label} | {sum(self.confusion[index])} | {self.recall[label]:.3f} | {self.precision[label]:.3f} |"
            for index, label in enumerate(LABELS)
        )
        return f"""## Figures

On {self.faces:,} faces of FER2013's {self.split} (SHA-256 `{self.fingerprint}`):

| figure | value |
|---|---|
| accuracy | {self.accuracy:.4f} ± {self.standard_error:.4f} (one standard error) |
| one of the two highest is right | {self.top2_accuracy:.4f} |
| macro F1 | {self.macro_f1:.4f} |
| calibration error, 15 bins | {self.calibration_error:.4f}{before} |

| emotion | faces | recall | precision |
|---|---|---|---|
{rows}"""

    def _confusion(self) -> str:
        rows = [("truth \\ answer", *LABELS), ("---",) * (len(LABELS) + 1)]
        rows += [(label, *map(str, counts)) for label, counts in zip(LABELS, self.confusion, strict=True)]
        return "\n".join(["## Confusion", "", *("| " + " | ".join(row) + " |" for row in rows)])

    def _votes(self, votes: VotesFigures) -> str:
        clear = "" if votes.clear_agreement is None else f"{votes.clear_agreement:.4f} ({votes.clear_faces:,} faces)"
        rows = "\n".join(
            f"| {one.label} | {one.faces} | {one.recall:.3f} | {one.precision:.3f} |" for one in votes.classes
        )
        return f"""## Against ten annotators

`{"votes" if self.answers_votes else "scores"}` against the votes of ten annotators (FER+, Barsoum et al., 2016) for the
same images. Their majority is the emotion with more votes than anything else.

| figure | value |
|---|---|
| agreement with the majority | {votes.agreement:.4f} ± {votes.standard_error:.4f} ({votes.faces:,} faces) |
| one annotator with the majority of the others | {votes.one_annotator:.4f} |
| agreement where at least 6 of 10 agree | {clear} |
| one of the two highest is the majority | {votes.top2:.4f} |
| log loss against the shares of the votes | {votes.log_loss:.4f} (lowest possible: {votes.lowest_log_loss:.4f}) |
| calibration error against them, 15 bins | {votes.calibration_error:.4f} |

| majority | faces | recall | precision |
|---|---|---|---|
{rows}"""

    def _provenance(self) -> str:
        if self.training is None:
            return "## Training\n\nPublished from a SavedModel; how it was trained is not recorded."
        training = self.training
        cleaned = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in training.cleaning.items())
        settings = "\n".join(f"| {name} | {value} |" for name, value in training.recipe.items())
        temperatures = f"{self.temperature:.4f}"
        if self.votes_temperature is not None:
            temperatures += f" (`votes`: {self.votes_temperature:.4f})"
        fitted_on = (
            "the same faces as the figures above"
            if training.chosen_on == self.split
            else f"{training.chosen_on}, faces that neither the training nor the figures above have seen"
        )
        views = "The face and its mirror image, logits averaged" if self.mirror else "The face as it is"
        return f"""## Training

{training.architecture}, {training.parameters:,} parameters; the best of {training.epochs} epochs is number
{training.best_epoch}, chosen by the accuracy on {training.chosen_on}. {views}, divided by the temperature
{temperatures} before the softmax. A temperature, one number, is fitted on {fitted_on}; it changes no answer, only how
sure it is.{_origin(training.recipe)}

{training.faces["Training"]:,} faces of FER2013's training split, after taking out: {cleaned}
(SHA-256 `{training.fingerprints["Training"]}`).

| setting | value |
|---|---|
{settings}"""

    @classmethod
    def measured(cls, figures: Figures, before: float | None, **known: Any) -> "ModelCard":
        """A card from `figures` of the served scores, the calibration error `before`, and what else is `known`."""
        return cls(
            faces=figures.faces,
            accuracy=figures.accuracy,
            standard_error=figures.standard_error,
            top2_accuracy=figures.top2_accuracy,
            macro_f1=figures.macro_f1,
            recall={one.label: one.recall for one in figures.classes},
            precision={one.label: one.precision for one in figures.classes},
            confusion=figures.confusion,
            # The scores are calibrated already: nothing is fitted between them and this figure.
            calibration_error=figures.calibration.error_before,
            calibration_error_before=before,
            **known,
        )


def _origin(recipe: dict[str, Any]) -> str:
    """Which trained networks the weights and the targets come from; empty for a training from nothing but labels."""
    sentences = []
    if recipe.get("start_from"):
        sentences.append(f" The training started from the weights of `{recipe['start_from']}`.")
    if recipe.get("distillation"):
        teachers = ", ".join(f"`{name}`" for name in recipe["distillation"]["teachers"])
        share = recipe["distillation"]["share"]
        sentences.append(
            f" {share:.0%} of its targets are the mean answers of {teachers} (distillation; Hinton et al., 2015)."
        )
    return "".join(sentences)


def _versions(cards: list[ModelCard]) -> str:
    lines = [
        f"| {card.version} | {card.name} | {card.published} | {card.accuracy:.4f} | {card.calibration_error:.4f} | "
        f"{'' if card.votes is None else f'{card.votes.agreement:.4f}'} |"
        for card in cards
    ]
    return "\n".join(
        [
            "## Versions here",
            "",
            "| version | network | published | accuracy | calibration error | agreement with ten annotators |",
            "|---|---|---|---|---|---|",
            *lines,
        ]
    )


VOTES_OUTPUT = (
    " `votes` [7] float32 are the shares of ten annotators that would choose each emotion (FER+). Both come from one "
    "trunk, at the cost of one."
)

USE = """## Intended use

Mean shares of expressions over groups of people who know of it and agreed, for research and for feedback to whoever
speaks to them. Scores describe the expression of a face on one picture. They do not say what a person feels, and are
no ground for a decision about anybody.

Not for people in education or at work in the European Union: inferring their emotions is prohibited there since
2 February 2025, except for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)). Not for
identifying people, and not for children without the consent of those responsible for them."""

LIMITS = """## Limits

- FER2013 (Goodfellow et al., 2013) holds faces from web image search, labelled by search words and checked in
  passing. People agree with its labels on about 65 % of the faces. Most expressions are posed, few come from a class.
- The data do not record age, sex or origin, so how the figures differ between groups of people cannot be measured on
  them. Expect differences, and measure on your own faces before use.
- Few training faces show disgust (1.5 %): its recall and precision rest on few examples.
- Faces are near-frontal and fill the crop. Profiles, covered faces, and faces under about 48 pixels are answered worse.
- The probabilities are calibrated on FER2013. On other cameras they may be too sure of themselves."""
