"""MkDocs hook: puts documents that live outside docs/ on the site, and mends the links between all of them.

Links are written for readers of the repository. Here a link to another document leads to its page; a link to any other
file of the repository becomes plain text, because the site does not carry the code. A link to nothing is a warning, and
warnings end the build.
"""

from __future__ import annotations

import logging
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]

PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "models/README.md": "models.md",
    "sample_videos/README.md": "samples.md",
    "validation/README.md": "validation.md",
    "validation/RESULTS.md": "results.md",
}
"""Documents outside docs/, and the page that each becomes."""

_SOURCES = {page: document for document, page in PAGES.items()}
_LINK = re.compile(r"(?P<mark>!?)\[(?P<label>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"(^```.*?^```|``[^`].*?``|`[^`\n]*`)", re.DOTALL | re.MULTILINE)
_ELSEWHERE = ("http://", "https://", "mailto:", "#")

_log = logging.getLogger("mkdocs.hooks.docs_pages")


def on_files(files: Any, *, config: Any) -> Any:
    """Add the documents outside docs/ and the pictures they show."""
    for document, page in PAGES.items():
        path = ROOT / document
        files.append(File.generated(config, page, abs_src_path=str(path)))
        for mark, _, target in _LINK.findall(path.read_text(encoding="utf-8")):
            picture = posixpath.normpath(posixpath.join(posixpath.dirname(document), target))
            if mark and not target.startswith(_ELSEWHERE) and not picture.startswith("docs/"):
                files.append(File.generated(config, picture, abs_src_path=str(ROOT / picture)))
    return files


def on_page_markdown(markdown: str, *, page: Any, files: Any, **_: Any) -> str:
    """Mend the links of one page; what stands in code is left alone."""
    here = page.file.src_uri
    document = _SOURCES.get(here, f"docs/{here}")

    def mended(match: re.Match[str]) -> str:
        mark, label, target = match["mark"], match["label"], match["target"]
        if target.startswith(_ELSEWHERE):
            return match[0]
        path, _, anchor = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(document), path))
        there = PAGES.get(wanted, wanted.removeprefix("docs/"))
        if files.get_file_from_path(there) is not None:
            link = posixpath.relpath(there, posixpath.dirname(here) or ".")
            return f"{mark}[{label}]({link}{'#' + anchor if anchor else ''})"
        if not (ROOT / wanted).exists():
            _log.warning("%s links to %s, which does not exist", document, target)
        return str(label)

    parts = _CODE.split(markdown)
    return "".join(part if at % 2 else _LINK.sub(mended, part) for at, part in enumerate(parts))
