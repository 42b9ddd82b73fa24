"""Each style as a notebook of one exercise, and as many submissions as it has answers."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_cells import marked

from styles.style import Style


def notebook(style: Style, program: str) -> bytes:
    cells = [marked(new_code_cell(style.setup), "setup", locked=True),
             marked(new_code_cell(program), "answer", solution=True),
             marked(new_code_cell(style.before), "before", grade=True, locked=True, points=1.0),
             marked(new_code_cell(style.test), "test", grade=True, locked=True, points=style.points)]  # fmt: skip
    there = [cell for cell in cells if cell.source or cell.metadata.nbgrader["solution"]]
    return nbformat.writes(new_notebook(cells=there)).encode()
