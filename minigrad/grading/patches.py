"""What a test puts in place of a library's own, as `patch("random.random")` does: the student's code is to see it."""

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the student's process has no use for it, and it takes longer to load than all else
    from minigrad.grading.assignment import Cell

# These have ways of their own: what is asked of the keyboard, and what is printed.
APART = {("builtins", "input"), ("sys", "stdin"), ("sys", "stdout"), ("sys", "stderr")}

PATCHING = {"patch", "object", "setattr"}  # patch(...), mock.patch(...), patch.object(...), monkeypatch.setattr(...)


class Patches:
    """The attributes of modules that a test cell may replace, and what the other side knows of them."""

    def __init__(self, cell: "Cell") -> None:
        self.own: dict[tuple[str, str], Any] = {}
        for module, name in targets(cell):
            if hasattr(sys.modules.get(module), name):
                self.own[module, name] = getattr(sys.modules[module], name)
        self.known = dict(self.own)

    def news(self) -> tuple[tuple[str, str, bool, object], ...]:
        """Module, name, whether it is the library's own again, and what it is otherwise."""
        told = []
        for (module, name), before in self.known.items():
            now = getattr(sys.modules[module], name, None)
            if now is not before:
                is_own = now is self.own[module, name]
                told.append((module, name, is_own, None if is_own else now))
                self.known[module, name] = now
        return tuple(told)


@cache
def targets(cell: "Cell") -> frozenset[tuple[str, str]]:
    return frozenset(patched(cell.tree)) - APART


def patched(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Modules and names that are patched by a text, by `patch.object`, or by an assignment."""
    modules = dict(imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_word(node.func) in PATCHING:
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if texts and isinstance(node.args[0], ast.Constant):
                module, _, name = texts[0].rpartition(".")
                yield module, name
            elif texts and isinstance(node.args[0], ast.Name):
                yield modules.get(node.args[0].id, ""), texts[0]
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            yield modules.get(node.value.id, ""), node.attr


def last_word(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)


def patch(own: dict[tuple[str, str], Any], module: str, name: str, is_own: bool, value: object) -> None:
    """Do the same on the other side, where `own` keeps what was there before."""
    there = importlib.import_module(module)
    own.setdefault((module, name), getattr(there, name, None))
    setattr(there, name, own[module, name] if is_own else value)
