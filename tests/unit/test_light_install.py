"""What commands say where only a part of the packages is installed. An entry of None in sys.modules is how Python
itself marks a module that is not to be found; a new interpreter, so that nothing is imported already.
"""

import json
import subprocess
import sys

PROGRAM = """
import json, sys
for name in ("keras", "tensorflow", "matplotlib", "sklearn", "optuna", "pandas"):
    sys.modules[name] = None
from typer.testing import CliRunner
from liveclass.cli import app
from liveclass.client import LiveClassError, Timeline
said = {}
for command in sys.argv[1:]:
    answer = CliRunner().invoke(app, command.split())
    said[command] = (answer.exit_code, answer.stderr, answer.stdout)
try:
    Timeline("classrooms/7b/sessions/x", None, "", ()).to_pandas()
except LiveClassError as error:
    said["to_pandas"] = str(error)
print(json.dumps(said))
"""

COMMANDS = (
    "explore data",
    "train --architecture cnn",
    "tune dcnn",
    "evaluate run",
    "publish run",
    "explain run face.png",
    "architectures",
)


def test_every_command_names_the_extra_that_it_needs(tmp_path):
    command = [sys.executable, "-c", PROGRAM, *COMMANDS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)

    said = json.loads(done.stdout)
    assert "pip install 'liveclass[pandas]'" in said.pop("to_pandas")
    assert set(said) == set(COMMANDS)
    for status, error, output in said.values():
        assert status == 2
        assert error.endswith("add it with: pip install 'liveclass[training]'\n")
        assert error.count("\n") == 1
        assert output == ""


def test_detection_starts_without_what_only_training_and_developers_have(tmp_path):
    """Of a start, imports are the longest part: none of these is among them."""
    program = """
import sys
for name in ("tensorflow", "keras", "numba", "matplotlib", "sklearn", "pandas"):
    sys.modules[name] = None
import liveclass.detection.service
from liveclass.vision.faces import HaarDetector
HaarDetector()
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
