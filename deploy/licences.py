"""Writes docs/licences.md: under which licence every pinned package comes, and where it is used.

python deploy/licences.py [--check]

Read from the metadata of what `make setup` has installed. Exits 1 for a licence that is not on the list of those that
go with Apache-2.0, and with --check where the page is not what would be written.
"""

import re
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/licences.md"

PINS = {
    "services": ROOT / "requirements.txt",
    "triton-cpu": ROOT / "services/liveclass/triton/requirements.txt",
    "development": ROOT / "requirements-dev.txt",
}
"""What is pinned for each use; `development` is in no image."""

PERMISSIVE = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
        "ZPL-2.1",
        "Zlib",
    }
)
"""Ask for no more than their text and a notice."""

WEAK_COPYLEFT = {
    "LGPL-2.1-only": "used unchanged, as a package of its own that can be replaced",
    "MPL-2.0": "used unchanged; its own files stay under it",
}
"""May be used by and shipped beside software under Apache-2.0, for the reason given."""

NAMES = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""What packages without an SPDX expression say, in the words of SPDX."""

READ_BY_HAND = {
    "async-timeout": "Apache-2.0",
    "backports-asyncio-runner": "PSF-2.0",
    "cffi": "MIT-0",
    "exceptiongroup": "MIT",
    "httpcore2": "BSD-3-Clause",
    "httpx2": "BSD-3-Clause",
    "namex": "Apache-2.0",
    "pycparser": "BSD-3-Clause",
    "tomli": "MIT",
    "truststore": "MIT",
}
"""Of packages that are for another Python or platform only, and of those whose metadata says nothing."""

HEADER = """# Licences

Every Python package that is pinned, from the metadata of what is installed, by `python deploy/licences.py`; a test
fails when a pin has no row here, or one whose licence does not go with Apache-2.0. *services* and *triton-cpu* are
[images](images.md); *development* is for tests, training and tools, and in no image.

- The images' Debian packages bring their licences along in `/usr/share/doc/*/copyright`.
- OpenCV's package brings FFmpeg and others under LGPL-2.1, as libraries of their own (`cv2/LICENSE-3RD-PARTY.txt`).
- `triton-cpu` holds NVIDIA Triton (BSD-3-Clause) from the package nvidia-pytriton. The image `triton` stands on
  NVIDIA's, with CUDA under NVIDIA's own terms: whoever builds it accepts them.
- The page's uPlot is MIT (`services/liveclass/web/static/vendor/uPlot.LICENSE`); Envoy is Apache-2.0.
"""


def pinned(file: Path) -> set[str]:
    return {normalised(name) for name in re.findall(r"^([\w.-]+)(?:\[\S+\])?==", file.read_text("utf-8"), re.MULTILINE)}


def normalised(package: str) -> str:
    """As of PEP 503."""
    return re.sub(r"[-_.]+", "-", package).lower()


def installed() -> Mapping[str, metadata.Distribution]:
    """What is in both environments of `make setup`."""
    folders = [str(path) for path in ROOT.glob(".venv/**/site-packages")]
    return {normalised(each.metadata["Name"]): each for each in metadata.distributions(path=folders)}


def licence(package: str, found: Mapping[str, metadata.Distribution]) -> str:
    """The SPDX expression of the package. Raises `LookupError` where nothing says it."""
    if package in READ_BY_HAND:
        return READ_BY_HAND[package]
    if package not in found:
        message = f"{package} is not installed: add its licence to READ_BY_HAND"
        raise LookupError(message)
    about = found[package].metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License")]
    said = [line for line in classifiers if line != "DFSG approved"] or [str(about.get("License", "")).split("\n")[0]]
    names = sorted({NAMES.get(line.lower(), line) for line in said})
    if names == [""]:
        message = f"{package} does not say its licence: add it to READ_BY_HAND"
        raise LookupError(message)
    return " OR ".join(names)


def is_compatible(expression: str) -> bool:
    """Whether every part of it goes with Apache-2.0; where one may choose, whether one of them does."""
    allowed = PERMISSIVE | set(WEAK_COPYLEFT)
    return any(
        all(part.strip(" ()") in allowed for part in choice.split(" AND ")) for choice in expression.split(" OR ")
    )


def table() -> dict[str, tuple[str, list[str]]]:
    """For each package its licence and the uses that pin it."""
    found, uses = installed(), {use: pinned(file) for use, file in PINS.items()}
    return {
        package: (licence(package, found), [use for use in uses if package in uses[use]])
        for package in sorted(set().union(*uses.values()))
    }


def page(rows: Mapping[str, tuple[str, list[str]]]) -> str:
    lines = [HEADER, "| licence | why it goes with Apache-2.0 |", "|---|---|"]
    lines += [f"| {name} | {reason} |" for name, reason in WEAK_COPYLEFT.items()]
    lines += ["| all others | ask for no more than their text and a notice |", "", "| package | licence | used by |"]
    lines += ["|---|---|---|", *(f"| {name} | {text} | {', '.join(uses)} |" for name, (text, uses) in rows.items())]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    rows = table()
    bad = [
        f"{name}: {text} is not known to go with Apache-2.0"
        for name, (text, _) in rows.items()
        if not is_compatible(text)
    ]
    written = page(rows)
    if arguments == ["--check"] and PAGE.read_text("utf-8") != written:
        bad.append(f"{PAGE} is not up to date: run python deploy/licences.py")
    elif not arguments:
        PAGE.write_text(written, "utf-8")
    sys.stderr.write("".join(f"{line}\n" for line in bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
