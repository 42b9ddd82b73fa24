"""A text cell, as a page shows it: formulas are drawn, and pictures that lie beside the notebook are in it."""

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from minigrad.grading.formulas import drawn
from minigrad.grading.handed_in import within
from minigrad.grading.safe_html import safe_html

LONGEST = 200_000  # letters of a text that is laid out; what is longer stays as it was written
LARGEST, TOGETHER = 1_000_000, 4_000_000  # bytes of one picture, and of all on a page
KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml"}
NAMED = re.compile(r"!\[|<img\b", re.IGNORECASE)
PICTURE = re.compile(r"""(<img\b[^<>]*?\ssrc\s*=\s*)(["'])([^"'<>]+)\2""", re.IGNORECASE)


class Beside:
    """The pictures that lie beside one notebook, for one page. Without a folder there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder, self.left = folder, TOGETHER

    def embedded(self, html: str) -> str:
        """HTML with the pictures that it names in it, as far as they are small enough; the others keep their words."""
        return PICTURE.sub(lambda found: f"{found[1]}{found[2]}{self.address(found[3])}{found[2]}", html)

    def address(self, name: str) -> str:
        """A picture's data as an address; or the name, if there is no such picture."""
        path = PurePosixPath(unquote(name).replace("\0", ""))
        kind = KINDS.get(path.suffix.lower())
        place = within(self.folder.resolve(), self.folder / path) if self.folder and kind else None
        if place is None or (size := place.stat().st_size) > min(LARGEST, self.left):
            return name
        self.left -= size
        return f"data:image/{kind};base64,{base64.b64encode(place.read_bytes()).decode()}"


NOTHING = Beside()


def from_markdown(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None,
                  beside: Beside = NOTHING) -> Markup:  # fmt: skip
    """A text cell's text; also any other text in Markdown, without pictures then."""
    if len(source) > LONGEST:
        return escape(source)
    if attachments or beside.folder and NAMED.search(source):
        return safe_html(beside.embedded(laid_out(source, attachments or {})))
    return laid_out_before(source)


@lru_cache(maxsize=256)  # most text is the same in all submissions
def laid_out_before(source: str) -> Markup:
    return safe_html(laid_out(source, {}))


def laid_out(source: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """HTML that may hold anything."""
    return MarkdownWithMath(renderer=Renderer(attachments)).render(source)


class Renderer(IPythonRenderer):
    def __init__(self, attachments: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(escape=False, attachments=Attachments(attachments), exclude_anchor_links=True)

    def inline_math(self, body: str) -> str:
        return drawn(body, alone=False)

    def block_math(self, body: str) -> str:
        return drawn(body, alone=True)

    def latex_environment(self, name: str, body: str) -> str:
        return drawn(f"\\begin{{{name}}}{body}\\end{{{name}}}", alone=True)


class Attachments(dict):
    """The pictures in a text cell, by name. One that is not there is no picture, and no error either."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> dict[str, str]:
        return {"image/png": ""}
