"""The instructor's notebook, as grading reads it: which cells are the student's to write, and which are tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

STUDENT, LOCKED, TEST, BY_HAND, TEXT = "student", "locked", "test", "by hand", "text"


@dataclass(frozen=True)
class Cell:
    """One cell. `name` is nbgrader's grade_id, "" for a cell that nbgrader does not know."""

    kind: str
    name: str
    source: str
    points: float = 0.0


@dataclass(frozen=True)
class Assignment:
    """One notebook of an assignment, with its right answers."""

    name: str
    cells: tuple[Cell, ...]

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that a student's notebook may define: those that the cells which are not tests bind here."""
        trees = [tree for cell in self.cells if cell.kind in (STUDENT, LOCKED, BY_HAND) and (tree := parsed(cell.source))]
        return frozenset(name for tree in trees for name in names_bound(tree))

    @cached_property
    def imports(self) -> str:
        """The imports of the cells that are not tests: what they bring is the library's, and never asked of a student."""
        trees = [tree for cell in self.cells if cell.kind in (STUDENT, LOCKED, BY_HAND) and (tree := parsed(cell.source))]
        lines = [node for tree in trees for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        return ast.unparse(ast.Module(lines, []))

    @cached_property
    def operators(self) -> dict[str, frozenset[str]]:
        """By class that is defined here, the special methods it has, with those of the classes here that it comes from."""
        found: dict[str, frozenset[str]] = {}
        for cell in self.cells:
            tree = parsed(cell.source) if cell.kind in (STUDENT, LOCKED, BY_HAND) else None
            for node in ast.walk(tree) if tree else ():
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
        return Cell(BY_HAND if marks.get("grade") or marks.get("task") else TEXT, name, cell.source, points)
    if marks.get("grade") and marks.get("solution"):
        return Cell(BY_HAND, name, cell.source, points)
    if marks.get("grade"):
        return Cell(TEST, name, cell.source, points)
    return Cell(LOCKED if marks.get("locked") and not marks.get("solution") else STUDENT, name, cell.source)


def parsed(source: str) -> ast.Module | None:
    """A cell's code with its magics as the calls that they are; None if it does not parse."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return None


def names_bound(tree: ast.Module) -> Iterator[str]:
    """What a cell binds at its own level, in its loops, branches and `with` as well, but not inside functions."""
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
        given |= {"__eq__", "__repr__"}
    if "total_ordering" in words:
        given |= {"__lt__", "__le__", "__gt__", "__ge__"}
    if words & {"list", "tuple", "dict", "set", "str", "UserList", "UserDict", "Sequence", "Mapping", "deque"}:
        given |= {"__eq__", "__len__", "__iter__", "__getitem__", "__contains__", "__setitem__", "__delitem__", "__repr__"}
    return frozenset(given)
