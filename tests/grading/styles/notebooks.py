"""Each style as a notebook of one exercise, and as many submissions as it has answers."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from styles.style import Style


def marked(source: str, name: str, points: float | None = None, locked: bool = True) -> nbformat.NotebookNode:
    marks = {"schema_version": 3, "grade_id": name, "grade": points is not None, "solution": not locked,
           "locked": locked,
             "task": False}  # fmt: skip
    if points is not None:
        marks["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": marks})


def notebook(style: Style, program: str) -> bytes:
    cells = [marked(style.setup, "setup"), marked(program, "answer", locked=False), marked(style.before, "before", 1.0),
             marked(style.test, "test", style.points)]  # fmt: skip
    return nbformat.writes(new_notebook(cells=[cell for cell in cells if cell.source or cell.id == "answer"])).encode()
