"""The instructor's cells as they were given out: what students see in each, and what is expected back."""

import ast
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from nbformat import NotebookNode

from minigrad.grading.assignment import TEST, Cell, is_import, names_bound, names_read
from minigrad.grading.magics import UNPARSABLE

NONE: frozenset[str] = frozenset()
# A cell longer than this is not parsed here: a student could make that take seconds.
LONGEST = 50_000
MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
BINDING = re.compile(r"^(?:async +)?(?:(?:def|class) +(\w+)|(\w+)(?: *:[^=\n]+)? *=(?!=))", re.MULTILINE)


@dataclass(frozen=True)
class Given:
    """One cell of the instructor's. `node` is what nbgrader's autograde would have of it before a student's answer."""

    cell: Cell
    node: NotebookNode
    texts: tuple[str, str]  # squeezed: as students were given it, with stubs and without hidden tests; as it is here
    binds: frozenset[str]
    uses: frozenset[str]
    keys: frozenset[str]  # those of the names it binds by which an answer is known: no other cell but a test binds them

    @cached_property
    def marks(self) -> dict:
        """What nbgrader notes of the cell."""
        return self.node.metadata.get("nbgrader", {})

    @cached_property
    def is_answer(self) -> bool:
        """Whether it is the student's to fill in."""
        return bool(self.marks.get("solution"))

    @cached_property
    def is_fixed(self) -> bool:
        """Whether it is the instructor's, whatever a student makes of it."""
        marks = self.marks
        return bool(not marks.get("solution") and (marks.get("grade") or marks.get("locked")) or marks.get("task"))

    @cached_property
    def runs(self) -> bool:
        return self.node.cell_type == "code"


def cells_given_out(kept: NotebookNode, shown: NotebookNode, cells: Sequence[Cell]) -> tuple[Given, ...]:
    """The instructor's cells with what nbgrader makes of them (as_given_out.py)."""
    trees = [tree_of(cell.source) if node.cell_type == "code" else None for cell, node in zip(cells, kept.cells)]
    binds = [names_defined(cell.source, tree) if node.cell_type == "code" else NONE
             for cell, node, tree in zip(cells, kept.cells, trees)]  # fmt: skip
    uses = [names_read(tree) if tree else NONE for tree in trees]
    keys = keys_of(cells, trees, binds, uses)
    for seen in shown.cells:
        if seen.cell_type == "code":
            defined_in(seen.source)
    return tuple(
        Given(cell, node, (squeezed(seen.source), squeezed(cell.source)), binds[place], uses[place], keys[place])
        for place, (cell, node, seen) in enumerate(zip(cells, kept.cells, shown.cells))
    )


def keys_of(cells: Sequence[Cell], trees: list[ast.Module | None], binds: list[frozenset[str]],
            uses: list[frozenset[str]]) -> list[frozenset[str]]:
    """By cell, the names that later cells use, or else all names, which no other cell defines that is not a test."""
    times = Counter(name for cell, names in zip(cells, binds) if cell.kind != TEST for name in names)
    found = []
    for place, tree in enumerate(trees):
        own = {name for name in binds[place] if times[name] == 1} - (names_imported(tree) if tree else NONE)
        found.append(frozenset(own & NONE.union(*uses[place + 1 :]) or own))
    return found


def tree_of(source: str) -> ast.Module | None:
    """A cell's code without its magics; None if it does not parse."""
    if len(source) > LONGEST:
        return None
    with warnings.catch_warnings():  # of escapes like "\d" Python warns when it reads them
        warnings.simplefilter("ignore")
        try:
            return ast.parse(MAGIC.sub(r"\1pass", source))
        except UNPARSABLE:
            return None


def names_defined(source: str, tree: ast.Module | None) -> frozenset[str]:
    """What a cell defines; where it does not parse, what it seems to."""
    if tree is not None:
        return frozenset(names_bound(tree))
    return frozenset(name for names in BINDING.findall(source[:LONGEST]) for name in names if name)


@cache
def defined_in(source: str) -> frozenset[str]:
    """The same of a text. What a student has left as it was given out is known before it is handed in."""
    return names_defined(source, tree_of(source))


def names_imported(tree: ast.Module) -> frozenset[str]:
    return frozenset(name for line in tree.body if is_import(line) for name in names_bound(line))


def squeezed(text: str) -> str:
    """A text without what editors add and remove at its ends and at the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
