"""A fresh run of each lesson gives the outputs that are stored in it, also where a cell is run twice."""

import ast
import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from minigrad.course.guard import untouched

LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_fresh_run_gives_the_stored_outputs(lesson, tmp_path):
    # In a process of its own: nbval takes over how notebooks are collected, and its own warnings are not ours.
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "no:cacheprovider", "-c", tmp_path / "none.ini"]
    (tmp_path / "none.ini").write_text("[pytest]\n")
    result = subprocess.run([*command, lesson], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 0, result.stdout


def run(source, names):
    """What a cell prints, and the text of its last value."""
    *lines, last = ast.parse(source).body
    expression = isinstance(last, ast.Expr)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(lines if expression else [*lines, last], []), "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if expression else None
    return printed.getvalue() + repr(value)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")
def test_a_cell_that_one_clicks_in_can_be_run_again(lesson, monkeypatch):
    """A click on a button or in the stepper makes its cell the current one, so the next Shift+Enter runs it again."""
    monkeypatch.setenv("MINIGRAD_PROGRESS", "off")
    names = {"__name__": "__main__"}
    with untouched(()):
        for cell in nbformat.read(lesson, as_version=4).cells:
            if cell.cell_type == "code":
                shown = run(cell.source, names)
                if re.search(r"^(?! ).*(predict\(|trace\(.*\.step\(\))", cell.source, re.MULTILINE):
                    assert run(cell.source, names) == shown
