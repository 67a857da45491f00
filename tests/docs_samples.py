"""The samples of README and docs: what is to be run, and whether an answer is the one written there."""

import re
from pathlib import Path

from deploy_helpers import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

VOLATILE = {
    "<time>": r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)",
    "<id>": r"\b[0-9a-f]{16,32}\b",
    "<data>": r"[A-Za-z0-9+/]{24,}(…|=*)",
    "<seconds>": r"\d+\.\d+s",
    "<number>": r"-?\d+(\.\d+)?(e-?\d+)?",
    "<emotion>": r"EMOTION_[A-Z]+",
}
"""What differs from run to run: not compared."""

ELISION = "…"


def blocks(page: Path, language: str) -> list[tuple[str, str]]:
    """Each block of code in `language`, and the block of plain text right after it (empty where there is none)."""
    found = rf"^```{language}\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?"
    return re.findall(found, page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def grpcurl_calls(page: Path) -> list[tuple[str, str]]:
    """Command and answer of each call, in the page's order."""
    calls = []
    for block, _ in blocks(page, "console"):
        for call in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = call.partition("\n")
            if "grpcurl " in command:
                calls.append((command, answer))
    return calls


def steady(text: str) -> list[str]:
    """The lines of an answer without what differs from run to run; nor scores, as JSON leaves out those that are 0."""
    for name, pattern in VOLATILE.items():
        text = re.sub(pattern, name, text)
    lines = [line.strip().removesuffix(",") for line in text.splitlines()]
    return [line for line in lines if line and not re.fullmatch(r'"\w*(score|share)\w*": <number>', line)]


def answers_as_written(output: str, written: str) -> bool:
    """Whether `output` is what the page has; "…" on a line of its own stands for any number of lines."""
    expected = "".join(r"(.*\n)*?" if line == ELISION else re.escape(line) + "\n" for line in steady(written))
    return bool(re.fullmatch(expected, "".join(line + "\n" for line in steady(output))))
