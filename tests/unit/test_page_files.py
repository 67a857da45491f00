"""The files of the page: texts in both languages, and the library that was not written here."""

import hashlib
import re
from pathlib import Path

import pytest

import liveclass.web
from liveclass.client.colours import colour
from liveclass.emotions import Emotion

STATIC = Path(liveclass.web.__file__).parent / "static"
OWN_FILES = sorted([*STATIC.glob("*.js"), *STATIC.glob("*.html")])
MESSAGE = re.compile(r'^  "([\w.]+)": \[\s*"(.+?)",\s*"(.+?)",?\s*\],$', re.MULTILINE)
MESSAGES = {key: texts for key, *texts in MESSAGE.findall((STATIC / "messages.js").read_text("utf-8"))}
KEY = re.compile(
    r'\bt\("([\w.]+)"|data-(?:t|t-label|title)="([\w.]+)"|"((?:nav|range|chart|export|operator|camera|invite)\.[\w.]+)"'
)


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
def test_every_text_that_is_shown_has_a_message(path: Path) -> None:
    shown = {key for found in KEY.findall(path.read_text("utf-8")) for key in found if key}
    assert shown - set(MESSAGES) == set()


def test_both_languages_fill_in_the_same_values() -> None:
    assert MESSAGES["nav.skip"] == ["Skip to content", "Zum Inhalt"]
    names = {key: [set(re.findall(r"\{\w+\}", text)) for text in texts] for key, texts in MESSAGES.items()}
    assert {key: pair for key, pair in names.items() if pair[0] != pair[1]} == {}


def test_emotions_have_the_colours_of_every_other_picture() -> None:
    text = (STATIC / "emotions.js").read_text("utf-8")
    shown = re.findall(r'key: "EMOTION_(\w+)", colour: "(#\w+)"', text)
    assert shown == [(emotion.name, colour(emotion)) for emotion in Emotion]


def test_the_drawing_library_is_what_was_published() -> None:
    for line in (STATIC / "vendor" / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest


def test_nothing_runs_or_is_styled_inside_the_html_and_nothing_comes_from_elsewhere() -> None:
    for path in STATIC.glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<script>|<style|\son\w+=|\sstyle=|https?://", text), path.name
