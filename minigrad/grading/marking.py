"""One submission is marked: its cells run in a sandbox, the instructor's tests here."""

import json
import time
from dataclasses import dataclass, field

from minigrad.grading import testcell
from minigrad.grading.assignment import BY_HAND, LOCKED, STUDENT, TEST, Assignment, Cell
from minigrad.grading.channel import ChannelError
from minigrad.grading.remote import Remote
from minigrad.grading.sandbox.start import Limits, Zygote


@dataclass
class Marked:
    """What came of one notebook: an outcome for each test cell, and what each cell of the student's showed."""

    outcomes: dict[str, testcell.Outcome] = field(default_factory=dict)
    shown: list[tuple[list, bool]] = field(default_factory=list)


def mark(assignment: Assignment, cells: list[Cell], zygote: Zygote, limits: Limits, seconds: float) -> Marked:
    """`cells` are those of the student, and the tests among them are the instructor's own."""
    marked = Marked()
    ran: list[Cell] = []
    remote = None
    trusted: dict[str, object] = {}
    exec(assignment.imports, trusted)
    for cell in cells:
        if remote is None:
            remote = begun(assignment, zygote, limits)
            for before in ran:
                run_cell(remote, before, seconds)
        if cell.kind == TEST and cell.name:
            remote.fresh()
            remote.channel.deadline = time.monotonic() + seconds
            outcome = testcell.run(cell, testcell.Space(remote, assignment.bound, trusted))
            marked.outcomes[cell.name] = outcome
            if outcome.kind in (testcell.TOO_SLOW, testcell.LOST):
                remote.sandbox.close()
                remote = None
        elif cell.kind in (STUDENT, LOCKED, BY_HAND):
            marked.shown.append(run_cell(remote, cell, seconds))
            ran.append(cell)
    if remote is not None:
        remote.sandbox.close()
    return marked


def begun(assignment: Assignment, zygote: Zygote, limits: Limits) -> Remote:
    return Remote(zygote.sandbox(limits), assignment.operators)


def run_cell(remote: Remote, cell: Cell, seconds: float) -> tuple[list, bool]:
    remote.channel.deadline = time.monotonic() + seconds
    shown, succeeded = json.loads(remote.ask("cell", cell.source))
    return shown, succeeded
