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

LETTERS = 200_000  # of all texts on a page; what is longer stays as it was written
LARGEST, TOGETHER = 2_000_000, 8_000_000  # bytes of one picture, and of all on a page
KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml"}
NAMED = re.compile(r"!\[|<img\b", re.IGNORECASE)
PICTURE = re.compile(r"""(<img\b[^<>]*?\ssrc\s*=\s*)(["'])([^"'<>]+)\2""", re.IGNORECASE)


class Room:
    """What one page takes of texts and pictures, which may lie in a folder: that of the notebook."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder, self.letters, self.bytes = folder, LETTERS, TOGETHER

    def has(self, text: str) -> bool:
        """Whether there is room for a text, which then takes it."""
        fits = len(text) <= self.letters
        self.letters -= len(text) if fits else 0
        return fits

    def takes(self, size: int) -> bool:
        """Whether there is room for a picture, which then takes it."""
        fits = size <= min(LARGEST, self.bytes)
        self.bytes -= size if fits else 0
        return fits

    def embedded(self, html: str) -> str:
        """HTML with the pictures that it names in it, as far as they are small enough; the others keep their words."""
        return PICTURE.sub(lambda found: f"{found[1]}{found[2]}{self.address(found[3])}{found[2]}", html)

    def address(self, name: str) -> str:
        """A picture's data as an address; or the name, if there is no such picture."""
        path = PurePosixPath(unquote(name).replace("\0", ""))
        kind = KINDS.get(path.suffix.lower())
        place = within(self.folder.resolve(), self.folder / path) if self.folder and kind else None
        if place is None or not self.takes(place.stat().st_size):
            return name
        return f"data:image/{kind};base64,{base64.b64encode(place.read_bytes()).decode()}"


def from_markdown(source: str, room: Room | None = None,
                  attachments: Mapping[str, Mapping[str, str]] | None = None) -> Markup:  # fmt: skip
    """A text in Markdown, with the pictures that were pasted into it."""
    room = room or Room()
    if not room.has(source):
        return escape(source)
    if attachments or room.folder and NAMED.search(source):
        return safe_html(room.embedded(laid_out(source, Attachments(room, attachments or {}))))
    return laid_out_before(source)


@lru_cache(maxsize=256)  # most text is the same in all submissions
def laid_out_before(source: str) -> Markup:
    return safe_html(laid_out(source, Attachments(Room(), {})))


def laid_out(source: str, attachments: "Attachments") -> str:
    """HTML that may hold anything."""
    renderer = Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


class Renderer(IPythonRenderer):
    def inline_math(self, body: str) -> str:
        return drawn(body, alone=False)

    def block_math(self, body: str) -> str:
        return drawn(body, alone=True)

    def latex_environment(self, name: str, body: str) -> str:
        return drawn(f"\\begin{{{name}}}{body}\\end{{{name}}}", alone=True)


class Attachments(dict):
    """The pictures in a text cell, by name, asked for each time that one is shown.

    One that is not there, or has no room, is no picture, and no error either.
    """

    def __init__(self, room: Room, pasted: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(pasted)
        self.room = room

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Mapping[str, str]:
        bundle = self.get(name, {})
        return bundle if bundle and self.room.takes(sum(map(len, bundle.values()))) else {"image/png": ""}
