"""The folder that Triton serves: which versions it holds, and how one comes and goes in a single step."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.errors import TrainingError
from liveclass.training.model_card import ModelCard

MODEL = "emotion"
SAVED_MODEL = "model.savedmodel"
CARD, README = "card.json", "README.md"
LABELS_TEXT = "".join(f"{label}\n" for label in LABELS)


VOTES_OUTPUT = """

output [
  {
    name: "votes" # the share of ten annotators that choose each emotion
    data_type: TYPE_FP32
    dims: [ 7 ]
    label_filename: "labels.txt"
  }
]
"""


class RepositoryError(TrainingError):
    """The repository is not as it must be, and was left as it is; the message says what is wrong."""


@dataclass(frozen=True)
class Repository:
    """`<folder>/emotion/` with config.pbtxt, labels.txt, the model card, and `<version>/model.savedmodel`."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    def versions(self) -> list[int]:
        """Newest first."""
        names = [entry.name for entry in self.model.glob("*") if entry.is_dir()]
        return sorted((int(name) for name in names if name.isdecimal() and name[0] != "0"), reverse=True)

    def check(self) -> None:
        """Raises `RepositoryError` where what is there already would serve another kind of model."""
        labels, config = self.model / "labels.txt", self.model / "config.pbtxt"
        if labels.is_file() and labels.read_text("utf-8") != LABELS_TEXT:
            raise RepositoryError(f"{labels} does not hold the labels {', '.join(LABELS)}, one a line")
        if config.is_file():
            _check_config(config)

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A new folder on the same file system, where Triton does not look; it is gone afterwards."""
        parent = self.folder.resolve().parent
        if not parent.is_dir():
            raise RepositoryError(f"{parent} does not exist")
        is_mounted = self.folder.is_dir() and self.folder.stat().st_dev != parent.stat().st_dev
        # In a mounted repository there is no beside. Triton ignores folders whose names are no numbers.
        folder = tempfile.mkdtemp(prefix=".publishing-", dir=self.model if is_mounted else parent)
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def add(self, staged: Path, version: int) -> None:
        """Moves the folder `staged` into place as `version` in one step, then writes what stands around it."""
        self.model.mkdir(parents=True, exist_ok=True)
        for name, text in (("labels.txt", LABELS_TEXT), ("config.pbtxt", default_config())):
            if not (self.model / name).exists():
                (self.model / name).write_text(text, "utf-8")
        if self._answers_votes(staged):
            self._list_votes()
        try:
            staged.rename(self.model / str(version))
        except OSError as error:
            raise RepositoryError(f"version {version} has been published by somebody else just now") from error
        self._write_readme()

    def replace(self, staged: Path, version: int, aside: Path) -> None:
        """Puts `staged` in the place of `version`, which goes to `aside`; between the two there is no such version."""
        (self.model / str(version)).rename(aside)
        try:
            self.add(staged, version)
        except BaseException:
            aside.rename(self.model / str(version))
            raise

    def remove_newest(self) -> int:
        """Takes the newest version away, so that the one before it is served; returns its number.

        Raises `RepositoryError` where it is the only one.
        """
        versions = self.versions()
        if len(versions) < 2:
            raise RepositoryError(f"{self.model} has {'one version' if versions else 'no version'}; none to go back to")
        with self.staging() as staging:
            (self.model / str(versions[0])).rename(staging / str(versions[0]))
            self._write_readme()
        return versions[0]

    @staticmethod
    def _answers_votes(staged: Path) -> bool:
        card = _read_card(staged)
        return card is not None and card.answers_votes

    def _list_votes(self) -> None:
        """Adds the output `votes` to a config.pbtxt from before there was one; Triton answers no output unlisted."""
        config = self.model / "config.pbtxt"
        text = config.read_text("utf-8")
        if all(tensor.name != "votes" for tensor in text_format.Parse(text, model_config_pb2.ModelConfig()).output):
            new = config.with_name(".config.pbtxt.new")
            new.write_text(text.rstrip() + VOTES_OUTPUT, "utf-8")
            new.replace(config)

    def _card(self, version: int) -> ModelCard | None:
        """None for a version that was put there by other means."""
        return _read_card(self.model / str(version))

    def _write_readme(self) -> None:
        """Shows the card of the newest version, and the others in a table."""
        cards = [card for card in map(self._card, self.versions()) if card]
        if not cards:
            return
        file, new = self.model / README, self.model / f".{README}.new"
        new.write_text(cards[0].to_markdown(older=cards[1:]), "utf-8")
        new.replace(file)


def _read_card(version: Path) -> ModelCard | None:
    file = version / CARD
    return ModelCard.model_validate_json(file.read_text("utf-8")) if file.is_file() else None


def default_config() -> str:
    """The config.pbtxt that a new repository begins with."""
    return (resources.files("liveclass.triton") / "config.pbtxt").read_text("utf-8")


def _check_config(file: Path) -> None:
    try:
        config = text_format.Parse(file.read_text("utf-8"), model_config_pb2.ModelConfig())
    except text_format.ParseError as error:
        raise RepositoryError(f"{file} cannot be read: {error}") from error
    tensors = [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in (*config.input, *config.output)]
    wanted = [
        ("face", model_config_pb2.TYPE_UINT8, [FACE_SIZE, FACE_SIZE, 1]),
        ("scores", model_config_pb2.TYPE_FP32, [len(LABELS)]),
        ("votes", model_config_pb2.TYPE_FP32, [len(LABELS)]),
    ]
    is_ours = tensors in (wanted, wanted[:2])  # a repository from before there were votes lists no such output
    if config.platform != "tensorflow_savedmodel" or config.max_batch_size < 1 or not is_ours:
        raise RepositoryError(
            f"{file} describes another model: it needs platform tensorflow_savedmodel, max_batch_size, the input "
            f"face uint8 [{FACE_SIZE}, {FACE_SIZE}, 1] and the outputs scores and votes fp32 [{len(LABELS)}]"
        )
