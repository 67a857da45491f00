"""`liveclass train`, `explore`, `architectures`, `tune`, `evaluate`, `explain`: what a user reads and finds on disk."""

import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.emotions import LABELS
from liveclass.preprocessing import Box
from liveclass.training import plots
from liveclass.training.corruptions import from_size, with_margin
from liveclass.training.figures import NetworkFigures, Reached, comparison
from liveclass.training.run import Run

RECIPE = """
architecture = "dcnn"
epochs = 1
batch_size = 16
sizes = [[0.0, 16]]
precision = "float32"

[search]
learning_rate = { low = 0.01, high = 0.1, log = true }
optimizer = { choices = ["sgd"] }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def recipe(folder: Path) -> str:
    (folder / "tiny.toml").write_text(RECIPE)
    return str(folder / "tiny.toml")


@pytest.fixture(scope="module")
def data(folder: Path) -> str:
    random = np.random.default_rng(0)
    rows = [
        f"{index % 7},{' '.join(map(str, random.integers(0, 256, 2304)))},{split}"
        for index, split in enumerate(["Training"] * 42 + ["PublicTest"] * 14)
    ]
    path = folder / "fer2013.csv"
    path.write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    return str(path)


REACHED = Reached(
    split="PublicTest",
    fingerprint="",
    accuracy=0.6,
    macro_f1=0.5,
    top2_accuracy=0.8,
    disgust_recall=0.4,
    calibration_error=0.02,
    epochs=3,
    minutes=5,
)


def liveclass(*arguments: object) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def run(folder: Path, data: str, recipe: str) -> Path:
    result = liveclass("train", "--recipe", recipe, "--data", data, "--run", folder / "run")
    assert result.exit_code == 0
    assert "epoch 1/1  16 px" in result.stderr
    assert "PrivateTest is missing." in result.stderr
    assert "Next: liveclass evaluate" in result.stdout
    return folder / "run"


def test_train_leaves_a_run_folder_with_a_plot(run: Path) -> None:
    assert {file.name for file in run.iterdir()} == {
        "best.weights.h5",
        "history.jsonl",
        "history.png",
        "last.keras",
        "lock",
        "settings.json",
    }
    assert cv2.imread(str(run / "history.png")) is not None


def test_train_of_a_finished_run_needs_resume_and_then_has_nothing_to_do(run: Path, data: str, recipe: str) -> None:
    arguments = ("train", "--recipe", recipe, "--data", data, "--run", run)
    refused = liveclass(*arguments)
    assert refused.exit_code == 2
    assert "--resume goes on with it" in refused.stderr
    resumed = liveclass(*arguments, "--resume", "--json")
    assert resumed.exit_code == 0
    assert json.loads(resumed.stdout)["epochs"] == 1


def test_queue_trains_one_after_the_other_and_goes_on_where_it_was(
    folder: Path, data: str, recipe: str, tmp_path: Path
) -> None:
    (folder / "other.toml").write_text(RECIPE.replace("epochs = 1", "epochs = 1\nseed = 2"))
    (folder / "wild.toml").write_text(
        RECIPE.replace("epochs = 1", "epochs = 1\nlearning_rate = 1e30\nwarmup_epochs = 0")
    )
    recipes = [part for name in ("tiny", "wild", "other") for part in ("--recipe", folder / f"{name}.toml")]
    queue = ("train", *recipes, "--data", data, "--runs", tmp_path)
    result = liveclass(*queue)
    assert result.exit_code == 2
    assert "the loss is nan in epoch 1" in result.stderr
    status = json.loads(liveclass("train", "--status", "--runs", tmp_path, "--json").stdout)
    assert [(Path(one["run"]).name, one["state"], one["epochs"], one["of"]) for one in status] == [
        ("other", "finished", 1, 1),
        ("tiny", "finished", 1, 1),
        ("wild", "stopped", 0, 1),
    ]
    weights = (tmp_path / "other" / "best.weights.h5").stat().st_mtime_ns
    assert "epoch 1/1  16 px" not in liveclass(*queue).stderr  # as it is where an epoch is finished
    assert (tmp_path / "other" / "best.weights.h5").stat().st_mtime_ns == weights
    assert re.search(r"tiny +finished", liveclass("train", "--status", "--runs", tmp_path).stdout)


def test_queue_of_recipes_for_the_same_folder_is_refused(recipe: str, data: str, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE)
    result = liveclass("train", "--recipe", recipe, "--recipe", tmp_path / "tiny.toml", "--data", data)
    assert result.exit_code == 2
    assert "more than one recipe for the run folder runs/tiny" in result.stderr


def test_run_folder_in_which_another_process_trains_is_left_alone(run: Path, data: str) -> None:
    with Run(run).locked():
        result = liveclass("train", "--run", run, "--data", data, "--resume")
        status = json.loads(liveclass("train", "--status", "--runs", run.parent, "--json").stdout)
    assert result.exit_code == 2
    assert "another process trains in" in result.stderr
    assert next(one for one in status if one["run"] == str(run))["state"] == "training"


def test_votes_that_the_data_lack_are_asked_for(data: str, tmp_path: Path) -> None:
    result = liveclass("train", "--architecture", "dcnn", "--data", data, "--run", tmp_path / "run")
    assert result.exit_code == 2
    assert "put fer2013new.csv beside fer2013.csv" in " ".join(result.stderr.split())
    assert not (tmp_path / "run").exists()


def test_resume_needs_no_settings_again(folder: Path, data: str, recipe: str) -> None:
    run = folder / "two"
    first = ("train", "--recipe", recipe, "--data", data, "--run", run, "--epochs", 2, "--json")
    assert json.loads(liveclass(*first).stdout)["epochs"] == 2
    resumed = liveclass("train", "--run", run, "--resume", "--json")  # where the data are need not be said either
    assert json.loads(resumed.stdout)["epochs"] == 2
    other = liveclass("train", "--run", run, "--data", data, "--resume", "--epochs", 3)
    assert other.exit_code == 2
    assert "epochs was 2, and is 3 now" in other.stderr
    missing = liveclass("train", "--run", folder / "none", "--data", data, "--resume")
    assert missing.exit_code == 2
    assert "is not a run folder" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train",), "--architecture"),
        (("train", "--architecture", "vgg"), "no recipe 'vgg'"),
        (("train", "--architecture", "cnn", "--data", "missing"), "no such file or folder"),
        (("explore", "missing"), "no such file or folder"),
        (("evaluate",), "--triton"),
        (("explain", "missing", "missing.png"), "there is no file missing.png"),
        (("tune", "cnn"), "no table [search]"),
    ],
)
def test_what_cannot_be_done_is_said_with_status_2(arguments: tuple[str, ...], message: str) -> None:
    result = liveclass(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_bad_rows_are_one_message(data: str, tmp_path: Path) -> None:
    header, short, label, pixel, *rest = Path(data).read_text().splitlines()
    short = short.replace(" ", "  ", 3).replace(",Training", "").rsplit(" ", 1)[0] + ",Training"
    pixel = pixel.replace(" ", " 1x ", 1).replace(",Training", "").rsplit(" ", 1)[0] + ",Training"
    path = tmp_path / "bad.csv"
    path.write_text("\n".join([header, short, f"7{label[1:]}", pixel, *rest]))
    result = liveclass("train", "--architecture", "cnn", "--data", path, "--run", tmp_path / "run")
    assert result.exit_code == 2
    lines = [line.strip() for line in result.stderr.splitlines()]
    assert "line 2: 2303 pixels instead of 2304" in lines
    assert "line 3: emotion '7' instead of 0 to 6" in lines
    assert "line 4: pixel 2 is '1x' instead of a number from 0 to 255" in lines
    assert not (tmp_path / "run").exists()


def test_explore_counts_and_writes_a_page_that_needs_nothing_else(data: str, tmp_path: Path) -> None:
    html = tmp_path / "data.html"
    result = liveclass("explore", data, "--html", html, "--json")
    found = json.loads(result.stdout)
    assert found["counts"]["Training"]["disgust"] == 6
    assert found["duplicate_groups"] == 0
    page = html.read_text()
    assert page.count("<img") == 3
    assert "http" not in page.replace("http-equiv", "")
    assert "28,709" in liveclass("explore", data).stdout


# Weights and millions of multiply-accumulates at 48×48. As published: 1,485,831 for DeepFace's; 25,557,032 for
# ResNet-50 with three channels and 1,000 classes, and 53,120 moving figures more.
SIZES = {
    "dcnn": (699_815, 127.0),
    "xception": (205_031, 20.0),
    "resnet50": (23_569_223, 209.3),
    "cnn": (322_599, 85.6),
    "dexpression": (485_671, 148.0),
    "deepface": (1_485_831, 28.8),
}


def test_architectures_lists_costs_and_published_figures() -> None:
    rows = {row["name"]: row for row in json.loads(liveclass("architectures", "--json").stdout)}
    assert rows["dcnn"]["macs"] <= 130e6
    networks = {name: row for name, row in rows.items() if not name.endswith("-seed")}
    assert {name: row["parameters"] for name, row in networks.items()} == {
        name: size for name, (size, _) in SIZES.items()
    }
    assert {name: row["macs"] / 1e6 for name, row in networks.items()} == {
        name: pytest.approx(millions, rel=0.01) for name, (_, millions) in SIZES.items()
    }
    assert rows["resnet50"]["published"] == 0.6555


def test_evaluate_measures_writes_the_page_and_records(run: Path, data: str, tmp_path: Path) -> None:
    files = {"--html": tmp_path / "report.html", "--record": tmp_path / "figures.toml", "--plots": tmp_path / "plots"}
    files["--record"].write_text('[cnn]\npublished = 0.65\nnote = "ein \\"Ü\\""\n')
    options = [str(part) for pair in files.items() for part in pair]
    result = liveclass("evaluate", run, "--data", data, *options, "--note", "one epoch", "--json")
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["figures"]["faces"] == 14
    assert [round(margin, 2) for margin, _ in found["accuracy_by_margin"]] == [-0.21, -0.08, 0.0, 0.08, 0.21, 0.29]
    assert [size for size, _ in found["accuracy_by_face_size"]] == [16, 20, 24, 32, 40, 48]
    assert files["--html"].read_text().count("<img") == 4
    recorded = files["--record"].read_text()
    assert f"accuracy = {found['figures']['accuracy']:.4f}".rstrip("0") in recorded
    assert 'note = "one epoch"' in recorded
    assert recorded.startswith('[cnn]\npublished = 0.65\nnote = "ein \\"Ü\\""\n')
    assert {file.name for file in files["--plots"].iterdir()} == {"dcnn-history.png", "dcnn-confusion.png", "README.md"}
    assert "| dcnn |" in (files["--plots"] / "README.md").read_text("utf-8")


def test_evaluate_draws_corruptions_of_two_models_side_by_side(run: Path, data: str, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    measured = ("evaluate", run, "--data", data, "--no-robustness", "--corruptions")
    other.write_text(liveclass(*measured, "--json").stdout)
    html = tmp_path / "report.html"
    result = liveclass(*measured, "--beside", other, "--plots", tmp_path / "plots", "--html", html)
    assert result.exit_code == 0
    page = html.read_text("utf-8")
    assert page.count("<img") == 4
    assert re.search(r"<td>blur, sigma in pixels: 2</td><td>0\.\d{3}", page)
    assert re.search(r"<td>confidence</td>(<td>0\.\d{3}</td>){2}", page)
    assert re.search(r"blur, sigma in pixels +2 +0\.\d{3}", result.stdout)
    assert re.search(r"corrupted( +0\.\d{3}){6}", result.stdout)
    assert {"corruptions.png", "risk.png"} <= {file.name for file in (tmp_path / "plots").iterdir()}


def test_evaluate_names_a_file_that_cannot_be_drawn_beside(run: Path, data: str, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    measured = ("evaluate", run, "--data", data, "--beside", tmp_path / "other.json")
    assert "add --corruptions and --plots" in re.sub(r"[│\s]+", " ", liveclass(*measured).stderr)
    result = liveclass(*measured, "--corruptions", "--plots", tmp_path / "plots")
    assert result.exit_code == 2
    assert "classifying" not in result.stderr, "said before anything is measured"
    assert "is not what `liveclass evaluate --corruptions --json` prints" in " ".join(result.stderr.split())


def test_evaluate_names_the_splits_that_there_are(run: Path, data: str) -> None:
    result = liveclass("evaluate", run, "--data", data, "--split", "PrivateTest")
    assert result.exit_code == 2
    assert "no split 'PrivateTest'; there are: Training, PublicTest" in result.stderr


def test_evaluate_refuses_a_folder_without_a_model(data: str, tmp_path: Path) -> None:
    result = liveclass("evaluate", tmp_path, "--data", data)
    assert result.exit_code == 2
    assert "neither a run folder" in result.stderr


def test_explain_draws_a_photograph(run: Path, tmp_path: Path) -> None:
    skimage = pytest.importorskip("skimage.data")
    photo = tmp_path / "astronaut.png"
    cv2.imwrite(str(photo), skimage.astronaut()[..., ::-1])
    result = liveclass("explain", run, photo, "--out", tmp_path / "drawn")
    assert result.exit_code == 0
    assert re.search(r"of the face at x \d+, y \d+, \d+×\d+ pixels: the (only face found|largest of)", result.stdout)
    drawn = list((tmp_path / "drawn").iterdir())
    assert len(drawn) == 5
    assert all(cv2.imread(str(file)) is not None for file in drawn)


def test_explain_draws_one_small_picture_for_the_page_of_all_networks(run: Path, tmp_path: Path) -> None:
    face, picture = tmp_path / "face.png", tmp_path / "dcnn-learned.png"
    cv2.imwrite(str(face), np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8))
    result = liveclass("explain", run, face, "--summary", picture)
    assert result.exit_code == 0
    assert str(picture) in result.stdout.replace("\n", "")
    assert cv2.imread(str(picture)).shape[1] > 3 * cv2.imread(str(picture)).shape[0]
    table = {name: NetworkFigures(reached=REACHED) for name in ("dcnn", "cnn")}
    page = comparison(table, tmp_path)
    assert "![Learned](dcnn-learned.png)" in page
    assert "cnn-history.png" not in page


def test_explore_charts_name_what_they_show_and_hide_no_bar() -> None:
    counts = {split: dict.fromkeys(LABELS, 5) for split in ("Training", "PublicTest")}
    bars = plots.bars(counts)
    FigureCanvasAgg(bars).draw()
    legend, axes = bars.legends[0].get_window_extent(), bars.axes[0].get_window_extent()
    assert legend.y0 >= axes.y1
    faces = {label: np.zeros((2, 48, 48, 1), np.uint8) for label in LABELS}
    means = plots.grid(faces, 2, ["Training", "PublicTest"])
    assert [axes.get_title() for axes in means.axes[:2]] == ["Training", "PublicTest"]


def test_explain_says_what_it_cannot_find(run: Path, tmp_path: Path) -> None:
    wall = tmp_path / "wall.png"
    cv2.imwrite(str(wall), np.full((200, 200), 128, np.uint8))
    assert "shows no upright face" in liveclass("explain", run, wall).stderr
    face = tmp_path / "face.png"
    cv2.imwrite(str(face), np.zeros((48, 48), np.uint8))
    assert "no convolution 'nose'; it has: conv2d" in liveclass("explain", run, face, "--layers", "nose").stderr


def test_tune_scores_a_trial_and_shows_it(data: str, recipe: str, folder: Path) -> None:
    study = folder / "study"
    arguments = ("tune", recipe, "--data", data, "--study", study, "--folds", 2, "--trials", 1, "--json")
    trials = json.loads(liveclass(*arguments).stdout)
    assert len(trials[0]["folds"]) == 2
    assert json.loads((study / "trials.json").read_text()) == trials
    assert (study / "study.html").read_text().count("<img") == 3
    other = liveclass(*arguments, "--share", 0.5)
    assert other.exit_code == 2
    assert "another recipe, other ranges or other data" in other.stderr


def test_margins_and_sizes_are_as_the_service_crops() -> None:
    face = np.random.default_rng(0).integers(0, 256, (1, 48, 48, 1), np.uint8)
    np.testing.assert_array_equal(with_margin(face, 0), face)
    np.testing.assert_array_equal(from_size(face, 48), face)
    assert Box(0, 0, 48, 48).with_margin(-0.2).width == 38
    cut = with_margin(face, -0.2)
    assert cut.shape == face.shape
    assert abs(int(cut[0, 0, 0, 0]) - int(face[0, 5, 5, 0])) < 60
