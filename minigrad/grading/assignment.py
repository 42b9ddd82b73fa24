"""The instructor's notebook, as grading reads it: the student's cells, the tests, and what runs where."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from minigrad.grading.magics import UNPARSABLE, is_python

STUDENT, LOCKED, TEST, BY_HAND, WRITTEN, TEXT = "student", "locked", "test", "by hand", "written", "text"
RUN_BY_STUDENT = (STUDENT, LOCKED, BY_HAND)
MARKED_BY_HAND = (BY_HAND, WRITTEN)  # code, or text: to run that would be to take an essay for a program


@dataclass(frozen=True)
class Cell:
    """One cell. `name` is nbgrader's grade_id, "" for a cell that nbgrader does not know."""

    kind: str
    name: str
    source: str
    points: float = 0.0

    @cached_property
    def tree(self) -> ast.Module:
        """The cell's code, with its magics as the calls that they are; empty if it is no code or does not parse."""
        return parsed(self.source) if self.kind in (*RUN_BY_STUDENT, TEST) else ast.Module([], [])

    @cached_property
    def read(self) -> frozenset[str]:
        """The names that its code reads."""
        return names_read(self.tree)


@dataclass(frozen=True)
class Assignment:
    """One notebook of an assignment, with its right answers."""

    name: str
    cells: tuple[Cell, ...]

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names under which a test may find something of the student's: those that are bound here, in no test."""
        return frozenset(name for cell in self.cells if cell.kind in RUN_BY_STUDENT for name in names_bound(cell.tree))

    @cached_property
    def read(self) -> frozenset[str]:
        """The names that the code here reads: what a test binds to one of them, the student's code is to see."""
        return frozenset(name for cell in self.cells if cell.kind in RUN_BY_STUDENT for name in cell.read)

    @cached_property
    def trusted(self) -> dict[Cell, ast.Module]:
        """The lines of each cell that run on the trusted side as well: what needs nothing of the student's.

        The student's code, run twice, would do twice what it does, and so could whatever depends on it.
        """
        theirs = {"get_ipython"} | {name for cell in self.cells if cell.kind in (STUDENT, BY_HAND)
                                    for name in names_bound(without_imports(cell.tree))}  # fmt: skip
        lines = {}
        for cell in self.cells:
            if cell.kind in (STUDENT, BY_HAND):
                lines[cell] = ast.Module([line for line in cell.tree.body if is_import(line)], [])
            elif cell.kind == LOCKED:
                lines[cell] = ast.Module([line for line in cell.tree.body if not touches(line, theirs)], [])
        return lines

    @cached_property
    def modules(self) -> dict[str, frozenset[str]]:
        """The modules that cells import, by kind of cell."""
        found: dict[str, set[str]] = {}
        for cell in self.cells:
            found.setdefault(cell.kind, set()).update(modules_in(cell.tree))
        return {kind: frozenset(modules) for kind, modules in found.items()}

    @cached_property
    def operators(self) -> dict[str, frozenset[str]]:
        """By class that a student is to define, the special methods it has here, with those that it inherits."""
        found: dict[str, frozenset[str]] = {}
        for cell in self.cells:
            for node in ast.walk(cell.tree) if cell.kind in RUN_BY_STUDENT else ():
                if isinstance(node, ast.ClassDef):
                    own = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
                    own |= {target.id for each in node.body if isinstance(each, ast.Assign)
                            for target in each.targets if isinstance(target, ast.Name)}  # fmt: skip
                    bases = [found.get(base.id, frozenset()) for base in node.bases if isinstance(base, ast.Name)]
                    found[node.name] = frozenset(own).union(*bases, added_by(node))
        return found


def read(name: str, notebook: NotebookNode) -> Assignment:
    return Assignment(name, tuple(cell_of(cell) for cell in notebook.cells))


def cell_of(cell: NotebookNode) -> Cell:
    marks = cell.metadata.get("nbgrader", {})
    name, points = marks.get("grade_id", ""), float(marks.get("points", 0) or 0)
    if cell.cell_type != "code":
        return Cell(WRITTEN if marks.get("grade") or marks.get("task") else TEXT, name, cell.source, points)
    if marks.get("grade") and marks.get("solution"):
        return Cell(BY_HAND, name, cell.source, points)
    if marks.get("grade"):
        return Cell(TEST, name, cell.source, points)
    return Cell(LOCKED if marks.get("locked") and not marks.get("solution") else STUDENT, name, cell.source)


def parsed(source: str) -> ast.Module:
    with suppress(*UNPARSABLE):
        return ast.parse(transformed(source))
    return ast.Module([], [])


def transformed(source: str) -> str:
    """A cell as Python, with magics as the calls that they are. What is Python already keeps its prompts."""
    return source if is_python(source) else TransformerManager().transform_cell(source)


def is_import(line: ast.stmt) -> bool:
    return isinstance(line, ast.Import | ast.ImportFrom)


def without_imports(tree: ast.Module) -> ast.Module:
    return ast.Module([line for line in tree.body if not is_import(line)], [])


def touches(line: ast.stmt, theirs: set[str]) -> bool:
    """Whether running a line needs something in `theirs`. What then comes of it is added to that.

    To define a function needs no more than its decorators and defaults; to call it needs what it reads.
    """
    bound = set(names_bound(line))
    if isinstance(line, ast.FunctionDef):
        outside: list[ast.AST] = [*line.decorator_list, line.args]
        needed = {name for part in outside for name in names_read(part)}
    else:
        needed = set(names_read(line))
    is_touched = bool((needed | bound) & theirs)
    if is_touched or names_read(line) & theirs:
        theirs |= bound
    return is_touched


def modules_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def names_read(tree: ast.AST) -> frozenset[str]:
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return frozenset(node.id for node in names if isinstance(node.ctx, ast.Load))


def names_bound(tree: ast.AST) -> Iterator[str]:
    """What code binds at its own level, in its loops, branches and `with` as well, but not inside functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        if not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            waiting.extend(ast.iter_child_nodes(node))


def added_by(node: ast.ClassDef) -> frozenset[str]:
    """The operators that decorators and well-known bases give a class."""
    words = {each.id if isinstance(each, ast.Name) else each.attr
             for part in (*node.decorator_list, *node.bases) for each in ast.walk(part)
             if isinstance(each, ast.Name | ast.Attribute)}  # fmt: skip
    given = set()
    if "dataclass" in words:
        given |= {"__eq__", "__repr__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__"}
    if "total_ordering" in words:
        given |= {"__lt__", "__le__", "__gt__", "__ge__"}
    if words & {"list", "tuple", "dict", "set", "str", "UserList", "UserDict", "Sequence", "Mapping", "deque"}:
        given |= {f"__{name}__" for name in "eq len iter getitem contains setitem delitem repr".split()}
    return frozenset(given)
