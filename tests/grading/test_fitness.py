"""The instructor's own answers are graded first, and what may take long in that is announced."""

import json

import nbformat
from sandboxes import needs_linux
from styles.notebooks import notebook
from styles.style import style

from minigrad.grading import assignment
from minigrad.grading.copy_of_process import in_a_copy
from minigrad.grading.fitness import PATIENCE, fitness
from minigrad.grading.marking import Rules
from minigrad.grading.record import Limits
from minigrad.grading.sandbox.start import Zygote

CANNOT_CROSS = style("globals", "def f():\n    return 1", "assert f.__globals__['f'] is f")


READS_A_FILE = style("a file", "def f():\n    return ROWS[0]", "assert f.__globals__['f'] is f\nassert f() == 'one'",
                     setup="ROWS = open('rows.csv').read().split()")  # fmt: skip


def found_out(style, **files):
    """What was announced, and which tests cannot be run."""
    read = assignment.read("p", nbformat.reads(notebook(style, style.answer).decode(), as_version=4))
    zygote = Zygote()
    zygote.wait()

    def work() -> bytes:
        announced = []
        rules = Rules(read, Limits(seconds=5.0), files={f"{name}.csv": data for name, data in files.items()})
        found = fitness(rules, zygote, lambda cell, seconds: announced.append([cell, seconds]), answered=True)
        return json.dumps([announced, list(found["unfit"])]).encode()

    announced, unfit = json.loads(in_a_copy(work))
    zygote.close()
    return announced, unfit


@needs_linux
def test_each_cell_that_runs_in_one_process_is_announced_by_its_name():
    announced, unfit = found_out(CANNOT_CROSS)
    assert announced[-3:] == [["p:answer", PATIENCE], ["p:test", PATIENCE], ["", 0]]
    assert unfit == ["test"]


@needs_linux
def test_in_one_process_there_are_the_files_beside_the_notebook_too():
    _, unfit = found_out(READS_A_FILE, rows=b"one two")
    assert unfit == ["test"]
