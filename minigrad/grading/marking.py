"""One notebook is marked: the student's cells run in a sandbox, the instructor's tests here, in their order."""

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from minigrad.grading import testcell
from minigrad.grading.assignment import MARKED_BY_HAND, RUN_BY_STUDENT, TEST, Assignment, Cell
from minigrad.grading.channel import ChannelError, TooSlow
from minigrad.grading.checks import Checks
from minigrad.grading.hidden import HIDDEN_FAILED, is_hidden
from minigrad.grading.outputs import outputs_from
from minigrad.grading.patches import Patches
from minigrad.grading.record import (
    BY_HAND as NEEDS_A_PERSON,
    FAILED,
    LOST,
    PARTLY,
    PASSED,
    TOO_SLOW,
    UNDECIDED,
    UNFIT,
    Limits,
    Verdict,
)
from minigrad.grading.remote import STOPS_WITHIN, Remote, Use
from minigrad.grading.run_from_data import RunFromData
from minigrad.grading.sandbox.either import Sandboxes
from minigrad.grading.sandbox.reasons import asked_too_much, why
from minigrad.grading.sandbox.start import NO_FILES
from minigrad.grading.scratch import Scratch

MORE = 10  # cells' time that a notebook may take beyond that of each of its cells: what is run again takes it, too


@dataclass
class Marked:
    """What came of a notebook: a verdict on each graded cell, and what each cell showed, by its place."""

    verdicts: list[Verdict] = field(default_factory=list)
    shown: dict[int, list[dict]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)  # of the last lines of test cells, by name
    uses: dict[str, list[Use]] = field(default_factory=dict)  # of the student's objects, by test cell
    from_data: list[str] = field(default_factory=list)  # what was run that tests had as data


@dataclass(frozen=True)
class Rules:
    """What is the same for all submissions to a notebook."""

    assignment: Assignment
    limits: Limits
    hidden: tuple[str, str] = ("", "")  # what begins and ends a region of hidden tests
    files: Mapping[str, bytes] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)  # test cells that cannot be run this way, and why
    remarks: Collection[str] = ()  # what else was found out with the instructor's own answers, for the instructor
    partial: Collection[str] = ()  # test cells whose last line is the points
    uses: Mapping[str, Collection[Use]] | None = None  # of the instructor's own objects, by test cell
    from_data: Collection[str] | None = None  # what tests run as data with the instructor's own answers


class Marking:
    """The marking of one notebook. `alarm(what, seconds)` is called before what may hang; `skip` names what did."""

    def __init__(self, rules: Rules, sandboxes: Sandboxes, alarm: Callable[[str, float], None],
                 skip: Collection[str] = (), files: Mapping[str, bytes] = NO_FILES) -> None:  # fmt: skip
        self.rules, self.sandboxes, self.alarm, self.skip = rules, sandboxes, alarm, skip
        self.files = {**files, **rules.files}  # what the student finds where the notebook runs
        self.until = math.inf
        self.marked = Marked()
        self.ran: list[Cell] = []
        self.remote: Remote | None = None
        self.scratch = Scratch(rules.files, files, rules.limits.disk)
        self.from_data = RunFromData(rules.from_data)
        self.space = testcell.Space(rules.assignment)
        self.checks = Checks(self.space)
        for cell, lines in rules.assignment.trusted.items():
            testcell.run_trusted(cell, lines, self.space)

    def run(self, cells: Collection[Cell]) -> Marked:
        self.until = time.monotonic() + (len(cells) + MORE) * self.rules.limits.seconds
        try:
            for place, cell in enumerate(cells):
                if cell.kind == TEST and cell.name:
                    self.marked.verdicts.append(self.test(place, cell))
                elif cell.kind in RUN_BY_STUDENT:
                    self.run_cell(place, cell)
                if cell.kind in MARKED_BY_HAND:
                    self.marked.verdicts.append(Verdict(cell.name, None, cell.points, NEEDS_A_PERSON))
        finally:
            said = self.end()
            self.scratch.close()
            self.from_data.close()
        if said:  # of a limit that let it go on, such as the disk's
            self.marked.notes.append(said)
        if any(output.get("ename") == "MemoryError" for shown in self.marked.shown.values() for output in shown):
            self.marked.notes.append(asked_too_much(self.rules.limits))
        self.marked.from_data = sorted(self.from_data.found)
        return self.marked

    # The student's process

    def begin(self) -> Remote:
        """The conversation that there is; or a new one, in which what has been run is run again."""
        if self.remote is None:
            sandbox = self.sandboxes.sandbox(self.rules.limits, self.files)
            self.remote = Remote(sandbox, self.rules.assignment.operators, self.space.classes())
            self.scratch.expect(self.remote)
            self.remote.folder = self.scratch
            for cell in self.ran:
                self.shown_by(self.remote, cell)
        return self.remote

    def end(self) -> str:
        """End the student's process; a sentence on which limit it had passed, or "" if none."""
        self.space.meet(None)
        remote, self.remote = self.remote, None
        return why(remote.sandbox.close(), self.rules.limits) if remote else ""

    def set_deadline(self, seconds: float | None = None) -> None:
        assert self.remote
        limit = self.rules.limits.seconds if seconds is None else seconds
        self.remote.channel.deadline = min(time.monotonic() + limit, self.until + STOPS_WITHIN)

    def run_cell(self, place: int, cell: Cell) -> None:
        key = f"{self.rules.assignment.name}:cell {place + 1}"
        if self.leaves_out(key):
            self.marked.notes.append(f"Cell {place + 1}: {self.too_slow}")
            return
        self.alarm(key, self.rules.limits.seconds * (len(self.ran) + 1) + STOPS_WITHIN)
        try:
            self.marked.shown[place] = self.shown_by(self.begin(), cell)
            self.ran.append(cell)
        except ChannelError as trouble:
            self.marked.notes.append(f"Cell {place + 1}: {self.settled(trouble)}")
            self.marked.shown[place] = self.interrupted()

    def shown_by(self, remote: Remote, cell: Cell) -> list[dict]:
        """Have the student's process run a cell; what it shows. ChannelError if it does not answer as it should."""
        self.set_deadline()
        remote.sources.append(cell.source)
        try:
            return outputs_from(remote.ask("cell", cell.source))
        except ChannelError:
            raise
        except BaseException as error:  # as its answer says: a cell itself raises nothing
            raise ChannelError(f"it answered with {type(error).__name__}") from None

    def interrupted(self) -> list[dict]:
        """After a time-out in a cell: what it shows when it is interrupted. What does not stop is ended."""
        try:
            return outputs_from(self.remote.stop()) if self.remote else []
        except ChannelError:
            self.end()
            return []

    def settled(self, trouble: ChannelError) -> str:
        """End the student's process, unless it is only slow; a sentence on what went wrong between the two sides."""
        if isinstance(trouble, TooSlow):
            return self.too_slow
        return self.end() or f"The process that runs the notebook had to be ended: {trouble}."

    @property
    def too_slow(self) -> str:
        return f"It did not come to an end within {self.rules.limits.seconds:g} seconds."

    def leaves_out(self, key: str) -> bool:
        """Whether a cell is not run, since it has hung before, or since the notebook has had its time."""
        return key in self.skip or time.monotonic() > self.until

    # The instructor's tests

    def test(self, place: int, cell: Cell) -> Verdict:
        key = f"{self.rules.assignment.name}:{cell.name}"
        if reason := self.rules.unfit.get(cell.name):
            return Verdict(cell.name, None, cell.points, UNFIT, "This test has not been run yet.", reason)
        if self.leaves_out(key):
            return Verdict(cell.name, 0.0, cell.points, TOO_SLOW, self.too_slow)
        try:
            remote = self.begin()
        except ChannelError as trouble:
            return Verdict(cell.name, 0.0, cell.points, LOST, self.settled(trouble))
        self.alarm(key, self.rules.limits.seconds + STOPS_WITHIN)
        self.set_deadline()
        self.meet(cell, remote)
        outcome = testcell.run(cell, self.space)
        self.alarm("", 0)
        self.marked.uses[cell.name] = sorted(remote.used)
        self.marked.shown[place] = [*outcome.shown, *self.checks.shown]
        self.marked.values[cell.name] = outcome.value
        self.space.meet(None)
        return self.verdict(cell, outcome, remote)

    def meet(self, cell: Cell, remote: Remote) -> None:
        """Have all that a test works with know this conversation, and nothing of the tests before."""
        known: Mapping[str, object] = {}
        try:
            there, known = remote.begin(self.space.wanted(cell))
            remote.patches = Patches(cell)
            self.scratch.update(remote, there)
        except Exception:
            remote.trouble = remote.trouble or ChannelError("it does not tell its files")
        self.space.meet(remote, known)
        self.checks.meet(remote)
        remote.allowed = None if self.rules.uses is None else self.rules.uses.get(cell.name, ())
        self.from_data.begin()

    def verdict(self, cell: Cell, outcome: testcell.Outcome, remote: Remote) -> Verdict:
        if remote.trouble:
            kind = TOO_SLOW if isinstance(remote.trouble, TooSlow) else LOST
            reason = self.settled(remote.trouble)
            self.interrupted()
            return Verdict(cell.name, 0.0, cell.points, kind, reason)
        if refused := self.from_data.refused():  # it may be a right answer
            return Verdict(cell.name, None, cell.points, UNDECIDED, refused)
        if outcome.error is not None:
            in_hidden = is_hidden(outcome.line, cell.source, [self.rules.hidden])
            said = f"{type(outcome.error).__name__}: {outcome.text}"
            reason, detail = HIDDEN_FAILED if in_hidden else said, f"line {outcome.line}: {said}"
            return Verdict(cell.name, 0.0, cell.points, FAILED, reason, detail, in_hidden)
        points = earned(outcome.value, cell.points) if cell.name in self.rules.partial else cell.points
        kind = PASSED if points == cell.points else PARTLY if points else FAILED
        return Verdict(cell.name, points, cell.points, kind, beliefs=tuple(self.checks.beliefs))


def earned(value: object, most: float) -> float:
    """The points that the last line of a test cell says. What is no number says none."""
    try:
        points = float(value)  # type: ignore[arg-type]
    except Exception:
        return 0.0
    return 0.0 if math.isnan(points) else min(max(points, 0.0), most)
