"""Nothing is solved, and the notebook's metadata, its outputs or its magics ask for marks."""

import copy

import nbformat

from suite.assignment import BY_HAND, TESTS
from suite.notebooks import find
from suite.submission import NONE_EARNED, Submission, attack, honest


def edited(edit):
    """The release as it is, changed by the function; its docstring is the title."""
    return Submission(edit.__doc__, {}, NONE_EARNED, edit)


@edited
def more_points(notebook):
    """Points raised in the metadata are not earned"""
    for name in (*TESTS, *BY_HAND):
        find(notebook, name).metadata.nbgrader.points = 1000


@edited
def no_tests(notebook):
    """Tests that were emptied are run as they were written"""
    for name in TESTS:
        find(notebook, name).source = ""


@edited
def true_tests(notebook):
    """Tests that were changed are run as they were written"""
    for name, points in TESTS.items():
        find(notebook, name).source = f"assert True\n{points}"


@edited
def unlocked_tests(notebook):
    """Tests declared to be answers are still the instructor's"""
    for name in TESTS:
        cell = find(notebook, name)
        cell.metadata.nbgrader.update(locked=False, solution=True)
        cell.source = "pass"


@edited
def ungraded_tests(notebook):
    """Tests declared not to be graded are still graded"""
    for name in TESTS:
        find(notebook, name).metadata.nbgrader.update(grade=False, solution=True, locked=False, points=0)
    return notebook


@edited
def deleted_tests(notebook):
    """Tests that were deleted are run all the same"""
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in TESTS]


@edited
def tests_as_text(notebook):
    """Tests turned into text are run all the same"""
    for name in TESTS:
        find(notebook, name).cell_type = "markdown"


@edited
def test_twice(notebook):
    """A second cell under a test's name earns nothing"""
    for name in TESTS:
        cell = copy.deepcopy(find(notebook, name))
        cell.source, cell.id = "pass", f"second-{name}".replace("_", "-")
        notebook.cells.append(cell)
        first = copy.deepcopy(cell)
        first.id = f"first-{name}".replace("_", "-")
        notebook.cells.insert(0, first)


@edited
def new_test(notebook):
    """A graded cell of one's own earns nothing"""
    cell = nbformat.v4.new_code_cell("pass", id="extra")
    cell.metadata.nbgrader = dict(find(notebook, "test_softmax").metadata.nbgrader, grade_id="bonus", points=50)
    notebook.cells.append(cell)


@edited
def swapped_tests(notebook):
    """Tests under each other's names earn nothing"""
    names = list(TESTS)
    cells = [find(notebook, name) for name in names]
    for cell, name in zip(cells, names[1:] + names[:1]):
        cell.metadata.nbgrader.grade_id = name


@edited
def test_named_as_answer(notebook):
    """An answer under a test's name is not taken for the test"""
    find(notebook, "normalize").metadata.nbgrader.grade_id = "test_normalize"
    notebook.cells = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("locked") is not True]


@edited
def forged_outputs(notebook):
    """Outputs of passed tests, kept in the notebook, earn nothing"""
    for name, points in TESTS.items():
        cell = find(notebook, name)
        cell.execution_count = 1
        cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": str(points)}, execution_count=1)]


@edited
def other_language(notebook):
    """A kernel that does nothing is not started"""
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "Bash", "language": "bash", "argv": ["/bin/true"]}
    notebook.metadata.language_info = {"name": "bash"}


@edited
def marks_in_metadata(notebook):
    """Marks written into the metadata are not taken over"""
    notebook.metadata.nbgrader = {"score": 100, "points": 100}
    for name, points in TESTS.items():
        find(notebook, name).metadata.nbgrader.update(auto_score=points, score=points, extra_credit=10)


@edited
def skipped_by_tag(notebook):
    """Tags that other tools know do not skip a test, nor let it fail"""
    for cell in notebook.cells:
        cell.metadata.tags = ["raises-exception", "skip-execution", "remove-cell", "nbval-skip", "parameters"]


@edited
def test_first(notebook):
    """Tests moved before everything earn nothing"""
    notebook.cells.sort(key=lambda cell: cell.metadata.get("nbgrader", {}).get("grade_id") not in TESTS)


@edited
def changed_helper(notebook):
    """A helper changed in the locked cell is run as it was written"""
    find(notebook, "setup").source += "\n\ndef is_close(a, b):\n    return True\n"
    for name in ("moving_average", "softmax", "clip_in_place"):
        find(notebook, name).source = f"{name} = lambda x, *args: 1"


@edited
def manual_marks(notebook):
    """An essay that is declared to be a test earns nothing"""
    for name in BY_HAND:
        cell = find(notebook, name)
        cell.metadata.nbgrader.update(solution=False, locked=True)
        cell.source = "True"


SUBMISSIONS = [each for each in list(globals().values()) if isinstance(each, Submission)] + [
    Submission("What was released, handed in as it is, earns nothing", {}, NONE_EARNED),
    attack("Numbers of points in the notebook's names are not the test's", """
        points = 4
        score = max_score = 100
        globals().update(points=4)
        """, answer="4"),
    attack("How numbers are shown does not decide partial credit", """
        text = get_ipython().display_formatter.formatters["text/plain"]
        for kind in (int, float, np.float64, np.ndarray, list):
            text.for_type(kind, lambda *args: args[1].text("4"))
        import sys
        sys.displayhook = lambda value: print(4)
        """, answer="np.full(3, 1/2)", warmest="warmest = 4"),
    attack("What is printed during a test earns nothing", """
        from IPython.display import display
        def show(*args):
            print("4")
            display(4)
            display({"text/plain": "4"}, raw=True)
            return [3]
        """, answer="show()"),
    attack("A partial credit of one's own class is no credit", """
        class Four(int):
            __radd__ = __add__ = lambda self, other: 4
            __repr__ = lambda self: "4"
        """, answer="[Four(1)] * 3"),
    attack("Magics that swallow cells swallow no test", """
        from IPython.core.magic import register_cell_magic
        shell = get_ipython()
        shell.run_line_magic("config", "InteractiveShell.ast_node_interactivity = 'none'")
        shell.run_line_magic("autocall", "2")
        shell.run_line_magic("xmode", "Minimal")
        shell.run_line_magic("pdb", "on")
        """),
    attack("exit() at the start does not end the tests as passed", "exit()\nquit()\nget_ipython().ask_exit()"),
    attack("A reset of all names does not end the tests as passed", "get_ipython().run_line_magic('reset', '-f -s')"),
    Submission("A kernel that is told to stop has not passed", {"normalize": "%%script false\nraise SystemExit"},
           NONE_EARNED),
    Submission("Partial credit is what the test says, up to its points",
               {"softmax": "def softmax(x):\n    return np.full(3, 1 / 3)"}, {**NONE_EARNED, "test_softmax": 1}),
    honest("One wrong answer costs its own test", {"test_flatten": 0},
           flatten="def flatten(nested):\n    return nested"),
    honest("Without an answer to the manually graded cells, the tests keep their marks",
           dict.fromkeys(BY_HAND, (None, 0)), plot="", explain=""),
    honest("Right answers with every number in the metadata changed get their own marks", edit=lambda notebook: [
        cell.metadata.get("nbgrader", {}).update(points=0.1) for cell in notebook.cells] and notebook),
]  # fmt: skip
