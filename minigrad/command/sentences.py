"""What goes wrong with a course folder or its gradebook ends a command with one sentence."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """Around all that a command does with a course folder."""
    if importlib.util.find_spec("nbgrader") is None:
        raise click.ClickException(f"nbgrader is not installed: run {sys.executable} -m pip install nbgrader nh3.")
    from minigrad.grading.course_folder import Problem

    try:
        yield
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
