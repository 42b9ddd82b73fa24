"""An ordinary assignment, as its instructor wrote it and as students get it, to read submissions to."""

import json
from copy import deepcopy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from nbgrader_cells import marked

from minigrad.grading import assignment
from minigrad.grading.as_given_out import as_given_out
from minigrad.grading.submission import Reader

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def named(cell, name, **marks):
    cell.id = f"id-{name}"
    return marked(cell, name, **marks)


def locked(source, name):
    return named((new_markdown_cell if source.startswith("#") else new_code_cell)(source), name, locked=True)


def answer(source, name):
    return named(new_code_cell(source), name, solution=True)


def graded(source, name, points):
    return named(new_code_cell(source), name, grade=True, locked=True, points=points)


CELLS = [
    locked("# Problem set 1", "title"),
    locked("import numpy as np\n\nDATA = [1.0, 2.0, 4.0]", "setup"),
    locked("## Scale", "scale-text"),
    answer("def scale(v):\n    ### BEGIN SOLUTION\n    return np.array(v) / np.sum(v)\n    ### END SOLUTION", "scale"),
    graded("assert scale(DATA)[0] == 1 / 7\n### BEGIN HIDDEN TESTS\nassert scale([5])[0] == 1\n### END HIDDEN TESTS",
         "test-scale", 2),
    graded("x = scale([2, 2])\nassert x[0] == 0.5", "test-scale-again", 1),
    locked("## Middle", "middle-text"),
    answer("def middle(v):\n    ### BEGIN SOLUTION\n    return np.mean(v)\n    ### END SOLUTION", "middle"),
    graded("assert middle([1, 3]) == 2", "test-middle", 3),
    answer("total = None\n### BEGIN SOLUTION\ntotal = 12\n### END SOLUTION", "total"),
    graded("assert total == 12", "test-total", 1),
    new_markdown_cell("A text that is nobody's.", id="nobodys"),
    named(new_markdown_cell("Because."), "essay", grade=True, solution=True, points=4),
    named(new_code_cell("1 + 1"), "sketch", grade=True, solution=True, points=5),
    named(new_markdown_cell("Add a cell that draws.\n\n=== BEGIN MARK SCHEME\nA sine\n=== END MARK SCHEME"), "draw",
           task=True, locked=True, points=2),
]  # fmt: skip
MASTER = new_notebook(cells=CELLS, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
ASSIGNMENT = assignment.read("ps1", MASTER)
READER = Reader(*as_given_out(MASTER, {}), ASSIGNMENT.cells)
TESTS = [cell.name for cell in ASSIGNMENT.cells if cell.kind == assignment.TEST]
SOLVED = {
    "scale": "def scale(v):\n    return np.asarray(v) / sum(v)",
    "middle": "def middle(v):\n    return sum(v) / len(v)",
    "total": "total = 3 * 4",
    "essay": "It follows.",
    "sketch": "print('a sketch')",
}


def released():
    """What a student gets, as plain JSON."""
    notebook = deepcopy(MASTER)
    for step in (LockCells, ClearSolutions, ComputeChecksums, ClearHiddenTests, ClearMarkScheme, ComputeChecksums):
        step().preprocess(notebook, {})
    return json.loads(json.dumps(notebook))


def solved():
    """A student's notebook with all answers."""
    notebook = released()
    for cell in notebook["cells"]:
        cell["source"] = SOLVED.get(name_of(cell), cell["source"])
    return notebook


def name_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def find(notebook, name):
    return next(cell for cell in notebook["cells"] if name_of(cell) == name)


def new(source, kind="code"):
    """A cell that the student adds."""
    rest = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "id": f"new-{abs(hash(source)) % 10**6}", "metadata": {}, "source": source} | rest


def read(notebook):
    """Read a notebook, or the bytes of a file."""
    return READER.read(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())


def order(submission):
    """The cells that run: names, or the first line of what has none."""
    return [cell.name or cell.source.split("\n")[0] for cell in submission.cells if cell.kind != assignment.TEXT]
