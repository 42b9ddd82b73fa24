"""What a student handed in, however damaged, made ready to be marked: the student's answers, the instructor's tests."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace

from nbformat import NotebookNode, from_dict

from minigrad.grading.assignment import STUDENT, TEXT, Cell
from minigrad.grading.matching import Matching
from minigrad.grading.reading_notes import notes_on
from minigrad.grading.released import Given, cells_given_out
from minigrad.grading.repair import CODE, Written, read_cells
from minigrad.grading.running_order import Slot, needs, running_order


@dataclass(frozen=True)
class Submission:
    """`notebook` is what goes to autograded/ once outputs are in it, and `cells` what it is to grading, one to one.

    Tests and locked cells are the instructor's. The order is that in which they run.
    """

    notebook: NotebookNode
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]  # what was mended, guessed or ignored: sentences for the instructor and the student


class Reader:
    """Reads submissions to one notebook. `kept` and `shown` are what nbgrader makes of it (as_given_out.py)."""

    def __init__(self, kept: NotebookNode, shown: NotebookNode, cells: Sequence[Cell]) -> None:
        self.given = cells_given_out(kept, shown, cells)
        self.needed = needs(self.given)
        known = ("kernelspec", "language_info")
        self.metadata = {name: kept.metadata[name] for name in known if name in kept.metadata}

    def read(self, data: bytes) -> Submission:
        """Unreadable if nothing can be made of the file."""
        written, notes = read_cells(data)
        matching = Matching(written, self.given)
        order = running_order(matching, self.needed)
        taken: dict[str, int] = {}
        nodes, cells = [], []
        for slot in order.slots:
            node, cell = made(slot, matching)
            node.id = free_id(node.id, taken)
            nodes.append(node)
            cells.append(cell)
        notebook = NotebookNode(nbformat=4, nbformat_minor=5, metadata=from_dict(self.metadata), cells=nodes)
        return Submission(notebook, tuple(cells), (*notes, *notes_on(matching, order)))


def made(slot: Slot, matching: Matching) -> tuple[NotebookNode, Cell]:
    """A cell as nbgrader's autograde would leave it, without outputs, and as grading sees it."""
    known = matching.given[slot.place] if slot.place is not None else None
    if slot.cell is None:
        assert known is not None
        return as_given(known)
    each = matching.written[slot.cell]
    if known is None or slot.place is None or matching.answer.get(slot.place) != slot.cell:
        return new_cell(each.type, each), Cell(STUDENT if each.type == CODE else TEXT, "", each.source)
    node = new_cell(known.node.cell_type, each)
    node.metadata = deepcopy(known.node.metadata)
    return node, replace(known.cell, source=each.source)


def as_given(known: Given) -> tuple[NotebookNode, Cell]:
    """One of the instructor's own cells, with its hidden tests; in place of an answer that is gone, its stub."""
    source = known.node.source if known.is_answer else known.cell.source
    node = new_cell(known.node.cell_type, Written(0, known.node.cell_type, source, id=known.node.get("id", ""),
                                                  attachments=known.node.get("attachments", {})))  # fmt: skip
    node.metadata = deepcopy(known.node.metadata)
    # The same cell where it is one: what is known of its code need not be found out again.
    return node, known.cell if source == known.cell.source else replace(known.cell, source=source)


def new_cell(kind: str, each: Written) -> NotebookNode:
    """Made by hand, since nbformat validates each that it makes, which takes longer than all the rest here."""
    node = NotebookNode(cell_type=kind, id=each.id, metadata=NotebookNode(), source=each.source)
    if kind == CODE:
        node.update(execution_count=None, outputs=[])
    elif each.attachments:
        node.attachments = deepcopy(each.attachments)
    return node


def free_id(wanted: str, taken: dict[str, int]) -> str:
    """An id that no other cell has, the same whenever the same submission is read. `taken` counts the copies."""
    name = wanted
    while not name or name in taken:
        taken[wanted] = taken.get(wanted, 0) + 1
        name = f"{wanted[:50] or 'cell'}-{taken[wanted]}"
    taken[name] = 0
    return name
