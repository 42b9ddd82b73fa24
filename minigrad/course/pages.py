"""Lessons as web pages: as nbconvert makes them, but readable for everybody, and with links from one to the next."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from minigrad.course.files import PACKAGE, course_folder, lessons

TEMPLATES = PACKAGE / "course" / "jupyter"  # "page" is there, the template
LINK = re.compile(r'<a href="([^"]+)\.ipynb">(.*?)</a>', re.DOTALL)


def write_pages(names: Collection[str], folder: Path) -> Iterator[Path]:
    """Write the pages of these lessons ("03"), with the outputs that the course has, and yield each one's file."""
    folder.mkdir(parents=True, exist_ok=True)
    notebooks = [course_folder() / lessons()[name] for name in names]
    there = {path.stem for path in (*notebooks, *folder.glob("*.html"))}
    for notebook in notebooks:
        page = folder / f"{notebook.stem}.html"
        page.write_text(as_page(notebook, there), encoding="utf-8", newline="\n")
        yield page


def as_page(notebook: Path, there: Collection[str]) -> str:
    """The HTML of a lesson, which needs no other file and not the net; `there` are the pages that it may link to."""
    lesson = nbformat.read(notebook, as_version=4)
    lesson.metadata.title = lesson.cells[0].source.partition("\n")[0].lstrip("# ").replace("`", "")
    html, _ = HTMLExporter(template_name="page", extra_template_basedirs=[str(TEMPLATES)]).from_notebook_node(lesson)
    return LINK.sub(lambda link: to_page(link, there), html)


def to_page(link: re.Match[str], there: Collection[str]) -> str:
    """A link to a notebook becomes one to its page, or nothing but its words where no page is."""
    target, words = link.groups()
    return f'<a href="{target}.html">{words}</a>' if target in there else words
