"""The exercises of an assignment, as its instructor wrote them: which graded cells are one, and its heading."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.scores import Place

FENCED = re.compile(r"^ *(```|~~~).*?(^ *\1|\Z)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?)[ #]*$", re.MULTILINE)
LAST_WORD = re.compile(r"[-_.]?[^-_.]*$")


@dataclass(frozen=True)
class Exercise:
    """Cells whose points are looked at together: one, or the tests behind an answer that are called after it.

    So are `mean-check` and `mean-hidden`, behind `mean-answer`. `title` is the heading above, where that tells it.
    """

    notebook: str
    cells: tuple[str, ...]  # nbgrader's grade_ids
    title: str


def exercises(course: CourseFolder, assignment: str, places: Iterable[Place]) -> list[Exercise]:
    """As they follow each other in the instructor's notebooks; what is not found there comes behind, by name."""
    places = set(places)
    listed: list[tuple[str, tuple[str, ...], str]] = []
    with suppress(OSError, ValueError, AttributeError, KeyError):
        for path in sorted(course.masters(assignment).glob("*.ipynb")):
            notebook = nbformat.v4.reads(path.read_text(encoding="utf-8-sig"))
            graded = {cell for where, cell in places if where == path.stem}
            listed += [(path.stem, cells, heading) for cells, heading in in_notebook(notebook, graded)]
    known = {(notebook, cell) for notebook, cells, _ in listed for cell in cells}
    others = sorted(places - known, key=lambda place: numbers_as_numbers("/".join(place)))
    return titled([*listed, *((notebook, (cell,), "") for notebook, cell in others)])


def in_notebook(notebook: NotebookNode, graded: set[str]) -> Iterable[tuple[tuple[str, ...], str]]:
    """The names of cells that belong together, and the heading above them."""
    found: list[tuple[list[str], str]] = []
    heading = answer = ""
    behind = False  # whether the last one is a test of the last answer, under the same heading
    for cell in notebook.cells:
        facts = cell.metadata.get("nbgrader", {})
        name = str(facts.get("grade_id", ""))
        if cell.cell_type == "markdown" and (below := heading_in(cell.source)):
            heading, behind = below, False
        if name in graded:
            of_answer = is_called_after(name, answer)
            if of_answer and behind:
                found[-1][0].append(name)
            else:
                found.append(([name], heading))
            behind = of_answer
        if facts.get("solution"):
            answer, behind = name, False
    return [(tuple(cells), heading) for cells, heading in found]


def is_called_after(test: str, answer: str) -> bool:
    """So are "mean-check" and "mean-hidden" after "mean" or "mean-answer"."""
    stem = LAST_WORD.sub("", test)
    return bool(stem) and stem in (answer, LAST_WORD.sub("", answer))


def titled(listed: Iterable[tuple[str, tuple[str, ...], str]]) -> list[Exercise]:
    """A heading is enough where it is of one exercise. One that is of the whole notebook says nothing."""
    listed = list(listed)
    under = Counter((notebook, heading) for notebook, _, heading in listed)
    number = Counter(notebook for notebook, _, _ in listed)
    found = []
    for notebook, cells, heading in listed:
        count, names = under[notebook, heading], ", ".join(cells)
        if heading and count == 1:
            title = heading
        else:
            title = f"{heading}: {names}" if heading and count < number[notebook] else names
        found.append(Exercise(notebook, cells, title))
    return found


def heading_in(text: str) -> str:
    """The last heading in a text cell: it is the one above the next cell."""
    found = HEADING.findall(FENCED.sub("", text))
    return found[-1].replace("`", "") if found else ""


def spelled(places: Sequence[Place]) -> dict[Place, str]:
    """How cells are called in tables, as in `minigrad grade --marks`: with the notebook where several have the name."""
    times = Counter(cell for _, cell in places)
    return {(notebook, cell): f"{notebook}:{cell}" if times[cell] > 1 else cell for notebook, cell in places}


def numbers_as_numbers(name: str) -> list[tuple[int, str]]:
    """Sorts question-10 behind question-9."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
