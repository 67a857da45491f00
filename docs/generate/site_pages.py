"""MkDocs hooks: pages that are not written in docs/, and links that leave it.

- README is the site's first page; other Markdown of the repository is in the site under its own path.
- The reference of the contracts is made from the protos' comments.
- A link to a file of the repository that is not in the site becomes plain text; a link to nothing fails the
  build.
"""

import logging
import posixpath
import re
from pathlib import Path

from contract_pages import contract_pages
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]

README = "README.md"

REPOSITORY_PAGES = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "deploy/README.md",
    "model_repository/emotion/README.md",
    "model_repository/emotion/figures/README.md",
)
"""Markdown outside docs/ that is part of the site, where it exists."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")
FENCE = re.compile(r"^(```.*?^```$)", re.DOTALL | re.MULTILINE)
REMOTE_ASSET = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//[^>]*>")

log = logging.getLogger("mkdocs.hooks.site_pages")  # mkdocs counts its warnings: with --strict they fail the build


def on_files(files: Files, config: MkDocsConfig) -> Files:
    files.append(File.generated(config, "index.md", content=(ROOT / README).read_text("utf-8")))
    for path in REPOSITORY_PAGES:
        if (ROOT / path).exists():
            files.append(File.generated(config, path, content=(ROOT / path).read_text("utf-8")))
    for image in sorted((ROOT / "model_repository" / "emotion" / "figures").glob("*.png")):
        files.append(File.generated(config, image.relative_to(ROOT).as_posix(), abs_src_path=str(image)))
    for name, markdown in contract_pages(ROOT / "proto").items():
        files.append(File.generated(config, f"reference/{name}", content=markdown))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001  # MkDocs passes it by name
    here = _in_repository(page.file.src_uri)

    def mended(match: re.Match[str]) -> str:
        image, text, target, anchor = match.group(1), match.group(2), match.group(3), match.group(4) or ""
        if not target or "://" in target or target.startswith("mailto:"):
            return match.group(0)
        there = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
        in_site = _in_site(there)
        if files.get_file_from_path(in_site):
            relative = posixpath.relpath(in_site, posixpath.dirname(page.file.src_uri) or ".")
            return f"{image}[{text}]({relative}{anchor})"
        if not (ROOT / there).exists():
            log.warning("%s links to %s, which does not exist", here, target)
        return text

    parts = FENCE.split(markdown)
    return "".join(part if FENCE.fullmatch(part) else LINK.sub(mended, part) for part in parts)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001  # the same
    for tag in REMOTE_ASSET.findall(output):
        if 'rel="canonical"' not in tag:
            log.warning("%s would load %s from elsewhere", page.file.src_uri, tag)
    return output


def _in_repository(src_uri: str) -> str:
    """The path in the repository of a page of the site; a generated one stays where it is in the site."""
    if src_uri == "index.md":
        return README
    return src_uri if src_uri in REPOSITORY_PAGES else f"docs/{src_uri}"


def _in_site(path: str) -> str:
    """The page of a path in the repository."""
    if path == README:
        return "index.md"
    return path.removeprefix("docs/")
