"""The instructor's own answers take the tests first: which they fail, and what is missing, is said of no student."""

import nbformat
import pytest
from graders import OneByOne, given_out
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader_cells import marked
from sandboxes import needs_linux

from minigrad.grading import assignment
from minigrad.grading.as_given_out import as_given_out
from minigrad.grading.own_answers import has_answers
from minigrad.grading.record import FAILED, PASSED, UNFIT, Job, Limits, Task
from minigrad.grading.released import cells_given_out

REGION = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
STUB = "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
SLIP = "### BEGIN HIDDEN TESTS\nassert f() == 2, 'my slip'\n### END HIDDEN TESTS"


def notebook(setup, answers, *tests):
    cells = [marked(new_code_cell(setup), "setup", locked=True)]
    cells += [marked(new_code_cell(each), f"f{number}", solution=True) for number, each in enumerate(answers)]
    cells += [marked(new_code_cell(test), f"test{number}", grade=True, locked=True, points=2)
              for number, test in enumerate(tests)]  # fmt: skip
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def graded():
    """What is said of a few notebooks of the instructor's, and what a student gets for answering each with 1."""
    notebooks = {
        "slip": notebook("", [REGION], "assert f() == 1", SLIP),
        "stub": notebook("", [STUB], "assert f() == 1", "assert f() == 2"),
        "part": notebook("", [REGION], "1 / f() / 2"),
        "package": notebook("import not_there", [REGION.replace("1", "not_there.one()")], "assert f() == 1"),
        "globals": notebook("", [REGION], "assert f.__globals__['f'] is f"),
        "demonstration": notebook("1 / 0", [REGION], "assert f() == 1"),
        "slow": notebook("", [REGION], "import time\ntime.sleep(4)\nassert f() == 1"),
    }
    task = Task("ps1", {name: nbformat.writes(each).encode() for name, each in notebooks.items()}, {}, Limits(2.0))
    answer = nbformat.writes(notebook("", ["def f():\n    return 1"])).encode()
    with OneByOne(task) as grader:
        ready = grader.pool.prepare(given_out(task))
        marks = grader.grade(Job("ann", {f"{name}.ipynb": answer for name in notebooks}))
    return ready, {(each.name, verdict.name): verdict for each in marks.notebooks for verdict in each.verdicts}


@needs_linux
def test_a_test_that_the_instructors_answer_fails_is_named_and_takes_no_points(graded):
    ready, verdicts = graded
    assert set(ready.unfit) == {"slip:test1", "package:test0", "globals:test0", "slow:test0"}
    assert ready.unfit["slip:test1"].startswith("your own answer does not pass it (line 2: AssertionError: my slip)")
    assert "passes it in a notebook" in ready.unfit["globals:test0"]
    assert ready.unfit["slow:test0"] == (
        "your own answer takes more than 2 seconds with it. Grade with a longer --timeout")  # fmt: skip
    assert verdicts["slip", "test0"].kind == PASSED
    for place in (("slip", "test1"), ("package", "test0")):
        assert (verdicts[place].kind, verdicts[place].points) == (UNFIT, None)


@needs_linux
def test_cells_that_cost_marks_are_named_as_well(graded):
    ready, _ = graded
    assert list(ready.remarks) == [
        "stub: there are no answers of yours to try the tests with",
        "part:test0: your own answer gets 0.5 of 2 points",
        "package: cell 1 fails with your own answers: No module named 'not_there'. Install it in this environment",
    ]


@needs_linux
def test_without_answers_of_the_instructors_students_are_marked(graded):
    _, verdicts = graded
    assert [verdicts["stub", name].kind for name in ("test0", "test1")] == [PASSED, FAILED]


@pytest.mark.parametrize("answers, told", [
    ([REGION], True), ([STUB], False), ([], False), ([STUB, REGION], True), (["def f():\n    return 1"], True),
    (["# YOUR CODE HERE\nraise NotImplementedError()"], False), (["class A:\n    'A.'\n    def f(self): ..."], False),
    (["x = None  # yours"], False), (["def f(:"], True), (["f = 1\nraise NotImplementedError"], False),
])  # fmt: skip
def test_answers_are_told_from_what_is_to_be_filled_in(answers, told):
    master = notebook("import math", answers, "assert f() == 1")
    cells = assignment.read("p", master).cells
    assert has_answers(cells_given_out(*as_given_out(master, {}), cells)) == told
