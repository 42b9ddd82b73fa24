"""One run of `minigrad grade`: what is graded where, what is told of it, and who needs the instructor."""

import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Self

import click

from minigrad.command.console import console
from minigrad.command.progress import progress
from minigrad.grading import marks_file
from minigrad.grading.cluster import Cluster
from minigrad.grading.course_folder import CourseFolder
from minigrad.grading.database import as_problems
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.pool import Pool
from minigrad.grading.problem import Problem
from minigrad.grading.record import BY_HAND, UNFIT, Graded, Task
from minigrad.grading.scores import submissions

MOST_TOLD = 500  # letters of a reason, which is one line
MOST_NAMED, FEW = 30, 3
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


class Run:
    """`only` are the students asked for; if it is empty, all who handed in."""

    def __init__(self, course: CourseFolder, task: Task, only: Sequence[str]) -> None:
        self.task, self.only = task, only
        self.overlooked = {} if only else course.overlooked(task.assignment)
        self.students = course.students(task.assignment, only)
        self.gradebook = Gradebook(course, task)
        self.todo: list[str] = []
        self.done = self.graded = self.by_hand = self.noted = 0
        self.problems: dict[str, str] = {}  # by student, what the instructor has to see to
        self.missing: dict[str, list[str]] = {}  # by student, the notebooks that were not handed in
        self.unfit: dict[str, str] = {}  # the tests that could not be run, and why

    @property
    def is_complete(self) -> bool:
        """Whether all got their points, but for those that people give."""
        return not self.problems and not self.unfit

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def grade(self, pool: Pool | Cluster, force: bool) -> None:
        begun = time.monotonic()
        self.todo = self.gradebook.todo(self.students, force)
        for change, number in self.gradebook.changes.items():
            console.print(f"Graded again, {number} of {len(self.todo)}: {change}.", markup=False)
        try:
            if self.todo:
                self.prepare(pool)
                self.grade_all(pool)
        except KeyboardInterrupt:
            raise click.ClickException(f"Stopped. What has been graded is kept, {self.graded} of {len(self.todo)}: "
                                       "run the same again to go on.") from None  # fmt: skip
        self.tell(time.monotonic() - begun)

    def prepare(self, pool: Pool | Cluster) -> None:
        with console.status("Grading your own answers ..."):
            ready = pool.prepare(self.task)
        console.print(ready.isolation, markup=False)
        self.unfit = ready.unfit
        for told in (*ready.remarks, *(f"{cell} gives no points: {why}" for cell, why in self.unfit.items())):
            console.print(f"{' '.join(told.split())}.", markup=False)

    def grade_all(self, pool: Pool | Cluster) -> None:
        with progress(console, self.task.assignment, len(self.todo)) as advance:
            for graded in pool.grade(self.gradebook.jobs(self.todo, self.note)):
                self.put(graded)
                advance(self.last_ones())

    def last_ones(self) -> Collection[str]:
        """Who is still at work, at the end, where that may be somebody whose code does not."""
        there = self.gradebook.at_work
        return there if len(there) <= FEW and len(there) == len(self.todo) - self.done else ()

    def put(self, graded: Graded) -> None:
        try:
            self.gradebook.put(graded)
        except Problem as problem:
            reason = str(problem)
            if any(reason == other.replace(student, graded.student) for student, other in self.problems.items()):
                raise  # it is about more than one submission
            graded = Graded(graded.student, problem=reason)
        self.note(graded)

    def note(self, graded: Graded) -> None:
        """Whether the instructor has to see to it, and what else there is to say of it at the end."""
        self.done += 1
        verdicts = [each for marked in graded.notebooks for each in marked.verdicts]
        if missing := [marked.name for marked in graded.notebooks if marked.is_missing]:
            self.missing[graded.student] = missing
        self.noted += any(len(marked.notes) > marked.is_missing for marked in graded.notebooks)
        undecided = [each for each in verdicts if each.points is None and each.kind not in (BY_HAND, UNFIT)]
        if graded.problem or undecided:
            self.problems[graded.student] = graded.problem or f"{undecided[0].name}: {undecided[0].reason}"
        else:
            self.graded += 1
            self.by_hand += graded.student in self.gradebook.by_hand

    def tell(self, seconds: float) -> None:
        """At the end: a line for each submission that needs the instructor, and one for all."""
        for student, problem in sorted(self.problems.items()):
            console.print(f"{student}: {' '.join(problem.split())[:MOST_TOLD]}", markup=False)
        if overwritten := sorted(self.gradebook.overwritten - self.problems.keys()):
            console.print("Graded again, for `nbgrader autograde` had put other marks in the place of minigrad's: "
                          f"{', '.join(overwritten)}.", markup=False)  # fmt: skip
        if self.missing:
            listed = ", ".join(f"{student} ({', '.join(names)})" for student, names in sorted(self.missing.items()))
            console.print(f"Notebooks that were not handed in get no points: {listed}.", markup=False)
        if self.overlooked:
            told = some(f"{student} (has {what})" for student, what in self.overlooked.items())
            console.print(f"Not looked at, for there is no folder {self.task.assignment}: {told}.", markup=False)
        if self.gradebook.late:
            told = some(f"{student} ({lateness(by)})" for student, by in sorted(self.gradebook.late.items()))
            console.print(f"Handed in late: {told}.", markup=False)
        if self.noted:
            console.print(f"Submissions in which something was mended, guessed or cut off: {self.noted}. "
                          f"`minigrad report {self.task.assignment}` says what.", markup=False)  # fmt: skip
        if self.by_hand:
            console.print("With cells to mark by hand, in formgrader (`jupyter lab`, menu Nbgrader): "
                          f"{self.by_hand}.", markup=False)  # fmt: skip
        unchanged = len(self.students) - len(self.todo)
        counts = f"{self.graded} graded, {unchanged} unchanged, {len(self.problems) or 'none'} in need of you"
        if self.todo:
            counts += f"; {seconds:.1f} seconds, {60 * len(self.todo) / seconds:.0f} a minute"
        elif not self.problems:
            counts += "; --force grades again what is unchanged"
        console.print(f"{self.task.assignment}: {counts}.", markup=False)

    def write_marks(self, path: Path) -> None:
        with as_problems(self.gradebook.course), self.gradebook.book.engine.connect() as connection:
            found = submissions(connection, self.task.assignment, self.only)
        try:
            marks_file.write(marks_file.marks_of(self.task, self.students, found), path)
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None


def some(things: Iterable[str]) -> str:
    """A list for a sentence, cut off where nobody would read on."""
    listed = list(things)
    more = [f"and {len(listed) - MOST_NAMED} more"] if len(listed) > MOST_NAMED else []
    return ", ".join(listed[:MOST_NAMED] + more)


def lateness(seconds: float) -> str:
    """How late that is, as one would say it."""
    unit, each = next(((unit, each) for unit, each in UNITS if seconds >= 2 * each), UNITS[-1])
    number = max(1, round(seconds / each))
    return f"{number} {unit}{'s' * (number > 1)}"
