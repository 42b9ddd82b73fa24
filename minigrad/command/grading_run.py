"""One run of `minigrad grade`: what is graded where, what is told of it, and who needs the instructor."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import click

from minigrad.command.console import console
from minigrad.command.progress import progress
from minigrad.grading import marks_file
from minigrad.grading.cluster import Cluster
from minigrad.grading.course_folder import CourseFolder, Problem
from minigrad.grading.gradebook import Gradebook
from minigrad.grading.pool import Pool
from minigrad.grading.record import BY_HAND, UNFIT, Graded, Task
from minigrad.grading.records import records


class Run:
    """`only` are the students asked for; if it is empty, all who handed in."""

    def __init__(self, course: CourseFolder, task: Task, only: Sequence[str]) -> None:
        self.task, self.only = task, only
        self.students = course.students(task.assignment, only)
        self.gradebook = Gradebook(course, task)
        self.graded = self.by_hand = 0
        self.problems: dict[str, str] = {}  # by student, what the instructor has to see to

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def grade(self, pool: Pool | Cluster, force: bool) -> None:
        begun = time.monotonic()
        todo = self.gradebook.todo(self.students, force)
        if todo:
            self.prepare(pool)
            with progress(console, self.task.assignment, len(todo)) as advance:
                for graded in pool.grade(self.gradebook.jobs(todo, self.note)):
                    self.put(graded)
                    advance()
        self.tell(len(todo), time.monotonic() - begun)

    def prepare(self, pool: Pool | Cluster) -> None:
        with console.status("Grading your own answers ..."):
            ready = pool.prepare(self.task)
        console.print(f"Isolation: {ready.isolation}.", markup=False)
        for cell, why in ready.unfit.items():
            console.print(f"The test {cell} cannot be run apart from a student's code: your own answer fails it "
                          f"({why}). It gives no points: give them by hand.", markup=False)  # fmt: skip
    def put(self, graded: Graded) -> None:
        try:
            self.gradebook.put(graded)
        except Problem as problem:
            if str(problem) in self.problems.values():
                raise  # it is about more than one submission
            graded = Graded(graded.student, problem=str(problem))
        self.note(graded)

    def note(self, graded: Graded) -> None:
        """Whether the instructor has to see to it."""
        verdicts = [each for marked in graded.notebooks for each in marked.verdicts]
        undecided = [each for each in verdicts if each.points is None and each.kind not in (BY_HAND, UNFIT)]
        if graded.problem or undecided:
            self.problems[graded.student] = graded.problem or f"{undecided[0].name}: {undecided[0].reason}"
        else:
            self.graded += 1
            self.by_hand += any(each.points is None for each in verdicts)

    def tell(self, todo: int, seconds: float) -> None:
        """At the end: a line for each submission that needs the instructor, and one for all."""
        for student, problem in sorted(self.problems.items()):
            console.print(f"{student}: {problem}", markup=False)
        parts = [f"{self.graded} graded"]
        if self.by_hand:
            parts.append(f"of which {self.by_hand} wait for marks by hand in `nbgrader formgrader`")
        if unchanged := len(self.students) - todo:
            again = "" if todo else " (--force grades them again)"
            parts.append(f"{unchanged} unchanged since they were graded{again}")
        parts.append(f"{len(self.problems)} need you" if self.problems else "none needs you")
        if todo:
            parts.append(f"{seconds:.1f} seconds, {60 * todo / seconds:.0f} a minute")
        console.print(f"{self.task.assignment}: {', '.join(parts)}.", markup=False)

    def write_marks(self, path: Path) -> None:
        with self.gradebook.book.engine.connect() as connection:
            found = records(connection, self.task.assignment, self.only)
        try:
            marks_file.write(marks_file.marks_of(self.task, self.students, found), path)
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written: {error.strerror}.") from None
