"""A test cell, run where it is trusted: what the instructor's code does not define is asked for by name."""

import ast
import asyncio
import builtins
import inspect
import io
import linecache
import traceback
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, MappingProxyType
from typing import Any

from minigrad.grading.assignment import Assignment, Cell, transformed
from minigrad.grading.handles import RemoteType
from minigrad.grading.magics import without_magics
from minigrad.grading.main_module import as_main
from minigrad.grading.remote import Remote
from minigrad.grading.repair import clean

MOST_PRINTED = 100_000  # letters
NOTHING: Mapping[str, object] = MappingProxyType({})


class Space(dict):
    """The names of the trusted side. What is not in here is looked for among the student's, if they should have it."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(__name__="__main__")
        self.assignment = assignment
        self.remote: Remote | None = None
        self.fetched: set[str] = set()
        self.instead: dict[int, object] = {}  # by the id of what a test may import, what it gets

    def __missing__(self, name: str) -> object:
        if name not in self.assignment.bound or self.remote is None:
            raise KeyError(name)
        try:
            value = self.remote.ask("get", name)
        except KeyError:
            if hasattr(builtins, name):
                raise
            raise NameError(f"name {name!r} is not defined") from None
        self.fetch(name, value)
        return value

    def fetch(self, name: str, value: object) -> None:
        dict.__setitem__(self, name, value)
        self.fetched.add(name)

    def follow(self, name: str, value: object) -> None:
        """The student's code has bound one of its names to something else."""
        if name in self.fetched:
            dict.__setitem__(self, name, value)

    def __setitem__(self, name: str, value: object) -> None:
        value = self.instead.get(id(value), value)
        super().__setitem__(name, value)
        self.fetched.discard(name)
        if self.remote is not None and name in self.assignment.read:
            self.remote.unbound.discard(name)
            self.remote.rebound[name] = value

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        if self.remote is not None and name in self.assignment.read:
            self.remote.rebound.pop(name, None)
            self.remote.unbound.add(name)

    def __contains__(self, name: object) -> bool:
        try:
            return super().__contains__(name) or bool([self.__missing__(str(name))])
        except (KeyError, NameError):
            return False

    def get(self, name: str, default: object = None) -> object:
        return self[name] if name in self else default

    def keys(self):
        """With the names of the student's, for `dir()`."""
        for name in self.assignment.bound:
            name in self  # noqa: B015 -- it is asked for, and then is in here
        return super().keys()

    def wanted(self, cell: Cell) -> tuple[str, ...]:
        """The names of the student's that a test cell reads, as far as its code says so."""
        return tuple(name for name in cell.read & self.assignment.bound if not dict.__contains__(self, name))

    def meet(self, remote: Remote | None, known: Mapping[str, object] = NOTHING) -> None:
        """From here on ask this one for what is not `known`; what the one before has told is forgotten."""
        for name in self.fetched:
            self.pop(name, None)
        self.fetched.clear()
        self.remote = remote
        for name, value in known.items():
            self.fetch(name, value)
        if remote is not None:
            remote.follow = self.follow

    def classes(self) -> dict[str, type]:
        """Those that the instructor's own cells define: both sides have them, and their objects cross as plain data."""
        classes = {name: value for name, value in self.items() if isinstance(value, type)}
        return {name: value for name, value in classes.items()
                if not isinstance(value, RemoteType) and value.__module__ == "__main__"}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How a test cell ended: what its last line was, or the error; and what it showed, as nbformat has it."""

    value: object = None
    error: BaseException | None = None
    text: str = ""  # what the error says
    line: int = 0  # of the cell, where the error came up
    shown: list[dict] = field(default_factory=list)


@cache
def compiled(cell: Cell) -> tuple[CodeType, CodeType | None]:
    """A test cell, without magics: its lines, and the last one apart if that is an expression. It may hold `await`."""
    tree = without_magics(ast.parse(transformed(cell.source)))
    last = tree.body[-1] if tree.body else None
    lines = ast.Module(tree.body[:-1] if isinstance(last, ast.Expr) else tree.body, [])
    value = compiled_tree(ast.Expression(last.value), cell, "eval") if isinstance(last, ast.Expr) else None
    return compiled_tree(lines, cell, "exec"), value


def compiled_tree(tree: ast.Module | ast.Expression, cell: Cell, mode: str) -> CodeType:
    return compile(tree, f"<{cell.name or 'cell'}>", mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def run(cell: Cell, space: Space) -> Outcome:
    """Run a test cell."""
    name = f"<{cell.name or 'cell'}>"
    linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(True), name)
    printed, complained = Capped(), Capped()
    value, error = None, None
    with redirect_stdout(printed), redirect_stderr(complained), warnings.catch_warnings(), as_main(space):
        warnings.simplefilter("default")
        try:
            lines, last = compiled(cell)
            executed(lines, space)
            value = executed(last, space) if last else None
        except BaseException as raised:  # pytest's Failed and SystemExit are no Exceptions
            error = raised
    shown: list[dict] = [{"output_type": "stream", "name": stream, "text": text.getvalue()}
             for stream, text in (("stdout", printed), ("stderr", complained)) if text.getvalue()]  # fmt: skip
    if error is None:
        return Outcome(value, shown=shown)
    where = [number for frame, number in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == name]
    text = text_of(error)
    what = {"ename": type(error).__name__, "evalue": text}
    shown.append({"output_type": "error", **what, "traceback": told(error, text, name)})
    return Outcome(None, error, text, where[0] if where else 0, shown)


def executed(code: CodeType, space: Space) -> Any:
    """As a notebook runs it: `await` may stand outside of functions."""
    value = eval(code, space)
    return asyncio.run(value) if code.co_flags & inspect.CO_COROUTINE else value


def run_trusted(cell: Cell, lines: ast.Module, space: Space) -> None:
    """Run those lines of a cell of the instructor's that need nothing of the student's. What fails is left undone."""
    for line in lines.body:
        with redirect_stdout(Capped()), redirect_stderr(Capped()), warnings.catch_warnings(), suppress(Exception):
            warnings.simplefilter("ignore")
            executed(compiled_tree(ast.Module([line], []), cell, "exec"), space)


class Capped(io.StringIO):
    """Keeps what is printed, up to a size."""

    def write(self, text: str) -> int:
        super().write(clean(text[: max(MOST_PRINTED - self.tell(), 0)]))
        return len(text)


def text_of(error: BaseException) -> str:
    """What an error says; nothing, if its class is a student's and fails when it is asked."""
    try:
        return clean(str(error))
    except BaseException:
        return ""


def told(error: BaseException, text: str, name: str) -> list[str]:
    """The error as a notebook tells it: where in the cell, and what."""
    lines = [f"{'-' * 75}", f"{type(error).__name__:<42}Traceback (most recent call last)"]
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == name:
            line = linecache.getline(name, number).strip()
            lines.append(f"line {number}, in {frame.f_code.co_name}\n----> {number} {line}\n")
    return [*lines, f"{type(error).__name__}: {text}"]
