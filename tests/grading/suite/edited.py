"""Right answers in notebooks whose cells the student has copied, moved, split, deleted, retyped or relabelled."""

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from suite.assignment import SOLUTIONS, TESTS, right
from suite.notebooks import find
from suite.submission import RIGHT, Submission, honest

WRONG_SOFTMAX = "def softmax(x):\n    return x"


def place_of(notebook, name):
    return notebook.cells.index(find(notebook, name))


def move(notebook, name, place):
    cell = find(notebook, name)
    notebook.cells.remove(cell)
    notebook.cells.insert(place, cell)


def named(names):
    """Whether a cell is one of these."""
    return lambda cell: cell.metadata.get("nbgrader", {}).get("grade_id") in names


def edited(edit):
    """The right answers, edited by the function; its docstring is the title, and all marks are earned."""
    return honest(edit.__doc__, edit=edit)


def noted(edit):
    """As `edited`, and a note says so."""
    return honest(edit.__doc__, edit=edit, noted=True)


# Tests

@noted
def deleted_test(notebook):
    """A deleted test is put back"""
    notebook.cells.remove(find(notebook, "test_softmax"))


@noted
def deleted_tests(notebook):
    """All tests deleted, they are put back"""
    notebook.cells = [cell for cell in notebook.cells if not named(TESTS)(cell)]


@edited
def copied_test(notebook):
    """A copied test cell costs nothing"""
    cell = copy.deepcopy(find(notebook, "test_softmax"))
    cell.id = "copied"
    notebook.cells.insert(place_of(notebook, "test_softmax"), cell)


@edited
def copied_test_without_name(notebook):
    """A test cell pasted without its metadata costs nothing"""
    for name in TESTS:
        notebook.cells.insert(place_of(notebook, name), new_code_cell(find(notebook, name).source))


@edited
def test_with_prints(notebook):
    """Prints put into a test cost nothing"""
    for name in TESTS:
        cell = find(notebook, name)
        cell.source = "print('debugging')\n" + cell.source.replace("assert", "print('here')\nassert")


@edited
def broken_test(notebook):
    """A test that the student has made to fail is run as it was written"""
    find(notebook, "test_softmax").source = "assert False"


@edited
def moved_test(notebook):
    """A test moved before its answer is run after it"""
    move(notebook, "test_softmax", 1)


@edited
def tests_at_the_end(notebook):
    """All tests moved to the end cost nothing"""
    notebook.cells.sort(key=named(TESTS))


@edited
def tests_at_the_start(notebook):
    """All tests moved to the start cost nothing"""
    notebook.cells.sort(key=lambda cell: not named(TESTS)(cell))


@edited
def renamed_tests(notebook):
    """Tests with other names in their metadata cost nothing"""
    for name in TESTS:
        find(notebook, name).metadata.nbgrader.grade_id = f"cell-{name}"


@edited
def test_as_text(notebook):
    """A test turned into text is run all the same"""
    find(notebook, "test_softmax").cell_type = "markdown"


# Metadata

@edited
def no_metadata(notebook):
    """Without nbgrader's metadata in any cell, cell ids tell"""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


@edited
def no_metadata_no_ids(notebook):
    """Without metadata and with new ids, sources tell"""
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("nbgrader", None)
        cell.id = f"new-{number}"


@edited
def no_metadata_of_one(notebook):
    """One answer cell without its metadata is found"""
    cell = find(notebook, "softmax")
    del cell.metadata["nbgrader"]
    cell.id = "other"


@edited
def retyped(notebook):
    """An answer deleted and written again in a new cell counts"""
    place = place_of(notebook, "softmax")
    notebook.cells[place] = new_code_cell(right("softmax"))


@edited
def retyped_all(notebook):
    """All answers in new cells count"""
    for name in SOLUTIONS:
        notebook.cells[place_of(notebook, name)] = new_code_cell(right(name))


@edited
def old_schema(notebook):
    """Metadata of nbgrader's first schema cost nothing"""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader = dict(cell.metadata.nbgrader, schema_version=1)
            cell.metadata.nbgrader.pop("task")


@edited
def poor_metadata(notebook):
    """Metadata that hold no more than the name cost nothing"""
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader = {"grade_id": cell.metadata.nbgrader["grade_id"]}


@edited
def strange_metadata(notebook):
    """Metadata of false kinds cost nothing"""
    find(notebook, "softmax").metadata.nbgrader.update(points="many", grade="maybe", schema_version="three")
    find(notebook, "test_flatten").metadata.nbgrader.update(points=None, checksum=7)
    notebook.cells[0].metadata.nbgrader = []


@edited
def swapped_names(notebook):
    """Answers with each other's names are told by what they define"""
    one, other = find(notebook, "softmax"), find(notebook, "flatten")
    one.metadata, other.metadata = other.metadata, one.metadata


# Answers

@edited
def copied_answer(notebook):
    """An answer copied below itself counts once"""
    cell = copy.deepcopy(find(notebook, "softmax"))
    cell.id = "copied"
    notebook.cells.insert(place_of(notebook, "softmax") + 1, cell)


@edited
def older_copy(notebook):
    """A wrong attempt kept above, as a copy of the cell, costs nothing"""
    cell = copy.deepcopy(find(notebook, "softmax"))
    cell.id, cell.source = "attempt", WRONG_SOFTMAX
    notebook.cells.insert(place_of(notebook, "softmax"), cell)


@edited
def attempt_above(notebook):
    """A wrong attempt kept above, in a new cell, costs nothing"""
    notebook.cells.insert(place_of(notebook, "softmax"), new_code_cell(WRONG_SOFTMAX))


@edited
def better_below(notebook):
    """An answer made better in a new cell below counts"""
    cell = find(notebook, "softmax")
    cell.source = WRONG_SOFTMAX
    notebook.cells.insert(notebook.cells.index(cell) + 1, new_code_cell(right("softmax")))


@edited
def split(notebook):
    """An answer split into two cells counts"""
    cell = find(notebook, "polynomial")
    cell.source = "def text_of(p):\n    return f\"Polynomial({', '.join(map(str, p.coefficients))})\""
    source = right("polynomial") + "\n\nPolynomial.__repr__ = text_of"
    notebook.cells.insert(notebook.cells.index(cell) + 1, new_code_cell(source))


@edited
def merged(notebook):
    """Two answers merged into one cell count"""
    find(notebook, "softmax").source += "\n\n\n" + right("flatten")
    notebook.cells.remove(find(notebook, "flatten"))


@edited
def all_in_one(notebook):
    """All answers in the first cell count"""
    find(notebook, "normalize").source = "\n\n\n".join(right(name) for name in SOLUTIONS)
    notebook.cells = [cell for cell in notebook.cells if not named(SOLUTIONS[1:])(cell)]


@edited
def wrong_place(notebook):
    """Answers in each other's cells count"""
    one, other = find(notebook, "softmax"), find(notebook, "flatten")
    one.source, other.source = other.source, one.source


@edited
def answers_at_the_end(notebook):
    """Answers moved below all tests count"""
    notebook.cells.sort(key=named(SOLUTIONS))


@edited
def swapped_problems(notebook):
    """Two problems in each other's places count"""
    place = place_of(notebook, "flatten")
    move(notebook, "test_primes", place)
    move(notebook, "primes", place)


@edited
def helpers(notebook):
    """Helpers in cells of one's own are run in their places"""
    notebook.cells.insert(place_of(notebook, "softmax"), new_code_cell("def exp(x):\n    return np.exp(x - x.max())"))
    find(notebook, "softmax").source = "def softmax(x):\n    return exp(x) / exp(x).sum()"


@edited
def answer_as_text(notebook):
    """An answer turned into text by a slip of the hand counts"""
    cell = find(notebook, "softmax")
    notebook.cells[notebook.cells.index(cell)] = new_markdown_cell(cell.source, metadata=cell.metadata, id=cell.id)


@edited
def answer_as_raw(notebook):
    """An answer turned into a raw cell by a slip of the hand counts"""
    cell = find(notebook, "softmax")
    notebook.cells[notebook.cells.index(cell)] = new_raw_cell(cell.source, metadata=cell.metadata, id=cell.id)


@edited
def answer_in_a_test(notebook):
    """An answer written into its test, with nothing left in its own cell, counts"""
    find(notebook, "test_softmax").source = find(notebook, "softmax").source
    find(notebook, "softmax").source = ""


# Locked cells and the rest

@edited
def deleted_setup(notebook):
    """The deleted locked cell is put back"""
    notebook.cells.remove(find(notebook, "setup"))


@edited
def moved_setup(notebook):
    """The locked cell moved to the end is run first"""
    move(notebook, "setup", len(notebook.cells))


@edited
def changed_setup(notebook):
    """The changed locked cell is run as it was written"""
    find(notebook, "setup").source = "import numpy as np"


@edited
def copied_setup(notebook):
    """The locked cell copied costs nothing"""
    notebook.cells.insert(3, copy.deepcopy(find(notebook, "setup")))
    notebook.cells[3].id = "copied"


@edited
def no_texts(notebook):
    """Without its texts, a notebook gets its marks"""
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader")]


@edited
def many_cells(notebook):
    """Three hundred empty cells cost nothing"""
    notebook.cells[1:1] = [new_code_cell("") for _ in range(150)]
    notebook.cells += [new_code_cell("  \n") for _ in range(150)]


@edited
def scratch(notebook):
    """Cells of one's own that fail cost nothing"""
    sources = ["1 / 0", "def broken(:", "normalize(", "raise NotImplementedError()", "undefined", "softmax('a')",
               "%nomagic", "!false", "%%nomagic\nx", "  indented", "return 5", "await nothing", "x = = 2", "?", "%",
               "del nothing"]  # fmt: skip
    for number, source in enumerate(sources):
        notebook.cells.insert(2 * number, new_code_cell(source))


@edited
def own_imports(notebook):
    """Imports in a cell of one's own cost nothing"""
    notebook.cells.insert(0,
           new_code_cell("import math, os, sys\nfrom functools import *\nimport numpy as numpy\nimport nothing"))


@edited
def essay_in_pieces(notebook):
    """An essay in three cells is left to be read"""
    place = place_of(notebook, "explain")
    notebook.cells[place + 1 : place + 1] = [new_markdown_cell("Also:"), new_markdown_cell("Because of exp.")]


SUBMISSIONS = [each for each in list(globals().values()) if isinstance(each, Submission)] + [
    Submission("A deleted answer costs its own test", RIGHT, honest("", {"test_softmax": 0}).marks,
               lambda notebook: notebook.cells.remove(find(notebook, "softmax"))),
    Submission("One answer alone gets its marks", {"softmax": right("softmax")},
               {**{name: 0 for name in TESTS}, "test_softmax": 4, "plot": (None, 0), "explain": (None, 0)}),
    honest("The exception of the stub, left in its place, costs nothing",
           **{name: right(name) + "\n\n\n# YOUR CODE HERE\nraise NotImplementedError()" for name in SOLUTIONS}),
    honest("The exception of the stub, left in a function that has returned, costs nothing",
           softmax=right("softmax") + "\n    # YOUR CODE HERE\n    raise NotImplementedError()"),
    honest("A cell that does not parse costs its own test", {"test_softmax": 0},
           softmax="def softmax(x)\n    return x"),
    honest("A cell with tabs and spaces mixed costs its own test", {"test_softmax": 0},
           softmax="def softmax(x):\n\tweights = np.exp(x)\n        return weights"),
]  # fmt: skip
