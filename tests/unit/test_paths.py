"""Where models and the database are: the same for every program, whatever folder it is started in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from liveclass.paths import data_directory, model_repository

ROOT = Path(__file__).parents[2]


def settings_seen_in(folder: Path, **more: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVECLASS_")} | more
    command = [sys.executable, "-m", "liveclass.cli", "settings", "--json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return {line["variable"]: line["value"] for line in map(json.loads, done.stdout.splitlines())}


def test_every_folder_gives_the_same_places(tmp_path):
    (tmp_path / "model_repository").mkdir()

    here, there = settings_seen_in(ROOT), settings_seen_in(tmp_path)

    for variable in ("LIVECLASS_MODEL_REPOSITORY", "LIVECLASS_DATA_DIRECTORY", "LIVECLASS_DATABASE_URL"):
        assert here[variable] == there[variable]
    assert here["LIVECLASS_MODEL_REPOSITORY"] == str(ROOT / "model_repository")
    assert here["LIVECLASS_DATABASE_URL"] == f"sqlite+aiosqlite:///{here['LIVECLASS_DATA_DIRECTORY']}/liveclass.db"


def test_the_database_is_in_the_data_directory_that_is_set(tmp_path):
    seen = settings_seen_in(tmp_path, LIVECLASS_DATA_DIRECTORY=str(tmp_path / "here"))

    assert seen["LIVECLASS_DATABASE_URL"] == f"sqlite+aiosqlite:///{tmp_path}/here/liveclass.db"


@pytest.mark.parametrize("program", ["liveclass.triton", "liveclass.cli"])
def test_triton_and_up_look_for_models_in_the_same_place_from_any_folder(program, tmp_path):
    """Both are told of a repository without a model, which both name."""
    environment = {**os.environ, "LIVECLASS_MODEL_REPOSITORY": str(tmp_path / "none"), "COLUMNS": "300"}
    command = [sys.executable, "-m", program, *(["doctor"] if program == "liveclass.cli" else [])]

    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert str(tmp_path / "none" / "emotion") in done.stdout + done.stderr


def test_without_a_source_tree_both_are_in_the_users_data_folder(tmp_path):
    """The package as it is installed: copied to where no source tree is around it."""
    package = tmp_path / "site-packages" / "liveclass"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "paths.py").write_text((ROOT / "services/liveclass/paths.py").read_text("utf-8"), "utf-8")
    program = "from liveclass.paths import *; print(model_repository({'HOME': '/h'}), data_directory({'HOME': '/h'}))"

    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(package.parent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == ["/h/.local/share/liveclass/model_repository", "/h/.local/share/liveclass"]


def test_variables_come_first():
    given = {"LIVECLASS_MODEL_REPOSITORY": "/models", "LIVECLASS_DATA_DIRECTORY": "/data"}

    assert (model_repository(given), data_directory(given)) == (Path("/models"), Path("/data"))
