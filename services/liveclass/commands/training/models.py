"""`liveclass explore`, `evaluate` and `explain`: inspecting data and models."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import AsJson, progress_bar, stderr, stdout
from liveclass.commands.training import DATA, Data, import_keras, print_table, refusals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liveclass.preprocessing import Box
    from liveclass.training.corrupted_evaluation import CorruptedEvaluation
    from liveclass.training.corrupted_plots import Curves
    from liveclass.training.evaluate import Evaluation, SameAnswers
    from liveclass.training.faces import Faces
    from liveclass.training.models import Classify
    from liveclass.training.recipe import LabelSet


def explore(
    data: Annotated[Path, typer.Argument(help="fer2013.csv, the folder it is in, or folders of images.")] = DATA,
    *,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots and samples to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in a data set: counts, samples, duplicates, conflicting labels, constant images."""
    with refusals():
        from liveclass.training.data import read
        from liveclass.training.explore import explore as explore_splits

        with stderr().status(f"reading {data}"):
            found, page = explore_splits(read(data))
        if html:
            html.write_text(page, "utf-8")
    if as_json:
        print(json.dumps(found.to_dict(), indent=2))
        return
    print_table("Faces", ("emotion", *found.counts), _count_rows(found.counts))
    constant = ", ".join(f"{count} in {split}" for split, count in found.constant_images.items())
    for sentence in found.differences:
        stdout().print(sentence, soft_wrap=True)
    stdout().print(
        f"{found.duplicate_groups:,} images occur more than once, {found.duplicates_across_splits:,} of them "
        f"in more than one split, {found.conflicting_labels:,} with conflicting labels.\nConstant images: {constant}.",
        soft_wrap=True,
    )
    for split, votes in found.votes.items():
        print_table(f"Ten annotators on {split} (FER+)", ("", "faces"), votes.rows())
    if html:
        stdout().print(f"Samples and plots: {html}")


def evaluate(
    model: Annotated[
        Path | None, typer.Argument(help="A run folder, or a SavedModel's folder.", show_default=False)
    ] = None,
    *,
    triton: Annotated[
        str | None, typer.Option(help="Evaluate the Triton at this address (gRPC); with a model, compare the two.")
    ] = None,
    model_version: Annotated[str, typer.Option(help="Model version in Triton; newest by default.")] = "",
    data: Data = DATA,
    split: Annotated[str, typer.Option(help="The split to measure on.")] = "PublicTest",
    mirror: Annotated[
        bool, typer.Option("--mirror", help="Average a run's logits over the face and its mirror image.")
    ] = False,
    robustness: Annotated[
        bool, typer.Option(help="Also measure other crop margins and face sizes: ten more passes.")
    ] = True,
    corruptions: Annotated[
        bool,
        typer.Option("--corruptions", help="Also measure corrupted faces (noise, blur, low light …): 33 more passes."),
    ] = False,
    beside: Annotated[
        Path | None,
        typer.Option(help="With --corruptions: also draw another model, from its --json output."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
    record: Annotated[Path | None, typer.Option(help="Write a run's results into this table of networks.")] = None,
    note: Annotated[str, typer.Option(help="A remark for the table.")] = "",
    plots: Annotated[
        Path | None,
        typer.Option(
            help="Write plots as PNG into this folder: history and confusion of a run, corruptions if measured; "
            "with --record, a comparison of all networks."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Evaluate a model on labelled faces: accuracy, metrics by emotion, confusion, calibration, robustness."""
    if model is None and triton is None:
        raise typer.BadParameter("name a run, a SavedModel, or a Triton with --triton")
    if beside and not (corruptions and (plots or html)):
        raise typer.BadParameter(
            "--beside is for the plots of corruptions: add --corruptions and --plots FOLDER, or --html FILE"
        )
    with refusals():
        import_keras()
        from liveclass.training.corrupted_plots import Curves
        from liveclass.training.evaluate import same_answers
        from liveclass.training.figures import comparison
        from liveclass.training.figures import record as write_record
        from liveclass.training.models import open_model, open_triton
        from liveclass.training.report import report
        from liveclass.training.run import Run

        reference = Curves.read(beside) if beside else None  # fails before the evaluation, which takes minutes
        with stderr().status(f"reading {data}"):
            faces = _split(data, split)
        served = open_triton(triton, model_version) if triton else None
        classify = (open_model(model, mirror=mirror) if model else None) or served
        assert classify is not None  # noqa: S101  # at least one is given
        names = {"model": str(model or f"Triton at {triton}"), "data": str(data), "split": split}
        found = _measure(classify, faces, names, robustness=robustness)
        corrupted = _evaluate_corrupted(classify, faces) if corruptions else None
        compared = (
            same_answers(*(one(faces.images, lambda _: None) for one in (classify, served))) if model and served else {}
        )
        if html:
            html.write_text(report(found, faces.labels, corrupted, reference), "utf-8")
        if plots:
            _write_plots(plots, model, found, corrupted, reference)
        if record and model:
            table = write_record(record, Run(model), found, note)
            if plots:
                (plots / "README.md").write_text(comparison(table, plots), "utf-8")
    if as_json:
        print(_json(found, corrupted, compared))
        return
    _show(found, compared)
    if corrupted:
        _show_corrupted(corrupted)
    if html:
        stdout().print(f"With plots: {html}")


def explain(
    model: Annotated[Path, typer.Argument(help="A run folder.")],
    image: Annotated[Path, typer.Argument(help="A photograph with a face, or a 48×48 face.")],
    *,
    layers: Annotated[
        str, typer.Option(help="Layers by name, separated by commas.", show_default="three of them")
    ] = "",
    out: Annotated[Path, typer.Option(help="The folder for the pictures.")] = Path("explanation"),
    summary: Annotated[Path | None, typer.Option(help="Draw one small picture of it all instead, to this PNG.")] = None,
) -> None:
    """Draw what a network learned: its first filters, its feature maps of a face, and Grad-CAM."""
    with refusals():
        import_keras()
        from liveclass.training.explain import (
            attention,
            convolutions,
            draw_attention,
            draw_features,
            draw_filters,
            draw_summary,
            read_faces,
        )
        from liveclass.training.page import rendered
        from liveclass.training.run import Run

        with stderr().status("computing"):
            faces, places = read_faces(image)
            network = Run(model).network()
            if summary:
                pictures = {summary: draw_summary(network, faces[0])}
            else:
                names = convolutions(network)
                three = dict.fromkeys([names[0], names[len(names) // 2], names[-1]])
                chosen = layers.split(",") if layers else list(three)
                pictures = {out / f"features-{name}.png": draw_features(network, faces[0], name) for name in chosen}
                pictures[out / "filters.png"] = draw_filters(network)
                pictures[out / "attention.png"] = draw_attention(faces, [attention(network, face) for face in faces])
                out.mkdir(parents=True, exist_ok=True)
            for file, figure in pictures.items():
                file.write_bytes(rendered(figure))
    stdout().print(_face_taken(places), soft_wrap=True)
    for file in pictures:
        stdout().print(file)


def _face_taken(places: "Sequence[Box]") -> str:
    """Says which face the feature maps show."""
    if not places:
        return "The picture is a 48×48 face."
    box = places[0]
    which = "the only face found" if len(places) == 1 else f"the largest of {len(places)}; attention.png has them all"
    return f"Feature maps are of the face at x {box.x}, y {box.y}, {box.width}×{box.height} pixels: {which}."


def _split(data: Path, split: str) -> "Faces":
    from liveclass.training.data import BadDataError, read

    splits = read(data)
    if list(splits) == ["All"]:  # a folder without splits
        return splits["All"]
    if split not in splits:
        raise BadDataError(f"{data} has no split '{split}'; there are: {', '.join(splits)}")
    return splits[split]


def _measure(classify: "Classify", faces: "Faces", names: dict[str, str], *, robustness: bool) -> "Evaluation":
    from liveclass.training.evaluate import evaluate as measure
    from liveclass.training.evaluate import passes

    with progress_bar() as bar:
        task = bar.add_task(f"classifying {names['split']}", total=len(faces) * passes(robustness=robustness))
        return measure(classify, faces, lambda done: bar.advance(task, done), robustness=robustness, **names)


def _evaluate_corrupted(classify: "Classify", faces: "Faces") -> "CorruptedEvaluation":
    from liveclass.training.corrupted_evaluation import PASSES, evaluate_corrupted

    with progress_bar() as bar:
        task = bar.add_task("classifying corrupted faces", total=PASSES * len(faces))
        return evaluate_corrupted(classify, faces, lambda done: bar.advance(task, done))


def _show_corrupted(corrupted: "CorruptedEvaluation") -> None:
    from liveclass.training.report import share

    rows = [(o.corruption, f"{o.strength:g}", f"{o.accuracy:.3f}", share(o.agreement)) for o in corrupted.corruptions]
    print_table("Corrupted faces", ("corruption", "strength", "accuracy", "agreement"), rows)
    signals = [curve.signal for curve in corrupted.risk[0].curves]
    print_table(
        "Area under the risk-coverage curve (AURC), by signal",
        ("faces", "wrong", *signals),
        [(one.faces, f"{one.wrong:.3f}", *(f"{curve.area:.3f}" for curve in one.curves)) for one in corrupted.risk],
    )
    print_table(
        f"Faces not counted: quality below {corrupted.risk[0].floor.min_quality:g}",
        ("faces", "not counted", "wrong among these", "wrong among the counted"),
        [
            (one.faces, f"{one.floor.share_below:.1%}", share(one.floor.risk_below), share(one.floor.risk_above))
            for one in corrupted.risk
        ],
    )


def _json(found: "Evaluation", corrupted: "CorruptedEvaluation | None", compared: "dict[LabelSet, SameAnswers]") -> str:
    same = {label_set: vars(one) for label_set, one in compared.items()}
    return json.dumps(
        found.to_dict() | (asdict(corrupted) if corrupted else {}) | ({"same_answers": same} if same else {}), indent=2
    )


def _write_plots(
    folder: Path,
    model: Path | None,
    found: "Evaluation",
    corrupted: "CorruptedEvaluation | None",
    beside: "Curves | None",
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if model and (corrupted is None or (model / "settings.json").is_file()):
        _write_run_plots(folder, model, found)
    if corrupted:
        _write_corrupted_plots(folder, found, corrupted, beside)


def _write_run_plots(folder: Path, run: Path, found: "Evaluation") -> None:
    """Writes history and confusion matrix as `<network>-….png`; they contain no faces."""
    from liveclass.training import plots
    from liveclass.training.figures import name_of
    from liveclass.training.page import rendered
    from liveclass.training.run import Run

    name = name_of(Run(run))
    (folder / f"{name}-history.png").write_bytes(rendered(plots.history(Run(run).epochs(), name)))
    confusion = plots.confusion(found.figures.confusion, f"{name}, accuracy {found.figures.accuracy:.3f}")
    (folder / f"{name}-confusion.png").write_bytes(rendered(confusion))


def _write_corrupted_plots(
    folder: Path, found: "Evaluation", corrupted: "CorruptedEvaluation", beside: "Curves | None"
) -> None:
    from liveclass.training import corrupted_plots
    from liveclass.training.page import rendered

    models = [corrupted_plots.Curves.of(found, corrupted), *([beside] if beside else [])]
    (folder / "corruptions.png").write_bytes(rendered(corrupted_plots.corruptions(models)))
    (folder / "risk.png").write_bytes(rendered(corrupted_plots.risk(corrupted)))


def _show(found: "Evaluation", compared: "dict[LabelSet, SameAnswers]") -> None:
    from liveclass.training.report import votes_rows

    figures, calibration = found.figures, found.figures.calibration
    print_table(
        f"{found.model} on {figures.faces:,} faces of {found.split}",
        ("figure", "value"),
        [
            ("accuracy", f"{figures.accuracy:.4f} ± {figures.standard_error:.4f}"),
            ("one of the two highest is right", f"{figures.top2_accuracy:.4f}"),
            ("macro F1", f"{figures.macro_f1:.4f}"),
            ("calibration error", f"{calibration.error_before:.4f}"),
            ("after temperature scaling", f"{calibration.error_after:.4f}"),
        ],
    )
    if found.votes:
        print_table("Against ten annotators (FER+)", ("figure", "value"), votes_rows(found.votes))
    print_table(
        "By emotion",
        ("emotion", "faces", "precision", "recall", "F1"),
        [(one.label, one.faces, *(f"{x:.3f}" for x in (one.precision, one.recall, one.f1))) for one in figures.classes],
    )
    pairs = [(pair.truth, pair.answer, pair.faces, f"{pair.share:.1%}") for pair in figures.confused_pairs[:5]]
    print_table("Most confused", ("truth", "answer", "faces", "share"), pairs)
    if found.accuracy_by_margin:
        print_table(
            "By margin around the face",
            ("margin", "accuracy"),
            [(f"{100 * margin:+.0f} %", f"{accuracy:.4f}") for margin, accuracy in found.accuracy_by_margin],
        )
        print_table(
            "By width of the face",
            ("pixels", "accuracy"),
            [(f"{size:.0f}", f"{accuracy:.4f}") for size, accuracy in found.accuracy_by_face_size],
        )
    for label_set, one in compared.items():
        stdout().print(
            f"Triton and the model give the same answer ({label_set}) on {one.same_answer:,} of {one.faces:,} faces; "
            f"no number differs by more than {one.largest_difference:.2g}."
        )


def _count_rows(counts: "Mapping[str, Mapping[str, int]]") -> list[tuple[str, ...]]:
    from liveclass.emotions import LABELS

    rows = [(label, *(f"{by_label[label]:,}" for by_label in counts.values())) for label in LABELS]
    return [*rows, ("all", *(f"{sum(by_label.values()):,}" for by_label in counts.values()))]
