"""What goes wrong with a course, its gradebook or the workers ends a command with the sentence that says so."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from minigrad.grading.problem import Problem
from minigrad.grading.supervised import CannotGrade


@contextmanager
def in_one_sentence() -> Iterator[None]:
    if importlib.util.find_spec("nbgrader") is None:
        install = f'{sys.executable} -m pip install "minigrad-course[lab]"'
        raise click.ClickException(f"nbgrader is not installed: run {install}.")
    try:
        yield
    except (Problem, CannotGrade) as problem:
        raise click.ClickException(str(problem)) from None
