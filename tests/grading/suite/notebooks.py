"""Cells made into notebooks: the instructor's, and the one that is released to students."""

from functools import cache

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader_cells import marked

from suite.assignment import CELLS, Cell

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
FLAGS = {  # grade, solution, locked
    "locked": (False, False, True),
    "solution": (False, True, False),
    "test": (True, False, True),
    "by hand": (True, True, False),
    "essay": (True, True, False),
}


def made(cell: Cell, number: int = 0) -> NotebookNode:
    """A cell as nbgrader's formgrader and its toolbar would have made it."""
    build = new_markdown_cell if cell.kind in ("text", "essay") else new_code_cell
    built = build(cell.source, id=f"cell-{number:02}")
    if cell.kind in FLAGS:
        grade, solution, locked = FLAGS[cell.kind]
        points = {"points": cell.points} if grade else {}
        marked(built, cell.name, grade=grade, solution=solution, locked=locked, **points)
    return built


@cache
def master_text() -> str:
    cells = [made(cell, number) for number, cell in enumerate(CELLS)]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    return nbformat.writes(notebook)


def master() -> NotebookNode:
    """The instructor's notebook, with the right answers and the hidden tests."""
    return nbformat.reads(master_text(), as_version=4)


@cache
def release_text() -> str:
    from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, ComputeChecksums

    notebook, resources = master(), {}
    for step in (ClearSolutions(), ClearHiddenTests(), ComputeChecksums()):
        notebook, resources = step.preprocess(notebook, resources)
    return nbformat.writes(notebook)


def release() -> NotebookNode:
    """What students get: stubs, and the visible tests only."""
    return nbformat.reads(release_text(), as_version=4)


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with this grade_id."""
    [cell] = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return cell
