"""A test cell, run where it is trusted: what it does not define itself is the student's, asked for by name."""

import ast
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Collection
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from minigrad.grading.assignment import Cell, parsed
from minigrad.grading.channel import ChannelError, TooSlow
from minigrad.grading.mirror import NotPlain
from minigrad.grading.remote import Remote, Unfair

PASSED, FAILED, TOO_SLOW, LOST = "passed", "failed", "too slow", "lost"


@dataclass(frozen=True)
class Outcome:
    """How a test cell ended: with which points, and if it failed, why, as a notebook would tell it."""

    kind: str
    points: float
    printed: str = ""
    error: tuple[str, str, str] = ("", "", "")  # the class, the text, the traceback
    value: object = None


class Space(dict):
    """The names of a test cell. What is not in here is looked for among the student's, if the student should have it."""

    def __init__(self, remote: Remote, bound: Collection[str], trusted: dict[str, object]) -> None:
        super().__init__(trusted, __name__="__main__")
        self.remote, self.bound = remote, bound

    def __missing__(self, name: str) -> object:
        if name not in self.bound:
            raise KeyError(name)
        try:
            value = self.remote.ask("get", name)
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None
        dict.__setitem__(self, name, value)
        return value


def run(cell: Cell, space: Space) -> Outcome:
    """Run a test cell. Its points are all, none, or what its last line says, as nbgrader has it."""
    printed = io.StringIO()
    name = f"<test {cell.name}>"
    linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(True), name)
    try:
        with redirect_stdout(printed), warnings.catch_warnings():
            value = last_value(parsed(cell.source) or ast.parse(cell.source), name, space)
    except TooSlow as error:
        return Outcome(TOO_SLOW, 0.0, printed.getvalue(), told(error, name))
    except (ChannelError, NotPlain) as error:
        return Outcome(LOST, 0.0, printed.getvalue(), told(error, name))
    except BaseException as error:  # pytest's Failed and SystemExit are no Exceptions
        return Outcome(FAILED, 0.0, printed.getvalue(), told(error, name))
    return Outcome(PASSED, earned(value, cell.points), printed.getvalue(), value=value)


def last_value(tree: ast.Module, name: str, space: Space) -> Any:
    """Run a cell; what its last line is, if that is an expression."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, name, "exec"), space)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), name, "exec"), space)
    return eval(compile(ast.Expression(last.value), name, "eval"), space)


def earned(value: object, most: float) -> float:
    """All points, unless the last line is a number from 0 to that."""
    try:
        number = float(value) if not isinstance(value, str | bytes | type(None)) else most
    except (TypeError, ValueError, Unfair):
        return most
    if number > most:
        raise ValueError("partial credit cannot be greater than maximum points for cell")
    return number if number >= 0 else most


def told(error: BaseException, name: str) -> tuple[str, str, str]:
    """The class of an error, its text, and where in the test cell it happened."""
    lines = [f"line {number}: {linecache.getline(name, number).strip()}"
             for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == name]  # fmt: skip
    return type(error).__name__, str(error), "\n".join(lines)
